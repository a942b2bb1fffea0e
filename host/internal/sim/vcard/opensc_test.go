package vcard

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
)

func TestOpenSCKnowsTheCard(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	out := b.run("opensc-tool", "-r", "0", "-n", "-v")
	if !strings.Contains(out, "Using card driver Italian CNS") || !strings.Contains(out, "CNS card") {
		t.Errorf("name: %s", out)
	}
	if out := b.run("opensc-tool", "-r", "0", "--serial"); !strings.Contains(out, "36 30 39 30 30 31") {
		t.Errorf("serial: %s", out)
	}
	out, err := b.pkcs11("--list-slots")
	if err != nil || !strings.Contains(out, "GIULIA VERDI") || !strings.Contains(out, "6090010000000012") {
		t.Errorf("slots: %v\n%s", err, out)
	}
	out, err = b.pkcs11("--list-objects", "--type", "cert", "--slot-index", "0")
	if err != nil || !strings.Contains(out, "CNS0") || !strings.Contains(out, anagrafe.Doctors()[0].CF) {
		t.Errorf("certificates without PIN: %v\n%s", err, out)
	}
	der := filepath.Join(b.dir, "auth.der")
	if out, err := b.pkcs11("--read-object", "--type", "cert", "--id", "01", "--output-file", der, "--slot-index", "0"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, err := os.ReadFile(der); err != nil || !bytes.Equal(got, b.card.AuthCertificate().Raw) {
		t.Fatalf("another certificate was read: %v", err)
	}
	personal := filepath.Join(b.dir, "personal")
	b.run("pkcs15-tool", "--read-data-object", "EF_DatiPersonali", "--raw", "--output", personal)
	if got, err := os.ReadFile(personal); err != nil || !strings.Contains(string(got), anagrafe.Doctors()[0].CF) {
		t.Errorf("EF_DatiPersonali: %s, %v", got, err)
	}
}

func TestOpenSCSigns(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	hash := sha256.Sum256([]byte("una ricetta"))
	pkcs1 := func(public *rsa.PublicKey, sig []byte) error {
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], sig)
	}
	pss := func(public *rsa.PublicKey, sig []byte) error {
		return rsa.VerifyPSS(public, crypto.SHA256, hash[:], sig, &rsa.PSSOptions{SaltLength: 32})
	}
	for _, row := range []struct {
		name, mechanism, slot, id, pin string
		key                            byte
		more                           []string
		verify                         func(*rsa.PublicKey, []byte) error
	}{
		{"PKCS #1, authentication", "SHA256-RSA-PKCS", "0", "01", "12345", keyAuth, nil, pkcs1},
		{"PSS, authentication", "SHA256-RSA-PKCS-PSS", "0", "01", "12345", keyAuth, []string{"--salt-len", "32"}, pss},
		{"PKCS #1, signing key", "SHA256-RSA-PKCS", "1", "10", DefaultSignPIN, keySign, nil, pkcs1},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := b.card.Signatures()
			if out, err := b.sign(row.mechanism, row.slot, row.id, row.pin, row.more...); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			sig, err := os.ReadFile(filepath.Join(b.dir, "signature"))
			if err != nil {
				t.Fatal(err)
			}
			if err := row.verify(b.card.keys[row.key].public(), sig); err != nil {
				t.Fatal(err)
			}
			if b.card.Signatures() != before+1 {
				t.Fatalf("%d signatures on the card", b.card.Signatures()-before)
			}
		})
	}
	t.Run("openssl verifies", func(t *testing.T) {
		if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cert := b.file("auth.der", b.card.AuthCertificate().Raw)
		key := b.file("auth.pub", []byte(b.run("openssl", "x509", "-inform", "DER", "-in", cert, "-noout", "-pubkey")))
		if out := b.run("openssl", "dgst", "-sha256", "-verify", key, "-signature", filepath.Join(b.dir, "signature"), filepath.Join(b.dir, "text")); !strings.Contains(out, "Verified OK") {
			t.Fatal(out)
		}
	})
}

