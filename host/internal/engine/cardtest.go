package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"raccordo/host/internal/session"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// testCard makes one signature over a random number and verifies it with the
// certificate: everything from the reader to the key, and nothing beyond.
func (e *Engine) testCard(ctx context.Context, p wire.CardTestParams) (wire.CardTestResult, error) {
	switch e.session.Snapshot().State {
	case wire.Connecting, wire.Reconnecting:
		return wire.CardTestResult{}, session.ErrBusy // the card has one PIN window
	}
	chosen, holder, err := e.choose(wire.LoginParams{Certificate: p.Certificate})
	if err != nil {
		return wire.CardTestResult{}, err
	}
	key, err := e.cards.Open(ctx, chosen, e.askPIN(testText(holder.Name)))
	if err != nil {
		return wire.CardTestResult{}, err
	}
	defer key.Close()
	algorithm, err := signature.AlgorithmOf(key.Public())
	if err != nil {
		return wire.CardTestResult{}, wire.NewError(wire.ErrMechanism, fmt.Sprintf("%T", key.Public()))
	}
	nonce := make([]byte, 32)
	rand.Read(nonce)
	digest := algorithm.Digest(nonce)
	began := time.Now()
	value, err := key.Sign(rand.Reader, digest, algorithm.Options())
	if err != nil {
		return wire.CardTestResult{}, err
	}
	took := time.Since(began)
	if algorithm.Check(key.Public(), digest, value) != nil {
		// A fault of the module's, or of a card with a foreign certificate.
		return wire.CardTestResult{}, wire.NewError(wire.ErrModule, "signature does not verify")
	}
	return wire.CardTestResult{Fingerprint: chosen, Algorithm: algorithm.Describe(key.Public()), TookMS: took.Milliseconds()}, nil
}

func testText(holder string) string {
	return fmt.Sprintf("Prova della carta di %s: viene firmato un numero casuale e nulla lascia questo computer.", holder)
}
