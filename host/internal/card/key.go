package card

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// Key is a private key on a card, usable until Close or until the card is
// pulled out. A login that was lost meanwhile (idle, module crash) is made
// again at the next signature, with the PIN function given to Open.
type Key struct {
	s      *Service
	in     *insertion
	held   held
	ask    PINFunc
	serial string
	mechs  []worker.Mechanism
	always bool // the key wants its PIN for each signature

	mu     sync.Mutex // one signature at a time
	closed bool
}

var _ crypto.Signer = (*Key)(nil)

// errClosed is the answer of a key after Close.
var errClosed = errors.New("the card's key was closed")

// Open finds the card that holds the certificate and logs in. A certificate
// that only signs documents can be opened; whether it may log in somewhere is
// for the caller to decide (State says so).
func (s *Service) Open(ctx context.Context, fingerprint string, pin PINFunc) (*Key, error) {
	in, h, fault := s.findCard(ctx, fingerprint)
	if fault != nil {
		return nil, fault
	}
	if c := Classify(h.cert, s.opt.Policies, s.opt.Now()); !c.Usable && c.Reason != wire.ErrCertSign {
		return nil, &Error{Code: c.Reason}
	}
	in.mu.Lock()
	in.keys[fingerprint]++
	in.mu.Unlock()
	k := &Key{s: s, in: in, held: h, ask: pin, serial: s.serialOf(in)}
	for again := true; ; again = false {
		err := s.logIn(ctx, in, fingerprint, pin)
		if err == nil {
			err = k.find(ctx)
		}
		var lost *loginLost
		if errors.As(err, &lost) && again {
			continue // the module forgot what we took for granted
		}
		if err != nil {
			k.Close() // nobody else would end the login
			return nil, err
		}
		return k, nil
	}
}

// find looks the private key up, which most modules show only after login.
func (k *Key) find(ctx context.Context) error {
	if err := lock(ctx, k.in, k.in.turn); err != nil {
		return err
	}
	defer func() { <-k.in.turn }()
	b, h, fault := k.s.ready(ctx, k.in, k.held.fingerprint)
	if fault != nil {
		return fault
	}
	if !k.in.loggedIn(h.slot) {
		return &loginLost{&Error{Code: wire.ErrModule, Detail: "login lost"}}
	}
	answer, err := b.module.call(ctx, k.s.limits.call, worker.Request{Op: worker.OpKey, Slot: h.slot, ID: h.id}, nil)
	if err != nil {
		err = k.signFault(h.slot, err)
		if errors.Is(err, &Error{Code: wire.ErrCertNoKey}) {
			k.s.keyless(k.in, h.fingerprint)
		}
		return err
	}
	k.mechs, k.always = b.tokens[h.slot].Mechanisms, answer.Always
	return nil
}

// keyless marks a certificate whose key turned out not to be on the card.
func (s *Service) keyless(in *insertion, fingerprint string) {
	s.update(in, func(*reader) {
		list := append([]wire.Certificate{}, in.public.Certificates...)
		for i := range list {
			if list[i].Fingerprint == fingerprint {
				list[i].Usable, list[i].Reason = false, wire.ErrCertNoKey
			}
		}
		in.public.Certificates = list
	})
}

// findCard waits for a card that is still being read, as after an insertion
// that the caller answers to.
func (s *Service) findCard(ctx context.Context, fingerprint string) (*insertion, held, *Error) {
	ctx, cancel := context.WithTimeout(ctx, readingPatience)
	defer cancel()
	for {
		s.mu.Lock()
		changed := s.changed
		in, h, why := s.holder(fingerprint)
		s.mu.Unlock()
		if in != nil {
			return in, h, nil
		}
		if why != nil {
			return nil, held{}, why
		}
		select {
		case <-ctx.Done():
			if e := ended(ctx); e.Code != wire.ErrDeadline || !s.busy() {
				return nil, held{}, e
			}
			return nil, held{}, &Error{Code: wire.ErrCardBusy}
		case <-changed:
		}
	}
}

// busy tells whether another program keeps a card from being read.
func (s *Service) busy() bool {
	for _, r := range s.State().Readers {
		if r.Card != nil && r.Card.Problem == wire.ErrCardBusy {
			return true
		}
	}
	return false
}

// readingPatience is how long Open waits for a card that is being read.
const readingPatience = 10 * time.Second