func TestOpenSCCountsBlocksAndUnblocks(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	for i, want := range []string{"CKR_PIN_INCORRECT", "CKR_PIN_INCORRECT", "CKR_PIN_LOCKED", "CKR_PIN_LOCKED"} {
		out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "99999")
		if err == nil || !strings.Contains(out, want) {
			t.Fatalf("attempt %d: %v, want %s\n%s", i+1, err, want, out)
		}
		if left := max(0, 2-i); b.card.TriesLeft() != left {
			t.Fatalf("attempt %d: %d tries left, want %d", i+1, b.card.TriesLeft(), left)
		}
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err == nil {
		t.Fatalf("a blocked card signs\n%s", out)
	}
	b.run("pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", "87654321", "--new-pin", "678901")
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "678901"); err != nil {
		t.Fatalf("after unblocking: %v\n%s", err, out)
	}
	b.run("pkcs15-tool", "--change-pin", "--auth-id", "01", "--pin", "678901", "--new-pin", "12345")
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("after the change: %v\n%s", err, out)
	}
}

func TestOpenSCAndAMaskThatAnswers63C0(t *testing.T) {
	b := newBench(t, func(o *Options) { o.ZeroTriesOnBlock = true })
	b.insert(b.daemon.Slot(0))
	for range 3 {
		if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "99999"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if b.card.TriesLeft() != 0 {
		t.Fatalf("%d tries left", b.card.TriesLeft())
	}
}

// A card of CNS version 1.0 with a 2048-bit key: OpenSC 0.23 logs in and then
// cannot sign.
func TestOpenSCAndVersion10(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Version = 0x10 })
	b.insert(b.daemon.Slot(0))
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err == nil || !strings.Contains(out, "CKR_FUNCTION_NOT_SUPPORTED") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestOpenSCAndTheSigningPIN: the signing key is behind a PIN of its own, which
// counts and blocks by itself.
func TestOpenSCAndTheSigningPIN(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	if out, err := b.sign("SHA256-RSA-PKCS", "1", "10", "12345"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
		t.Fatalf("with the authentication PIN: %v\n%s", err, out)
	}
	if b.card.TriesLeft() != 3 || b.card.SignTriesLeft() != 2 {
		t.Fatalf("tries left: %d and %d", b.card.TriesLeft(), b.card.SignTriesLeft())
	}
	b.card.BlockSign()
	if out, err := b.sign("SHA256-RSA-PKCS", "1", "10", DefaultSignPIN); err == nil || !strings.Contains(out, "CKR_PIN_LOCKED") {
		t.Fatalf("blocked: %v\n%s", err, out)
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("the other key: %v\n%s", err, out)
	}
	b.card.Unblock()
	if out, err := b.sign("SHA256-RSA-PKCS", "1", "10", DefaultSignPIN); err != nil {
		t.Fatalf("unblocked: %v\n%s", err, out)
	}
	der := filepath.Join(b.dir, "sign.der")
	if out, err := b.pkcs11("--read-object", "--type", "cert", "--id", "10", "--output-file", der, "--slot-index", "1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := b.run("openssl", "x509", "-inform", "DER", "-in", der, "-noout", "-text")
	for _, want := range []string{"Key Usage: critical\n                Non Repudiation\n", "qcStatements"} {
		if !strings.Contains(text, want) {
			t.Errorf("openssl does not say %q\n%s", want, text)
		}
	}
}

// TestOpenSCAndACardThatCannotSign: a TS-CNS has one key, for authentication.
func TestOpenSCAndACardThatCannotSign(t *testing.T) {
	b := newBench(t, func(o *Options) { o.AuthOnly = true })
	b.insert(b.daemon.Slot(0))
	out, err := b.pkcs11("--list-objects", "--type", "cert")
	if err != nil || strings.Count(out, "Certificate Object") != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("authentication: %v\n%s", err, out)
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "1", "10", DefaultSignPIN); err == nil {
		t.Fatalf("a signing key from nowhere\n%s", out)
	}
}
