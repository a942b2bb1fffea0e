// Package remotesign signs with keys that a remote signature service keeps:
// services of the Cloud Signature Consortium (package csc) and Aruba Remote
// Signing Service (package arss). It lets itself in, lists the user's
// credentials, has PIN and one-time password asked for in native windows, and
// makes of one credential a signature.Signer: one authorisation for all digests
// of a batch, named beforehand.
//
// It never sends a PIN, a one-time password or a password a second time, never
// asks for the signature of a digest twice, and hands on no value that the
// credential's certificate does not verify. Which service there is, and where,
// only a region's profile says. No secret is in an error, a log or a printed
// value.
//
// Standards: CSC API 1.0.4.0 and 2.0.0.2; RFC 6749, 7636, 8252, 8414.
package remotesign

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/remotesign/arss"
	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Options of a Service.
type Options struct {
	Log    zerolog.Logger
	Now    func() time.Time // nil: time.Now
	Answer time.Duration    // bounds one exchange; 0: 30 s, more for many signatures
	Poll   time.Duration    // between questions for what is being worked on; 0: 1 s
	Wait   time.Duration    // for what is being worked on, and for a page in the browser; 0: 3 minutes
}

// Credential is a key of the user at the service.
type Credential struct {
	ID          string
	Name        string // of the person on the certificate, else as the service describes it
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
	Limit       int   // documents that one OTP is good for; 0: not told
	Unusable    error // why it cannot sign: *signature.Error; nil: it can
}

// Service is one remote signature service. It is safe for concurrent use: what
// asks the user goes one after the other.
type Service struct {
	p    Profile
	ask  Asker
	kept vault
	opt  Options
	log  zerolog.Logger
	kind backend

	busy chan struct{} // holds who is asking the user
}

// backend is what differs between the kinds of services.
type backend interface {
	list(ctx context.Context) ([]key, error)
	open(ctx context.Context, id string) (key, error) // empty: the first that is usable
	forget(ctx context.Context) error
}

// key is a credential that digests can be given to.
type key struct {
	Credential
	choose func(hash crypto.Hash) (signature.Algorithm, error)
	sign   func(ctx context.Context, a signature.Algorithm, digests [][]byte, each func(int, []byte)) error
}

// New makes a service of a profile and asks nobody anything yet. The client's
// redirects and cookies are not followed.
func New(p Profile, client *http.Client, ask Asker, kept Kept, opt Options) (*Service, error) {
	if f := p.Faults(); len(f) > 0 {
		return nil, &signature.Error{Code: wire.ErrRemoteConfig, Detail: f[0].Key}
	}
	if missing := p.Missing(); len(missing) > 0 {
		return nil, &signature.Error{Code: wire.ErrRemoteConfig, Detail: strings.Join(missing, ", ")}
	}
	if !strings.HasPrefix(p.URL, "https://") {
		return nil, &signature.Error{Code: wire.ErrRemoteConfig, Detail: "url"}
	}
	opt.Answer, opt.Poll, opt.Wait = cmp.Or(opt.Answer, 30*time.Second), cmp.Or(opt.Poll, time.Second), cmp.Or(opt.Wait, 3*time.Minute)
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Service{p: p, ask: ask, kept: vault{kept, p}, opt: opt, log: opt.Log.With().Str("service", p.ID).Logger(), busy: make(chan struct{}, 1)}
	line := link.New(client, opt.Answer, s.log)
	if p.Kind == ARSS {
		s.kind = &aruba{s: s, client: arss.New(arss.Options{Line: line, URL: p.URL, REST: p.Transport == "rest"})}
		return s, nil
	}
	s.kind = &consortium{s: s, client: csc.New(csc.Options{Line: line, URL: p.URL, Paths: p.Paths, Lang: "it", Poll: opt.Poll, Wait: opt.Wait})}
	return s, nil
}

// Profile is what the service was made of.
func (s *Service) Profile() Profile { return s.p }

// Signers asks for the user's credentials, those that can sign first.
func (s *Service) Signers(ctx context.Context) ([]Credential, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	keys, err := s.kind.list(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Credential, len(keys))
	for i, k := range keys {
		all[i] = k.Credential
	}
	return all, nil
}

// Open makes a signer of a credential; empty: the first that can sign. hash 0
// is the key's usual one.
func (s *Service) Open(ctx context.Context, credential string, hash crypto.Hash) (signature.Signer, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	k, err := s.kind.open(ctx, credential)
	if err != nil {
		return nil, err
	}
	if k.Unusable != nil {
		return nil, k.Unusable
	}
	a, err := k.choose(hash)
	if err != nil {
		return nil, err
	}
	return &signer{s: s, key: k, identity: signature.Identity{Certificate: k.Certificate, Chain: k.Chain, Algorithm: a}}, nil
}

// Forget ends the login at the service, and forgets account and tokens.
func (s *Service) Forget(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.kind.forget(ctx)
}

// enter waits for whoever is asking the user.
func (s *Service) enter(ctx context.Context) error {
	select {
	case s.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &signature.Error{Code: wire.ErrCancelled}
	}
}

func (s *Service) leave() { <-s.busy }

// signer is a key with its algorithm.
type signer struct {
	s        *Service
	key      key
	identity signature.Identity

	mu     sync.Mutex
	closed bool
}

var _ signature.Signer = (*signer)(nil)

func (g *signer) Identity() signature.Identity { return g.identity }

func (g *signer) SignAll(ctx context.Context, digests [][]byte, each func(int, []byte)) error {
	g.mu.Lock()
	closed := g.closed
	g.mu.Unlock()
	if closed {
		return errors.New("signer is closed")
	}
	for _, d := range digests {
		if len(d) != g.identity.Algorithm.Hash.Size() {
			return errors.New("digest is not of the signer's hash")
		}
	}
	if len(digests) == 0 {
		return nil
	}
	if err := g.s.enter(ctx); err != nil {
		return err
	}
	defer g.s.leave()
	return g.key.sign(ctx, g.identity.Algorithm, digests, each)
}

func (g *signer) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return nil
}

// usable judges a certificate by itself, and names its person.
func (s *Service) usable(k *key, certs []*x509.Certificate, described string) {
	k.Name = described
	if len(certs) == 0 {
		k.Unusable = cmp.Or(k.Unusable, unusable("no certificate"))
		return
	}
	k.Certificate, k.Chain = certs[0], certs[1:]
	k.Name = cmp.Or(shown(signature.Signatory(k.Certificate).Name), described)
	usage, now := k.Certificate.KeyUsage, s.opt.Now()
	switch {
	case k.Unusable != nil:
	case now.After(k.Certificate.NotAfter):
		k.Unusable = unusable("certificate expired")
	case now.Before(k.Certificate.NotBefore):
		k.Unusable = unusable("certificate not valid yet")
	case usage != 0 && usage&(x509.KeyUsageContentCommitment|x509.KeyUsageDigitalSignature) == 0:
		k.Unusable = unusable("certificate is not for signing")
	}
}

func unusable(why string) error {
	return &signature.Error{Code: wire.ErrRemoteCred, Detail: why}
}

// rank puts first what can sign, and of that what is for signing documents.
func rank(keys []key) {
	weight := func(k key) int {
		switch {
		case k.Unusable != nil:
			return 2
		case k.Certificate.KeyUsage&x509.KeyUsageContentCommitment == 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(keys, func(a, b key) int { return cmp.Compare(weight(a), weight(b)) })
}

// first is the first that can sign, or why there is none.
func first(keys []key) (key, error) {
	if len(keys) == 0 {
		return key{}, unusable("no credential")
	}
	return keys[0], nil
}
