package morning

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"

	"raccordo/host/internal/sim/firefox"
	"raccordo/host/internal/sim/testca"
)

// ownButton goes through the region's own «Entra con CNS» in a browser that
// has a certificate of its own. We take no part in the handshake, and none of
// our windows opens.
func (d *desk) ownButton(b *firefox.Browser) {
	d.t.Helper()
	d.rests(false)
	d.must(b.ImportIdentity(d.limit(), d.softCard(), "prova"))
	shown := d.windows()
	d.asksCloud()
	d.leaves(d.regionPage(), "link", "^Entra con CNS$")
	d.connected("CNS")
	d.via("cloud")
	d.shows(shown)
	d.oneSession()
}

// softCard is a PKCS#12 file with what the doctor's card has on its chip.
func (d *desk) softCard() (file string) {
	d.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	d.must(err)
	der, err := d.lab.Region.CardCA().Issue(&x509.Certificate{
		Subject:  testca.Subject(d.lab.Doctor.CF + "/1.prova"),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public())
	d.must(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	d.must(err)
	var text bytes.Buffer
	d.must(pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	d.must(pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	file = filepath.Join(d.t.TempDir(), "carta.p12")
	pack := exec.CommandContext(d.limit(), "openssl", "pkcs12", "-export", "-out", file, "-passout", "pass:prova")
	pack.Stdin, pack.Stderr = &text, os.Stderr
	d.must(pack.Run())
	return file
}
