package remotesign

import (
	"context"
	"crypto"
	"crypto/x509"
	"strings"
	"time"

	"raccordo/host/internal/remotesign/arss"
	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// closeTime bounds the end of a session, which is told even when the caller
// has given up.
const closeTime = 10 * time.Second

// aruba is a service of kind arss.
type aruba struct {
	s      *Service
	client *arss.Client
}

// account is the user's, without a one-time password. It is kept when the
// service has taken it.
func (b *aruba) account(ctx context.Context) (arss.Identity, []arss.Certificate, error) {
	user, password, fresh, err := b.s.account(ctx, keptAccount)
	if err != nil {
		return arss.Identity{}, nil, err
	}
	id := arss.Identity{User: user, Password: password, Domain: b.s.p.OTPDomain}
	certs, err := b.client.Certificates(ctx, id)
	b.s.accountWas(keptAccount, user, password, fresh, err)
	return id, certs, err
}

func (b *aruba) list(ctx context.Context) ([]key, error) {
	id, certs, err := b.account(ctx)
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, c := range certs {
		k := key{Credential: Credential{ID: c.ID, Limit: b.s.p.Limit}}
		var chain []*x509.Certificate
		if cert, err := x509.ParseCertificate(c.DER); err == nil {
			chain = []*x509.Certificate{cert}
		}
		b.s.usable(&k, chain, c.ID)
		k.choose = func(hash crypto.Hash) (signature.Algorithm, error) {
			// signhash makes PKCS #1 v1.5 and ECDSA; the interface has no word for PSS.
			return csc.Choose(nil, k.Certificate.PublicKey, hash, b.s.p.Signature == "pss")
		}
		k.sign = func(ctx context.Context, a signature.Algorithm, digests [][]byte, each func(int, []byte)) error {
			return b.sign(ctx, k, id, a, digests, each)
		}
		keys = append(keys, k)
	}
	rank(keys)
	return keys, nil
}

func (b *aruba) open(ctx context.Context, wanted string) (key, error) {
	if wanted == "" {
		wanted = b.s.p.CertID
	}
	keys, err := b.list(ctx)
	if err != nil || wanted == "" {
		if err == nil {
			return first(keys)
		}
		return key{}, err
	}
	for _, k := range keys {
		if k.ID == wanted {
			return k, nil
		}
	}
	return key{}, unusable("no such certificate")
}

func (b *aruba) sign(ctx context.Context, k key, id arss.Identity, a signature.Algorithm, digests [][]byte, each func(int, []byte)) error {
	spans, err := b.s.pages(digests, 0)
	if err != nil {
		return err
	}
	for i, page := range spans {
		q := OTPRequest{Signer: k.Name, Documents: page.to - page.from, Page: i + 1, Pages: len(spans), Numeric: true}
		var send func() (string, error)
		if b.s.p.OTPSend != "" {
			send = func() (string, error) { return "", b.client.SendOTP(ctx, id, b.s.p.OTPSend) }
		}
		otp, err := b.s.askOTP(ctx, q, send)
		if err != nil {
			return err
		}
		if err := b.page(ctx, k, id, otp, a, digests, page, each); err != nil {
			return err
		}
	}
	return nil
}

// page opens a session with a one-time password, signs, and closes it in every
// case.
func (b *aruba) page(ctx context.Context, k key, id arss.Identity, otp []byte, a signature.Algorithm, digests [][]byte, page span, each func(int, []byte)) error {
	defer clear(otp)
	with := id
	with.OTP = otp
	session, err := b.client.OpenSession(ctx, with)
	if codeOf(err) == wire.ErrRemoteLogin {
		// "Credentials" are wrong, and the certificates were just given for user and
		// password: what is left is the one-time password.
		err = &signature.Error{Code: wire.ErrRemoteOTP, Err: err}
	}
	if err := b.s.judged(err); err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if err := b.client.CloseSession(last, id, session); err != nil {
			b.s.log.Warn().Err(err).Msg("signing session not closed")
		}
	}()
	hash := strings.ReplaceAll(a.Hash.String(), "-", "")
	who := signature.Identity{Certificate: k.Certificate, Algorithm: a}
	for i := page.from; i < page.to; i++ {
		if err := stopped(ctx); err != nil {
			return err
		}
		value, err := b.client.SignHash(ctx, id, session, k.ID, hash, digests[i])
		if err != nil {
			return inSession(err)
		}
		if err := accept(who, digests[i:i+1], [][]byte{value}, i, each); err != nil {
			return err
		}
	}
	return nil
}

// inSession reads a refusal after the session was opened: what was right then
// is no longer, the session is.
func inSession(err error) error {
	switch codeOf(err) {
	case wire.ErrRemoteLogin, wire.ErrRemoteOTP:
		return &signature.Error{Code: wire.ErrRemoteSAD, Err: err}
	}
	return err
}

func (b *aruba) forget(context.Context) error { return b.s.kept.drop(keptAccount) }
