//go:build linux

package card

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"testing"
	"time"

	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

const rightPIN, wrongPIN = "12345", "99999"

// codeOf is the wire code of an error of this package.
func codeOf(err error) wire.ErrorCode {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func open(t testing.TB, r *rig, c wire.Card, ask PINFunc) *Key {
	t.Helper()
	k, err := r.Open(t.Context(), authOf(t, c), ask)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signOnce(t testing.TB, k *Key) {
	t.Helper()
	if err := trySign(k); err != nil {
		t.Fatal(err)
	}
}

func trySign(k *Key) error {
	digest := sha256.Sum256([]byte("prova"))
	_, err := k.Sign(rand.Reader, digest[:], crypto.SHA256)
	return err
}

func TestOpenSignsInEveryForm(t *testing.T) {
	c := newCard(t)
	r := start(t)
	asked := 0
	k := open(t, r, r.insert(c), pin(rightPIN, &asked))
	defer k.Close()
	d256, d512 := sha256.Sum256([]byte("a")), sha512.Sum512([]byte("a"))
	for _, row := range []struct {
		name   string
		digest []byte
		opts   crypto.SignerOpts
	}{
		{"PKCS1 SHA-256", d256[:], crypto.SHA256},
		{"PKCS1 SHA-512", d512[:], crypto.SHA512},
		{"PSS SHA-256", d256[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}},
		{"PSS SHA-512", d512[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA512}},
		{"PSS longest salt", d256[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: crypto.SHA256}},
	} {
		t.Run(row.name, func(t *testing.T) {
			sig, err := k.Sign(nil, row.digest, row.opts)
			if err != nil {
				t.Fatal(err)
			}
			pub := c.AuthCertificate().PublicKey.(*rsa.PublicKey)
			if pss, ok := row.opts.(*rsa.PSSOptions); ok {
				err = rsa.VerifyPSS(pub, pss.Hash, row.digest, sig, pss)
			} else {
				err = rsa.VerifyPKCS1v15(pub, row.opts.HashFunc(), row.digest, sig)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if k.Serial() != "6090010000000012" || k.MaxTLSVersion() != 0 || asked != 1 {
		t.Errorf("serial %q, max TLS %x, asked %d times", k.Serial(), k.MaxTLSVersion(), asked)
	}
}

func TestLoginIsKeptUntilTheLastClose(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card, asked := r.insert(c), 0
	ask := pin(rightPIN, &asked)
	a, b := open(t, r, card, ask), open(t, r, card, ask)
	if asked != 1 {
		t.Fatalf("asked %d times for two keys", asked)
	}
	a.Close()
	signOnce(t, b)
	b.Close()
	if err := trySign(b); codeOf(err) != wire.ErrCancelled {
		t.Errorf("signing with a closed key: %v", err)
	}
	open(t, r, card, ask).Close()
	if asked != 2 {
		t.Errorf("asked %d times, want 2: the last Close logs out", asked)
	}
}

func TestPINRefusals(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*vcard.Options)
	}{
		{"card says 6983", func(*vcard.Options) {}},
		{"card says 63C0", func(o *vcard.Options) { o.ZeroTriesOnBlock = true }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newCard(t, row.change)
			r := start(t)
			card := r.insert(c)
			fp := authOf(t, card)
			var seen PINRequest
			try := func(text string) *Error {
				_, err := r.Open(t.Context(), fp, func(_ context.Context, req PINRequest) ([]byte, error) {
					seen = req
					return []byte(text), nil
				})
				var e *Error
				errors.As(err, &e)
				return e
			}
			if e := try(""); e == nil || e.Code != wire.ErrPINFormat {
				t.Fatalf("empty PIN: %v", e)
			}
			if e := try("1"); e == nil || e.Code != wire.ErrPINFormat || c.TriesLeft() != 3 {
				t.Fatalf("short PIN: %v, %d tries left on the card", e, c.TriesLeft())
			}
			if seen.FinalTry || seen.AttemptsLeft != nil || seen.Purpose != "auth" || seen.Card.Holder == nil {
				t.Errorf("first prompt %+v", seen)
			}
			if e := try(wrongPIN); e == nil || e.Code != wire.ErrPINWrong || e.FinalTry || e.Detail != "CKR_PIN_INCORRECT" {
				t.Fatalf("first wrong: %+v", e)
			}
			if e := try(wrongPIN); e == nil || e.Code != wire.ErrPINWrong || !e.FinalTry || *e.AttemptsLeft != 1 {
				t.Fatalf("second wrong: %+v", e)
			}
			if e := try(wrongPIN); e == nil || e.Code != wire.ErrPINLocked || *e.AttemptsLeft != 0 || !seen.FinalTry {
				t.Fatalf("third wrong: %+v, prompt %+v", e, seen)
			}
			seen = PINRequest{}
			if e := try(rightPIN); e == nil || e.Code != wire.ErrPINLocked || seen.Reader != "" {
				t.Fatalf("after the lock: %+v, prompt %+v", e, seen)
			}
			c.Remove()
			r.await("removal", empty)
			c.Unblock()
			open(t, r, r.insert(c), pin(rightPIN, nil)).Close()
		})
	}
}

func TestRightPINAfterWrongOne(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	if _, err := r.Open(t.Context(), authOf(t, card), pin(wrongPIN, nil)); codeOf(err) != wire.ErrPINWrong {
		t.Fatal(err)
	}
	k := open(t, r, card, pin(rightPIN, nil))
	defer k.Close()
	signOnce(t, k)
	if c.TriesLeft() != 3 {
		t.Errorf("%d tries left", c.TriesLeft())
	}
}

func TestPINIsWiped(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	for _, text := range []string{rightPIN, wrongPIN, "1"} {
		given := []byte(text)
		k, err := r.Open(t.Context(), authOf(t, card), func(context.Context, PINRequest) ([]byte, error) { return given, nil })
		if err == nil {
			k.Close()
		}
		if !bytes.Equal(given, make([]byte, len(given))) {
			t.Errorf("PIN of %d characters still in memory after Open (%v)", len(given), err)
		}
	}
}

func TestOpenOfNothing(t *testing.T) {
	r := start(t)
	r.await("readers listed", func(l wire.CardList) bool { return len(l.Readers) == 2 })
	if _, err := r.Open(t.Context(), "00", pin(rightPIN, nil)); codeOf(err) != wire.ErrNoCard {
		t.Errorf("no card: %v", err)
	}
	r.insert(newCard(t))
	if _, err := r.Open(t.Context(), "00", pin(rightPIN, nil)); codeOf(err) != wire.ErrNoCert {
		t.Errorf("another certificate: %v", err)
	}
}

func TestExpiredCertificateCannotBeOpened(t *testing.T) {
	c := newCard(t, func(o *vcard.Options) { o.AuthNotAfter = time.Now().Add(-time.Minute) })
	r := start(t)
	for _, x := range r.insert(c).Certificates {
		if x.Purpose != "auth" {
			continue
		}
		if x.Usable || x.Reason != wire.ErrCertExpired {
			t.Errorf("certificate %+v", x)
		}
		if _, err := r.Open(t.Context(), x.Fingerprint, pin(rightPIN, nil)); codeOf(err) != wire.ErrCertExpired {
			t.Errorf("open: %v", err)
		}
	}
}

func TestSigningKeyHasItsOwnPIN(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	for _, x := range card.Certificates {
		if x.Purpose != "sign" {
			continue
		}
		k, err := r.Open(t.Context(), x.Fingerprint, func(_ context.Context, req PINRequest) ([]byte, error) {
			if req.Purpose != "sign" {
				t.Errorf("purpose %q", req.Purpose)
			}
			return []byte(vcard.DefaultSignPIN), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		signOnce(t, k)
	}
}

func TestPromptErrorsComeBackAsTheyAre(t *testing.T) {
	r := start(t)
	card := r.insert(newCard(t))
	closed := errors.New("window closed")
	_, err := r.Open(t.Context(), authOf(t, card), func(context.Context, PINRequest) ([]byte, error) { return nil, closed })
	if !errors.Is(err, closed) {
		t.Error(err)
	}
}

func TestIdleLoginEnds(t *testing.T) {
	c := newCard(t)
	r := start(t, func(o *Options) { o.LoginIdle = 300 * time.Millisecond })
	asked := 0
	k := open(t, r, r.insert(c), pin(rightPIN, &asked))
	defer k.Close()
	for range 4 {
		time.Sleep(100 * time.Millisecond)
		signOnce(t, k)
	}
	if asked != 1 {
		t.Fatalf("asked %d times while in use", asked)
	}
	time.Sleep(700 * time.Millisecond)
	signOnce(t, k)
	if asked != 2 {
		t.Errorf("asked %d times, want 2 after the idle time", asked)
	}
}

func TestLoginForEachSignature(t *testing.T) {
	r := start(t, func(o *Options) { o.LoginIdle = -1 })
	asked := 0
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, &asked))
	defer k.Close()
	signOnce(t, k)
	signOnce(t, k)
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}
