package remotesign

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"strconv"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// pages cuts a batch into what one authorisation is good for. A batch that
// takes more of them than the profile allows is refused before anybody is asked
// for anything. limit 0: the service does not say.
func (s *Service) pages(digests [][]byte, told int) ([]span, error) {
	limit := told
	if s.p.Limit > 0 && (limit == 0 || s.p.Limit < limit) {
		limit = s.p.Limit
	}
	if limit <= 0 || limit >= len(digests) {
		return []span{{0, len(digests)}}, nil
	}
	if allowed := limit * max(s.p.Pages, 1); len(digests) > allowed {
		return nil, &signature.Error{Code: wire.ErrRemoteLimit, Detail: strconv.Itoa(allowed)}
	}
	return cut(0, len(digests), limit), nil
}

// span is a part of a batch.
type span struct{ from, to int }

// cut divides from..to into spans of at most size.
func cut(from, to, size int) (all []span) {
	if size <= 0 {
		size = to - from
	}
	for ; from < to; from += size {
		all = append(all, span{from, min(from+size, to)})
	}
	return all
}

// accept verifies values in their order and hands them on; the first that is
// not of this key over this digest ends it.
func accept(id signature.Identity, digests, values [][]byte, from int, each func(int, []byte)) error {
	for i, value := range values {
		good, err := verified(id, digests[i], value)
		if err != nil {
			return err
		}
		each(from+i, good)
	}
	return nil
}

// verified checks a value with the credential's certificate. An ECDSA value of
// two plain numbers one after the other (IEEE P1363) is made DER.
func verified(id signature.Identity, digest, value []byte) ([]byte, error) {
	public := id.Certificate.PublicKey
	if id.Algorithm.Check(public, digest, value) == nil {
		return value, nil
	}
	if k, ok := public.(*ecdsa.PublicKey); ok {
		if size := (k.Curve.Params().BitSize + 7) / 8; len(value) == 2*size {
			der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:])})
			if err == nil && id.Algorithm.Check(public, digest, der) == nil {
				return der, nil
			}
		}
	}
	return nil, &signature.Error{Code: wire.ErrRemoteSig, Err: signature.ErrValue}
}

// judged counts one-time passwords that were refused one after the other, also
// over restarts: who locks the account counts them too.
func (s *Service) judged(err error) error {
	if err == nil {
		s.settled()
		return nil
	}
	switch codeOf(err) {
	case wire.ErrRemoteOTP:
		n := s.kept.get(keptWrong).Wrong + 1
		if e := s.kept.put(keptWrong, sealed{Wrong: n}); e != nil {
			s.log.Warn().Err(e).Msg("count of wrong codes not kept")
		}
		s.log.Info().Int("in a row", n).Msg("one-time password refused")
		if limit := s.p.attempts(); limit > 0 && n > limit { // some services have one code for all that is wrong
			return &signature.Error{Code: wire.ErrRemoteLocked, Err: err}
		}
	case wire.ErrRemoteLocked:
		s.settled() // after the lock is undone the count starts anew
	}
	return err
}

func (s *Service) settled() {
	if s.kept.get(keptWrong).Wrong == 0 {
		return
	}
	if err := s.kept.drop(keptWrong); err != nil {
		s.log.Warn().Err(err).Msg("count of wrong codes not reset")
	}
}

// attemptsLeft is how many wrong one-time passwords are left; 0: not known.
func (s *Service) attemptsLeft() int {
	limit := s.p.attempts()
	if limit == 0 {
		return 0
	}
	return max(limit-s.kept.get(keptWrong).Wrong, 1)
}

// askOTP asks for a one-time password until the user gives one; send has
// another one sent, and returns what the service wants shown; nil: the service
// sends none.
func (s *Service) askOTP(ctx context.Context, q OTPRequest, send func() (hint string, err error)) ([]byte, error) {
	q.Service, q.CanResend, q.AttemptsLeft = s.p.Name, send != nil, s.attemptsLeft()
	for again := send != nil; ; {
		if again {
			hint, err := send()
			if err != nil {
				return nil, err
			}
			q.Sent, q.Hint = true, cmp.Or(shown(hint), q.Hint)
		}
		otp, resend, err := s.ask.OTP(ctx, q)
		switch {
		case err != nil:
			return nil, err
		case resend && send != nil:
			again = true
			continue
		case len(otp) == 0:
			return nil, &signature.Error{Code: wire.ErrPromptCancel}
		}
		return otp, nil
	}
}

// stopped tells that the caller gave up.
func stopped(ctx context.Context) error {
	switch ctx.Err() {
	case nil:
		return nil
	case context.DeadlineExceeded:
		return &signature.Error{Code: wire.ErrDeadline}
	}
	return &signature.Error{Code: wire.ErrCancelled}
}

func codeOf(err error) wire.ErrorCode {
	var e *signature.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
