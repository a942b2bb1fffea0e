package sac

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	"raccordo/host/internal/sim/testca"
)

func TestCipher(t *testing.T) {
	ca, err := testca.New("Prova")
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("Cifra")}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})} {
		t.Run(name, func(t *testing.T) {
			c, err := ParseCipher(data)
			if err != nil {
				t.Fatal(err)
			}
			text, err := c.Seal("BNCLCU50A41X002F", time.Now())
			if err != nil || len(text) != 172 {
				t.Fatal(len(text), err)
			}
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			//lint:ignore SA1019 the ministry seals with PKCS #1 v1.5 (InvioPrescrittoRichiesta, pinCode)
			clear, err := rsa.DecryptPKCS1v15(nil, key, raw)
			if err != nil || string(clear) != "BNCLCU50A41X002F" {
				t.Fatal(string(clear), err)
			}
			for _, when := range []time.Time{c.NotAfter().Add(time.Second), time.Now().AddDate(-1, 0, 0)} {
				if _, err := c.Seal("x", when); !errors.Is(err, ErrCipherExpired) {
					t.Errorf("at %s: %v", when, err)
				}
			}
		})
	}
	if _, err := ParseCipher(ca.PEM()); err == nil {
		t.Error("an elliptic key was taken for an RSA one")
	}
	if _, err := ParseCipher([]byte("nothing")); err == nil {
		t.Error("nothing was taken for a certificate")
	}
}
