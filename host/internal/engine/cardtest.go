package engine

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"time"

	"raccordo/host/internal/session"
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
	nonce := make([]byte, 32)
	rand.Read(nonce)
	digest := sha256.Sum256(nonce)
	began := time.Now()
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return wire.CardTestResult{}, err
	}
	took := time.Since(began)
	algorithm, err := verify(key.Public(), digest[:], signature)
	if err != nil {
		return wire.CardTestResult{}, err
	}
	return wire.CardTestResult{Fingerprint: chosen, Algorithm: algorithm, TookMS: took.Milliseconds()}, nil
}

func testText(holder string) string {
	return fmt.Sprintf("Prova della carta di %s: viene firmato un numero casuale e nulla lascia questo computer.", holder)
}

// verify names the algorithm of a signature that is right. A key that signs
// wrongly is a fault of the module's, or of a card with a foreign certificate.
func verify(public crypto.PublicKey, digest, signature []byte) (string, error) {
	wrong := wire.NewError(wire.ErrModule, "signature does not verify")
	switch k := public.(type) {
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(k, crypto.SHA256, digest, signature) != nil {
			return "", wrong
		}
		return fmt.Sprintf("RSA-%d, PKCS #1 v1.5, SHA-256", k.N.BitLen()), nil
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(k, digest, signature) {
			return "", wrong
		}
		return fmt.Sprintf("ECDSA %s, SHA-256", k.Curve.Params().Name), nil
	}
	return "", wire.NewError(wire.ErrMechanism, fmt.Sprintf("%T", public))
}