// holder returns the card with the certificate, or why there is none, or
// neither while a card is being read. The caller holds s.mu.
func (s *Service) holder(fingerprint string) (*insertion, held, *Error) {
	switch {
	case s.service == serviceUnsupported:
		return nil, held{}, &Error{Code: wire.ErrUnsupported}
	case s.service == serviceDown:
		return nil, held{}, &Error{Code: wire.ErrPCSCDown}
	case len(s.readers) == 0:
		return nil, held{}, &Error{Code: wire.ErrNoReader}
	}
	reading, why := false, &Error{Code: wire.ErrNoCard}
	for _, r := range s.readers {
		switch {
		case r.in != nil:
			if h, ok := r.in.find(fingerprint); ok && r.state == wire.ReaderCard {
				return r.in, h, nil
			}
			reading = reading || r.state == wire.ReaderReading
			if code := r.in.public.Problem; code != "" {
				why = &Error{Code: code}
			} else {
				why = &Error{Code: wire.ErrNoCert}
			}
		case r.state == wire.ReaderMute && why.Code == wire.ErrNoCard:
			why = &Error{Code: wire.ErrCardMute}
		}
	}
	if reading {
		why = nil
	}
	return nil, held{}, why
}

// Public is the certificate's key.
func (k *Key) Public() crypto.PublicKey { return k.held.cert.PublicKey }

// Inserted tells whether the card has been in its reader ever since Open. The
// same card put back is another insertion, with keys of its own.
func (k *Key) Inserted() bool { return k.in.ctx.Err() == nil }

// Serial is the card's serial number (EF_IDCarta), empty when it has none.
func (k *Key) Serial() string { return k.serial }

// TLSCertificate is the certificate for TLS client authentication, limited to
// what the token can sign: without the limit crypto/tls would choose RSA-PSS,
// fail, and send no certificate at all.
func (k *Key) TLSCertificate() tls.Certificate {
	raw := [][]byte{k.held.cert.Raw}
	for _, above := range k.held.chain {
		if above.CheckSignatureFrom(above) != nil { // the root is the region's to know
			raw = append(raw, above.Raw)
		}
	}
	return tls.Certificate{
		Certificate: raw, PrivateKey: k, Leaf: k.held.cert,
		SupportedSignatureAlgorithms: schemes(k.Public(), k.mechs),
	}
}

// MaxTLSVersion is TLS 1.2 for a token that can neither make nor be given
// RSA-PSS, which TLS 1.3 demands; else 0, no limit.
func (k *Key) MaxTLSVersion() uint16 {
	if schemes(k.Public(), k.mechs) != nil {
		return tls.VersionTLS12
	}
	return 0
}

// Sign signs a digest (crypto.Signer). rand is not used: the token has its own.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, err error) {
	plans, err := plan(k.Public(), k.mechs, digest, opts)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, &Error{Code: wire.ErrCancelled, Err: errClosed}
	}
	for again := true; ; again = false {
		if err := k.s.logIn(k.in.ctx, k.in, k.held.fingerprint, k.ask); err != nil {
			return nil, err
		}
		var pin []byte
		if k.always {
			done := make(chan struct{})
			defer close(done)
			if pin, err = k.askAgain(done); err != nil {
				return nil, err
			}
		}
		signature, err := k.sign(plans, pin)
		var lost *loginLost
		if errors.As(err, &lost) && again {
			continue // another program reset the card, or the module forgot
		}
		if err != nil {
			return nil, err
		}
		return finish(k.Public(), signature, digest, opts)
	}
}

// Close ends the login, unless another key that it unlocks is open: with one PIN
// for all keys of a card, a document that was signed must not end a session.
func (k *Key) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil
	}
	k.closed = true
	k.in.mu.Lock()
	k.in.keys[k.held.fingerprint]--
	k.in.mu.Unlock()
	if lock(k.in.ctx, k.in, k.in.turn) != nil {
		return nil // the removal has logged out already
	}
	defer func() { <-k.in.turn }()
	if h, ok := k.in.find(k.held.fingerprint); ok && !k.in.needs(h.slot) {
		k.s.logOut(k.in, h.slot)
	}
	return nil
}

// needs tells whether a key that is open needs the login of a slot.
func (in *insertion) needs(slot uint) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.ContainsFunc(in.held, func(h held) bool { return h.slot == slot && in.keys[h.fingerprint] > 0 })
}
