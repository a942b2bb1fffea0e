//go:build linux

package card

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"testing"
	"time"

	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// TestCardVariants: versions and key lengths. OpenSC 0.23 can not sign with the
// long key of a card of version 1.0.
func TestCardVariants(t *testing.T) {
	r := start(t)
	for _, row := range []struct {
		name    string
		version byte
		bits    int
		want    wire.ErrorCode
	}{
		{"CNS 1.1, 2048 bits", 0x11, 2048, ""},
		{"CNS 1.1, 1024 bits", 0x11, 1024, ""},
		{"CNS 1.0, 1024 bits", 0x10, 1024, ""},
		{"CNS 1.0, 2048 bits", 0x10, 2048, wire.ErrMechanism},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newCard(t, func(o *vcard.Options) { o.Version, o.KeyBits = row.version, row.bits })
			card := r.insert(c)
			if card.Kind != wire.KindCNS && card.Kind != wire.KindTSCNS {
				t.Errorf("kind %q", card.Kind)
			}
			if err := signIn(r, card); codeOf(err) != row.want {
				t.Errorf("%v, want %q", err, row.want)
			}
			c.Remove()
			r.await("removal", empty)
		})
	}
}

// TestSlowCard: what a card of 600 ms costs on top is bounded.
func TestSlowCard(t *testing.T) {
	c := newCard(t, func(o *vcard.Options) { o.Delay = 600 * time.Millisecond })
	r := start(t)
	k := open(t, r, r.insert(c), pin(rightPIN, nil))
	defer k.Close()
	before, began := c.Signatures(), time.Now()
	signOnce(t, k)
	if took := time.Since(began); took < 600*time.Millisecond || took > 900*time.Millisecond || c.Signatures() != before+1 {
		t.Errorf("%v, %d operations of the card", took, c.Signatures()-before)
	}
}

func TestMuteCard(t *testing.T) {
	c := newCard(t, func(o *vcard.Options) { o.Mute = true })
	r := start(t)
	r.insertAt(c, 0)
	r.await("mute", func(l wire.CardList) bool { return at(l, 0).State == wire.ReaderMute })
	if _, err := r.Open(t.Context(), "00", pin(rightPIN, nil)); codeOf(err) != wire.ErrCardMute {
		t.Errorf("%v, want card.mute", err)
	}
	c.Remove()
	r.await("removal", empty)
	r.insert(newCard(t)) // turned round
}

// TestBlockedAtInsertion: a card that was blocked elsewhere costs one attempt
// that the card refuses, and is said to be blocked.
func TestBlockedAtInsertion(t *testing.T) {
	c := newCard(t)
	c.Block()
	r := start(t)
	card := r.insert(c)
	if err := signIn(r, card); codeOf(err) != wire.ErrPINLocked {
		t.Errorf("%v, want card.pin_locked", err)
	}
}

// TestTokenMechanisms: what the token can do decides who pads and which TLS is
// spoken. OpenSC always offers PSS, so this is the test module.
func TestTokenMechanisms(t *testing.T) {
	digest := sha256.Sum256([]byte("prova"))
	pss := &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}
	c := newCard(t)
	insertFor(t, c)
	for _, row := range []struct {
		name, mechanisms string
		pss              wire.ErrorCode
		most             uint16
	}{
		{"PKCS #1 and raw", "0x1 0x3", "", 0},
		{"PKCS #1 only", "0x1", wire.ErrMechanism, tls.VersionTLS12},
		{"raw only", "0x3", "", 0},
		{"PSS listed and refused", "0x1 0x3 0xD", "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := newHostile(t)
			h.set("mechanisms", row.mechanisms)
			r := startAny(t, h.options)
			k := open(t, r, *at(r.await("card read", ready), 0).Card, pin(rightPIN, nil))
			defer k.Close()
			if _, err := k.Sign(nil, digest[:], crypto.SHA256); err != nil {
				t.Error(err)
			}
			if _, err := k.Sign(nil, digest[:], pss); codeOf(err) != row.pss {
				t.Errorf("PSS: %v", err)
			}
			if k.MaxTLSVersion() != row.most {
				t.Errorf("TLS up to %x", k.MaxTLSVersion())
			}
			if _, err := get(t, server(t, tls.VersionTLS12), k); err != nil {
				t.Errorf("TLS 1.2: %v", err)
			}
			if _, err := get(t, server(t, tls.VersionTLS13), k); (err != nil) != (row.most != 0) {
				t.Errorf("TLS 1.3: %v", err)
			}
		})
	}
}

// TestTokenFlags: tries as the flags of a module tell them.
func TestTokenFlags(t *testing.T) {
	h := newHostile(t)
	r := start(t, h.options)
	card := r.insert(newCard(t))
	for i, want := range []struct {
		code  wire.ErrorCode
		final bool
	}{{wire.ErrPINWrong, false}, {wire.ErrPINWrong, true}, {wire.ErrPINLocked, false}, {wire.ErrPINLocked, false}} {
		_, err := r.Open(t.Context(), authOf(t, card), pin(wrongPIN, nil))
		if e := asError(err); e == nil || e.Code != want.code || e.FinalTry != want.final {
			t.Errorf("attempt %d: %+v", i+1, err)
		}
	}
}

func TestAlwaysAuthenticate(t *testing.T) {
	h := newHostile(t)
	h.set("always", "")
	r := start(t, h.options)
	asked := 0
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, &asked))
	defer k.Close()
	signOnce(t, k)
	signOnce(t, k)
	if asked != 3 {
		t.Errorf("asked %d times, want 3", asked)
	}
}
