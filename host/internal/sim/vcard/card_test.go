package vcard

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

func TestATR(t *testing.T) {
	for version, want := range map[byte]string{
		0x11: "3bff1800ff8131fe55006b02090200011101434e531131808e",
		0x10: "3bff1800ff8131fe55006b02090200011101434e531031808f",
	} {
		card := newCard(t, func(o *Options) { o.Version = version })
		if got := hex.EncodeToString(card.ATR()); got != want {
			t.Errorf("version %02X: %s, want %s", version, got, want)
		}
	}
}

func TestPersonalData(t *testing.T) {
	d := anagrafe.Doctors()[0]
	data, err := personalData(d)
	if err != nil {
		t.Fatal(err)
	}
	want := "00007B" + "06090000" + "0801012024" + "0831122029" + "05VERDI" + "06GIULIA" + "0801031975" + "01F" + "00" +
		"10" + d.CF + "03ITA" + "04X000" + "00" + "00" + "00" + "1AVIA DELLE PROVE 1, FIRENZE" + "00"
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Fatal(diff)
	}
	for name, spoil := range map[string]func(*anagrafe.Doctor){
		"short codice fiscale": func(d *anagrafe.Doctor) { d.CF = "X" },
		"impossible birth":     func(d *anagrafe.Doctor) { d.BirthDate = "31021970" },
		"long field":           func(d *anagrafe.Doctor) { d.Street = strings.Repeat("x", 256) },
		"long file":            func(d *anagrafe.Doctor) { d.Street, d.Name = strings.Repeat("x", 200), strings.Repeat("y", 200) },
	} {
		bad := d
		spoil(&bad)
		if _, err := personalData(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCertificates(t *testing.T) {
	card, d := newCard(t), anagrafe.Doctors()[0]
	auth, sign := card.AuthCertificate(), card.SignCertificate()
	hash := sha1.Sum(card.root.child(0x1100).child(0x1102).data)
	wantName := d.CF + "/" + d.CardSerial + "." + base64.StdEncoding.EncodeToString(hash[:])
	if auth.Subject.CommonName != wantName {
		t.Errorf("CN %s, want %s", auth.Subject.CommonName, wantName)
	}
	if auth.KeyUsage != x509.KeyUsageDigitalSignature || sign.KeyUsage != x509.KeyUsageContentCommitment {
		t.Errorf("key usages %v and %v", auth.KeyUsage, sign.KeyUsage)
	}
	if diff := cmp.Diff([]x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, auth.ExtKeyUsage); diff != "" {
		t.Error(diff)
	}
	if auth.PublicKey.(interface{ Size() int }).Size() != 256 {
		t.Error("not a 2048-bit key")
	}
	ca, err := testAuthority()
	if err != nil {
		t.Fatal(err)
	}
	for _, cert := range []*x509.Certificate{auth, sign} {
		if err := cert.CheckSignatureFrom(ca.Cert()); err != nil {
			t.Error(err)
		}
	}
	if bytes.Equal(auth.RawSubjectPublicKeyInfo, sign.RawSubjectPublicKeyInfo) {
		t.Error("both certificates have one key")
	}
}

// openssl's reading of the certificate, for what Go does not show.
func TestCertificateAsOpenSSLReadsIt(t *testing.T) {
	cmd := exec.Command("openssl", "x509", "-inform", "DER", "-noout", "-text", "-nameopt", "RFC2253")
	cmd.Stdin = bytes.NewReader(newCard(t).AuthCertificate().Raw)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Key Usage: critical\n                Digital Signature\n", "Policy: 1.3.76.16.2.1\n", "TLS Web Client Authentication",
		",GN=GIULIA,SN=VERDI,OU=REGIONE SIMULATA,O=Raccordo simulato (SOLO PROVA),C=IT",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("openssl does not say %q\n%s", want, out)
		}
	}
}

func TestExpiredCertificate(t *testing.T) {
	end := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	cert := newCard(t, func(o *Options) { o.AuthNotAfter = end }).AuthCertificate()
	if !cert.NotAfter.Equal(end) || !cert.NotBefore.Before(end) {
		t.Fatalf("valid from %v to %v", cert.NotBefore, cert.NotAfter)
	}
}

func TestKeysAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	in := func(o *Options) { o.KeyDir = dir }
	first, second := newCard(t, in), newCard(t, in)
	if !bytes.Equal(first.AuthCertificate().RawSubjectPublicKeyInfo, second.AuthCertificate().RawSubjectPublicKeyInfo) {
		t.Fatal("the second card has another key")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	ca, err := testAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, files[0].Name()), []byte("rotto"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Doctor: anagrafe.Doctors()[0], CA: ca, KeyDir: dir}); err == nil || !strings.Contains(err.Error(), "not PEM") {
		t.Fatalf("broken key file: %v", err)
	}
}

func TestNoKeyDirNoFile(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	one, two := newCard(t, func(o *Options) { o.KeyDir = "" }), newCard(t, func(o *Options) { o.KeyDir = "" })
	if bytes.Equal(one.AuthCertificate().RawSubjectPublicKeyInfo, two.AuthCertificate().RawSubjectPublicKeyInfo) {
		t.Fatal("two cards with one key")
	}
	if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
		t.Fatalf("%v, %v", left, err)
	}
}

func TestNewRefuses(t *testing.T) {
	ca, err := testAuthority()
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Options){
		"short PIN":         func(o *Options) { o.Doctor.PIN = "1234" },
		"letters in PIN":    func(o *Options) { o.Doctor.PIN = "abcdef" },
		"long PUK":          func(o *Options) { o.Doctor.PUK = "123456789" },
		"signing PIN":       func(o *Options) { o.SignPIN = "12" },
		"short card number": func(o *Options) { o.Doctor.CardSerial = "6090" },
	} {
		opt := Options{Doctor: anagrafe.Doctors()[0], CA: ca, KeyDir: keyDir}
		spoil(&opt)
		if _, err := New(opt); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
