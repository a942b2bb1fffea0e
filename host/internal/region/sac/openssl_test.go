package sac

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/testca"
)

// TestOpenSSLReadsIt: what is sealed opens with the openssl command, and what
// the ministry's reference command seals has the same form.
func TestOpenSSLReadsIt(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := testca.New("Prova")
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("Cifra")}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	private := file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	certificate := file("SanitelCF.cer", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	c, err := ParseCipher(der)
	if err != nil {
		t.Fatal(err)
	}
	for name, clear := range map[string]string{
		"codice fiscale": "BNCLCU50A41X002F", "pinCode": "1234567890", "STP": "STP0000000000001", "numeric": "00000000000", "longest": strings.Repeat("x", 117),
	} {
		t.Run(name, func(t *testing.T) {
			text, err := c.Seal(clear, time.Now())
			if err != nil || len(text) != 172 {
				t.Fatalf("%d characters: %v", len(text), err)
			}
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			got := openssl(t, "pkeyutl", "-decrypt", "-inkey", private, "-pkeyopt", "rsa_padding_mode:pkcs1", "-in", file("CF.enc", raw))
			if string(got) != clear {
				t.Errorf("openssl reads %q", got)
			}
			again, err := c.Seal(clear, time.Now())
			if err != nil || again == text {
				t.Error("sealed twice into the same bytes:", err)
			}
			theirs := openssl(t, "rsautl", "-encrypt", "-in", file("CF.txt", []byte(clear)), "-inkey", certificate, "-certin", "-pkcs")
			if n := base64.StdEncoding.EncodedLen(len(theirs)); n != 172 {
				t.Errorf("the reference command gives %d characters", n)
			}
		})
	}
	if _, err := c.Seal(strings.Repeat("x", 118), time.Now()); err == nil {
		t.Error("more than the key has room for was sealed")
	}
}

// TestMinistrysCertificate: the real key gives 172 characters, which is what
// the fields of the other services have room for.
func TestMinistrysCertificate(t *testing.T) {
	if os.Getenv(kitVariable) == "" {
		return // it is the ministry's to give
	}
	c, err := ParseCipher(kitFile(t, "SanitelCF.cer"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.Seal("BNCLCU50A41X002F", c.NotAfter().Add(-time.Hour))
	if err != nil || len(text) != 172 {
		t.Errorf("%d characters, %v", len(text), err)
	}
}

func openssl(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v: %s", args[0], err, &said)
	}
	return out
}
