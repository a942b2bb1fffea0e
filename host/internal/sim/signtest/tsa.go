package signtest

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/testca"
)

// Policy is under which the authority stamps when nobody asks for another.
const Policy = "1.3.6.1.4.1.99999.1"

// Authority is a time-stamping authority made of `openssl ts -reply`.
type Authority struct {
	URL       string
	Signatory Signatory
	house     *House
	config    string
}

const tsaConfig = `[tsa]
default_tsa = one
[one]
serial = %[1]s/serial
signer_cert = %[2]s
signer_key = %[3]s
certs = %[1]s/ca.pem
signer_digest = sha256
default_policy = %[4]s
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ess_cert_id_alg = %[5]s
`

// TSA starts an authority that ends with the test.
func (h *House) TSA(t testing.TB) *Authority {
	t.Helper()
	return h.TSAOf(t, h.Stamping(t, true), "sha256")
}

// Stamping is a certificate for time-stamping; one that is not critical is none.
func (h *House) Stamping(t testing.TB, critical bool) Signatory {
	t.Helper()
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	must(t, err)
	return h.Issue(t, "TSA", "rsa", signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}, &x509.Certificate{
		Subject: testca.Subject("Marche temporali di prova"), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: usage}},
	})
}

// TSAOf starts an authority with a certificate, named in its tokens by a hash.
func (h *House) TSAOf(t testing.TB, s Signatory, ess string) *Authority {
	t.Helper()
	certificate, key := h.Files(t, s)
	h.write(t, "serial", []byte("01\n"))
	a := &Authority{Signatory: s, house: h}
	a.config = h.Temp(t, fmt.Appendf(nil, tsaConfig, h.Folder, certificate, key, Policy, ess))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if err == nil {
			query, err = a.Reply(t, query)
		}
		if err != nil {
			t.Error(err)
			http.Error(w, "openssl", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(query)
	}))
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

// Reply answers a TimeStampReq.
func (a *Authority) Reply(t testing.TB, query []byte) ([]byte, error) {
	in := a.house.Temp(t, query)
	out := in + ".tsr"
	said, err := Run(t, "openssl", "ts", "-reply", "-config", a.config, "-queryfile", in, "-out", out)
	if err != nil {
		return nil, fmt.Errorf("openssl ts -reply: %w: %s", err, strings.TrimSpace(said))
	}
	return os.ReadFile(out)
}
