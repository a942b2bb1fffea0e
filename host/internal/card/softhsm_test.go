//go:build linux

package card

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"raccordo/host/internal/wire"
)

const softHSM = "/usr/lib/softhsm/libsofthsm2.so"

// softToken makes a SoftHSM token with one key and its certificate; every test
// has a folder of its own. extra are options of pkcs11-tool for the key.
func softToken(t testing.TB, key crypto.Signer, extra ...string) {
	t.Helper()
	dir := t.TempDir()
	os.Mkdir(dir+"/tokens", 0o700)
	conf := dir + "/softhsm2.conf"
	write(t, conf, "directories.tokendir = "+dir+"/tokens\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n")
	t.Setenv("SOFTHSM2_CONF", conf)
	cert := certificateFor(t, key.Public())
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/key.der", string(pkcs8))
	write(t, dir+"/key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})))
	write(t, dir+"/cert.der", string(cert.Raw))
	run(t, "softhsm2-util", "--init-token", "--free", "--label", "CNS-TEST", "--so-pin", "87654321", "--pin", rightPIN)
	tool := []string{"--module", softHSM, "--token-label", "CNS-TEST", "--login", "--pin", rightPIN, "--id", "01", "--label", "CNS0"}
	run(t, "pkcs11-tool", append(append(append([]string{}, tool...), "--write-object", dir+"/key.pem", "--type", "privkey", "--usage-sign"), extra...)...)
	run(t, "pkcs11-tool", append(tool, "--write-object", dir+"/cert.der", "--type", "cert")...)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func certificateFor(t testing.TB, pub crypto.PublicKey) *x509.Certificate {
	t.Helper()
	ca, err := testCA()
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, Policies: []x509.OID{oid(t, PolicyCNS)}}
	tmpl.Subject.CommonName = doctorCF(t) + "/6090010000000012.abc"
	der, err := ca.Issue(tmpl, pub)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func softOnly(o *Options) { o.Catalogue = Catalogue{Prefer: []string{softHSM}} }

// TestSoftHSM drives another module than OpenSC: its slots are not named after
// readers, it shows an empty slot more and never locks a PIN.
func TestSoftHSM(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("prova"))
	for _, row := range []struct {
		name string
		key  crypto.Signer
		opts []crypto.SignerOpts
	}{
		{"RSA", rsaKey, []crypto.SignerOpts{crypto.SHA256, &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}}},
		{"ECDSA", ecKey, []crypto.SignerOpts{crypto.SHA256}},
	} {
		t.Run(row.name, func(t *testing.T) {
			softToken(t, row.key)
			r := start(t, softOnly)
			card := r.insert(newCard(t))
			if card.Module != "libsofthsm2.so" || len(card.Certificates) != 1 {
				t.Fatalf("card %+v", card)
			}
			if _, err := r.Open(t.Context(), authOf(t, card), pin(wrongPIN, nil)); codeOf(err) != wire.ErrPINWrong {
				t.Fatalf("wrong PIN: %v", err)
			}
			k := open(t, r, card, pin(rightPIN, nil))
			defer k.Close()
			for _, opts := range row.opts {
				// Sign verifies with the public key itself.
				if _, err := k.Sign(nil, digest[:], opts); err != nil {
					t.Errorf("%T: %v", opts, err)
				}
			}
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				if _, err := get(t, server(t, version), k); err != nil {
					t.Errorf("TLS %x: %v", version, err)
				}
			}
		})
	}
}

func TestKeyThatWantsItsPINForEachSignature(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	softToken(t, key, "--always-auth")
	r := start(t, softOnly)
	asked, answer := 0, rightPIN
	k := open(t, r, r.insert(newCard(t)), func(context.Context, PINRequest) ([]byte, error) {
		asked++
		return []byte(answer), nil
	})
	defer k.Close()
	signOnce(t, k)
	signOnce(t, k)
	if asked != 3 {
		t.Errorf("asked %d times, want 3: the login and two signatures", asked)
	}
	answer = wrongPIN
	if err := trySign(k); codeOf(err) != wire.ErrPINWrong {
		t.Errorf("wrong PIN: %v", err)
	}
}

// With one PIN for both keys, the end of one key's use leaves the other as it was.
func TestOnePINForTwoKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	softToken(t, key)
	ca, err := testCA()
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment, Subject: pkix.Name{CommonName: "Firma"}}, second.Public())
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(second)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir+"/key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})))
	write(t, dir+"/cert.der", string(der))
	tool := []string{"--module", softHSM, "--token-label", "CNS-TEST", "--login", "--pin", rightPIN, "--id", "02", "--label", "Firma", "--write-object"}
	run(t, "pkcs11-tool", append(tool, dir+"/key.pem", "--type", "privkey", "--usage-sign")...)
	run(t, "pkcs11-tool", append(tool, dir+"/cert.der", "--type", "cert")...)
	r := start(t, softOnly)
	card, asked := r.insert(newCard(t)), 0
	ask := pin(rightPIN, &asked)
	session := open(t, r, card, ask)
	defer session.Close()
	i := slices.IndexFunc(card.Certificates, func(c wire.Certificate) bool { return c.Purpose == "sign" })
	if i < 0 {
		t.Fatalf("%+v", card.Certificates)
	}
	cert, _, err := r.Certificate(t.Context(), card.Certificates[i].Fingerprint)
	if err != nil || !cert.PublicKey.(*ecdsa.PublicKey).Equal(second.Public()) {
		t.Fatalf("%v", err)
	}
	k, err := r.Open(t.Context(), card.Certificates[i].Fingerprint, ask)
	if err != nil {
		t.Fatal(err)
	}
	signOnce(t, k)
	k.Close()
	signOnce(t, session)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestCertificateWithoutKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	softToken(t, key)
	run(t, "pkcs11-tool", "--module", softHSM, "--token-label", "CNS-TEST", "--login", "--pin", rightPIN, "--id", "01", "--delete-object", "--type", "privkey")
	r := start(t, softOnly)
	card := r.insert(newCard(t))
	if _, err := r.Open(t.Context(), authOf(t, card), pin(rightPIN, nil)); codeOf(err) != wire.ErrCertNoKey {
		t.Fatal(err)
	}
	if c := at(r.State(), 0).Card.Certificates[0]; c.Usable || c.Reason != wire.ErrCertNoKey {
		t.Errorf("certificate %+v", c)
	}
}
