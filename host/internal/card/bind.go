package card

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// Deadlines of the calls to a module. A call that takes longer is a hang: the
// process is killed.
const (
	listLimit = 20 * time.Second // first use of a slow vendor module included
	callLimit = 30 * time.Second
	padLimit  = 90 * time.Second // the user types on the reader
)

// bind finds the module that drives the card and lists its certificates. The
// caller holds in.turn.
func (s *Service) bind(ctx context.Context, in *insertion) *Error {
	paths := s.opt.Catalogue.Paths(in.atr)
	if len(paths) == 0 {
		return &Error{Code: wire.ErrNoModule}
	}
	if i := slices.Index(paths, in.path); i > 0 { // the one that drove it before a crash
		paths[0], paths[i] = paths[i], paths[0]
	}
	var last *Error
	for _, path := range paths {
		err := s.bindTo(ctx, in, path)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.log.Debug().Str("module", filepath.Base(path)).Err(err).Msg("module does not drive this card")
		if last == nil || last.Code == wire.ErrCardUnknown {
			last = err
		}
	}
	return last
}

func (s *Service) bindTo(ctx context.Context, in *insertion, path string) *Error {
	fresh := false
	for {
		c, started, err := s.modules.get(path)
		if err != nil {
			return &Error{Code: wire.ErrModule, Err: err}
		}
		fresh = fresh || started
		found, fault := s.tokensOf(ctx, in, c)
		if fault == nil {
			in.bound = &binding{c, found}
			if fault = s.certificates(ctx, in, path); fault == nil {
				in.path = path
				return nil
			}
			in.bound = nil
		}
		// A module that was running when the card came may be confused by it. It
		// is not restarted under the login of another card.
		if fresh || ctx.Err() != nil || !s.alone(in) {
			return fault
		}
		s.modules.discard(c)
		fresh = true
	}
}

// tokensOf finds the card's tokens among those of the module. A module may learn
// of a card a little later than PC/SC does.
func (s *Service) tokensOf(ctx context.Context, in *insertion, c *client) (map[uint]worker.Token, *Error) {
	for try := 0; ; try++ {
		answer, err := c.call(ctx, listLimit, worker.Request{Op: worker.OpTokens}, nil)
		if err != nil {
			return nil, s.fault(in, err)
		}
		if found := match(answer.Tokens, in.reader, s.serialOf(in), s.alone(in)); len(found) > 0 {
			return found, nil
		}
		if try == 3 {
			return nil, &Error{Code: wire.ErrCardUnknown, Detail: "no token in this reader"}
		}
		sleep(ctx, 150*time.Millisecond)
	}
}

func (s *Service) serialOf(in *insertion) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return in.public.Serial
}

// alone tells whether in is the only card of the PC.
func (s *Service) alone(in *insertion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readers {
		if r.in != nil && r.in != in {
			return false
		}
	}
	return true
}

// certificates reads the certificates of every slot of the card: OpenSC has one
// slot per PIN. The caller holds in.turn and in is bound.
func (s *Service) certificates(ctx context.Context, in *insertion, path string) *Error {
	var list []held
	for slot := range in.bound.tokens {
		answer, err := in.bound.module.call(ctx, listLimit, worker.Request{Op: worker.OpObjects, Slot: slot}, nil)
		if err != nil {
			return s.fault(in, err)
		}
		for _, c := range answer.Certificates {
			if cert, err := x509.ParseCertificate(c.DER); err == nil && !cert.IsCA {
				sum := sha256.Sum256(c.DER)
				list = addHeld(list, held{slot, c.ID, cert, hex.EncodeToString(sum[:]), c.HasKey})
			}
		}
	}
	if len(list) == 0 {
		return &Error{Code: wire.ErrNoCert}
	}
	in.mu.Lock()
	in.held = list
	in.mu.Unlock()
	s.describe(in, path)
	return nil
}

// addHeld keeps one entry per certificate, the one whose key is in sight.
func addHeld(list []held, h held) []held {
	for i, old := range list {
		if old.fingerprint == h.fingerprint {
			if (h.keySeen && !old.keySeen) || (h.keySeen == old.keySeen && h.slot < old.slot) {
				list[i] = h
			}
			return list
		}
	}
	at := len(list)
	for i, old := range list {
		if h.slot < old.slot {
			at = i
			break
		}
	}
	return append(list[:at], append([]held{h}, list[at:]...)...)
}

// describe fills the public side from the certificates.
func (s *Service) describe(in *insertion, path string) {
	certs := make([]wire.Certificate, 0, len(in.held))
	for _, h := range in.held {
		certs = append(certs, Classify(h.cert, s.opt.Policies, s.opt.Now()))
	}
	s.update(in, func(*reader) {
		in.public.Module = filepath.Base(path)
		in.public.Certificates = certs
		for _, h := range in.held {
			if in.public.Kind == wire.KindOther {
				in.public.Kind = kindOf(h.cert)
			}
			if in.public.Holder == nil {
				in.public.Holder = holderOf(h.cert)
			}
		}
	})
}

// fault turns what a module call answered into an Error, once it is known
// whether the card is still there.
func (s *Service) fault(in *insertion, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if why := in.gone(err); why != nil {
		return why
	}
	return moduleError(err)
}
