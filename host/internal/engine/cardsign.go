package engine

import (
	"bytes"
	"context"

	"raccordo/host/internal/card"
	"raccordo/host/internal/signature"
)

// cardSigner is a key on a card whose PIN is asked for when there is something
// to sign, and no sooner.
type cardSigner struct {
	e           *Engine
	fingerprint string
	identity    signature.Identity
	text        func(documents int) string
}

var _ signature.Signer = (*cardSigner)(nil)

func (s *cardSigner) Identity() signature.Identity { return s.identity }

// SignAll asks for the PIN and signs. A key that wants its PIN for each
// signature gets the one that has opened the card: it was given for all of them.
func (s *cardSigner) SignAll(ctx context.Context, digests [][]byte, each func(int, []byte)) error {
	once := &onePIN{ask: s.e.askCard(occasion{"Raccordo – PIN di firma", s.text(len(digests)), "Firma", func(string) {}})}
	defer once.wipe()
	key, err := s.e.cards.Open(ctx, s.fingerprint, once.pin)
	if err != nil {
		return err
	}
	defer key.Close()
	once.right()
	return signature.Local(s.identity, key, nil).SignAll(ctx, digests, each)
}

// Close has nothing to do: the key lives for one batch.
func (s *cardSigner) Close() error { return nil }

// onePIN asks for a PIN once in a batch. One that the card has not accepted is
// never used again.
type onePIN struct {
	ask     card.PINFunc
	typed   []byte
	purpose string
	good    bool
}

func (o *onePIN) pin(ctx context.Context, req card.PINRequest) ([]byte, error) {
	if o.good && len(o.typed) > 0 && !req.Pinpad && req.Purpose == o.purpose {
		return bytes.Clone(o.typed), nil
	}
	typed, err := o.ask(ctx, req)
	if err == nil {
		o.wipe()
		o.typed, o.purpose = bytes.Clone(typed), req.Purpose
	}
	return typed, err
}

// right tells that the card has accepted the PIN.
func (o *onePIN) right() { o.good = true }

func (o *onePIN) wipe() {
	clear(o.typed)
	o.typed, o.good = nil, false
}
