package verify

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ocsp"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// party has a certificate and its key.
type party struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// world is an authority above another one, a signer, a responder, a
// time-stamping authority of its own and a trusted list.
type world struct {
	root, sub *party
	house     *signtest.House // the time-stamping authority's
	clock     time.Time
	start     time.Time
	server    *httptest.Server
	responder *party                   // nil: the issuer itself
	revoked   map[string]ocsp.Response // by serial number
	status    []string                 // of the authority's service, newest first: "withdrawn 2020-01-01T00:00:00Z"
	noQTST    bool
	plain     *party // trusted instead of the list
	next      string
}

const (
	statusURI = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
	caQC      = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
	qtst      = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"
)

func newWorld(t testing.TB) *world {
	t.Helper()
	now := time.Now().Truncate(time.Second)
	w := &world{
		house: signtest.New(t), clock: now, start: now, revoked: map[string]ocsp.Response{},
		status: []string{"granted 2016-07-01T00:00:00Z"}, next: "2099-01-01T00:00:00Z",
	}
	w.server = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.server.Close)
	w.root = w.issue(t, nil, "Radice di prova", authority)
	w.sub = w.issue(t, w.root, "Autorità di prova", authority, w.addresses)
	return w
}

func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
}

func (w *world) addresses(c *x509.Certificate) { c.OCSPServer = []string{w.server.URL} }

func (w *world) issue(t testing.TB, issuer *party, name string, change ...func(*x509.Certificate)) *party {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return w.certify(t, issuer, key, name, change...)
}

func (w *world) certify(t testing.TB, issuer *party, key crypto.Signer, name string, change ...func(*x509.Certificate)) *party {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: w.start.AddDate(-1, 0, 0), NotAfter: w.start.AddDate(5, 0, 0),
	}
	for _, f := range change {
		f(tmpl)
	}
	p := &party{key: key}
	if issuer == nil {
		issuer = &party{tmpl, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, issuer.cert, key.Public(), issuer.key)
	must(t, err)
	p.cert, err = x509.ParseCertificate(der)
	must(t, err)
	return p
}

// qcStatements say that the certificate is a qualified one.
var qcStatements = []byte{0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01}

// signer is Mario Rossi, with a qualified certificate of a year.
func (w *world) signer(t testing.TB, change ...func(*x509.Certificate)) *party {
	return w.issue(t, w.sub, "Mario Rossi", append([]func(*x509.Certificate){w.addresses, mario}, change...)...)
}

func mario(c *x509.Certificate) {
	c.Subject = pkix.Name{Country: []string{"IT"}, ExtraNames: []pkix.AttributeTypeAndValue{
		{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: "MARIO"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: "ROSSI"},
		{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "TINIT-RSSMRA70A01L219K"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "Mario Rossi"},
	}}
	c.NotAfter = c.NotBefore.AddDate(2, 0, 0)
	c.KeyUsage = x509.KeyUsageContentCommitment
	c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}, Value: qcStatements}}
}

func (w *world) identity(p *party) signature.Identity {
	a, err := signature.AlgorithmOf(p.cert.PublicKey)
	if err != nil {
		panic(err)
	}
	return signature.Identity{Certificate: p.cert, Chain: []*x509.Certificate{w.sub.cert}, Algorithm: a}
}

// answer is the responder of both authorities.
func (w *world) answer(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	question, err2 := ocsp.ParseRequest(body)
	if err != nil || err2 != nil {
		http.Error(out, "what?", http.StatusBadRequest)
		return
	}
	issuer := w.sub
	if question.SerialNumber.Cmp(w.sub.cert.SerialNumber) == 0 {
		issuer = w.root
	}
	responder := issuer
	if w.responder != nil {
		responder = w.responder
	}
	tmpl, ok := w.revoked[question.SerialNumber.String()]
	if !ok {
		tmpl = ocsp.Response{Status: ocsp.Good}
	}
	tmpl.SerialNumber, tmpl.ThisUpdate = question.SerialNumber, w.clock
	cutoff, _ := asn1.MarshalWithParams(w.start.AddDate(-5, 0, 0).UTC(), "generalized")
	tmpl.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}, Value: cutoff}}
	if responder != issuer {
		tmpl.Certificate = responder.cert
	}
	der, err := ocsp.CreateResponse(issuer.cert, responder.cert, tmpl, responder.key)
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	out.Write(der)
}

func (w *world) revoke(c *x509.Certificate, at time.Time, reason int) {
	w.revoked[c.SerialNumber.String()] = ocsp.Response{Status: ocsp.Revoked, RevokedAt: at, RevocationReason: reason}
}

// list is a trusted list with both services.
func (w *world) list() string {
	service := func(kind, element string, c *x509.Certificate, status string) string {
		name, since, _ := strings.Cut(status, " ")
		return fmt.Sprintf(`<%[1]s><ServiceTypeIdentifier>%[2]s</ServiceTypeIdentifier><ServiceName><Name xml:lang="it">Certificati di prova</Name></ServiceName><ServiceDigitalIdentity><DigitalId><X509Certificate>%[3]s</X509Certificate></DigitalId></ServiceDigitalIdentity><ServiceStatus>%[4]s</ServiceStatus><StatusStartingTime>%[5]s</StatusStartingTime></%[1]s>`,
			element, kind, base64.StdEncoding.EncodeToString(c.Raw), statusURI+name, since)
	}
	services := "<TSPService>" + service(caQC, "ServiceInformation", w.root.cert, w.status[0]) + "<ServiceHistory>"
	for _, old := range w.status[1:] {
		services += service(caQC, "ServiceHistoryInstance", w.root.cert, old)
	}
	services += "</ServiceHistory></TSPService>"
	if !w.noQTST {
		services += "<TSPService>" + service(qtst, "ServiceInformation", w.house.CA.Cert(), "granted 2016-07-01T00:00:00Z") + "</TSPService>"
	}
	return `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><SchemeInformation><TSLSequenceNumber>1</TSLSequenceNumber><SchemeOperatorName><Name xml:lang="it">Agenzia di prova</Name></SchemeOperatorName><SchemeTerritory>IT</SchemeTerritory><ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>` + w.next + `</dateTime></NextUpdate></SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="it">Prestatore</Name></TSPName></TSPInformation><TSPServices>` + services + `</TSPServices></TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>`
}

func (w *world) store(t testing.TB) *trust.Store {
	t.Helper()
	s, err := trust.Load(context.Background(), trust.Options{Files: []string{"list"}, Read: func(string) ([]byte, error) {
		if w.plain != nil {
			return w.plain.cert.Raw, nil
		}
		return []byte(w.list()), nil
	}})
	must(t, err)
	return s
}

func (w *world) verifier(t testing.TB, change ...func(*Options)) *Verifier {
	t.Helper()
	opt := Options{Trust: w.store(t), Client: w.server.Client(), Now: func() time.Time { return w.clock }, Log: zerolog.Nop()}
	for _, f := range change {
		f(&opt)
	}
	return New(opt)
}

// signing are the options of a signature of p.
func (w *world) signing(t testing.TB, p *party, stamped bool) signature.Options {
	t.Helper()
	opt := signature.Options{Identity: w.identity(p), Now: w.clock}
	if stamped {
		opt.Stamper = timestamp.New(w.house.TSA(t).URL, http.DefaultClient, timestamp.Options{})
		t.Cleanup(http.DefaultClient.CloseIdleConnections)
	}
	return opt
}

func complete(t testing.TB, p signature.Prepared, by *party) []byte {
	t.Helper()
	value, err := by.key.Sign(rand.Reader, p.Digest(), crypto.SHA256)
	must(t, err)
	var out bytes.Buffer
	must(t, p.Complete(context.Background(), value, &out))
	return out.Bytes()
}

// p7m is a document with a signature around it.
func (w *world) p7m(t testing.TB, document []byte, by *party, opt signature.Options) []byte {
	t.Helper()
	p, err := cades.Prepare(context.Background(), bytes.NewReader(document), opt)
	must(t, err)
	return complete(t, p, by)
}

// verify is what a verifier says of a document, the only signature of which comes with it.
func verify(t testing.TB, v *Verifier, document []byte) (wire.Verification, wire.VerifiedSignature) {
	t.Helper()
	out, err := v.Verify(context.Background(), bytes.NewReader(document), nil, "")
	must(t, err)
	if len(out.Signatures) != 1 || out.Signatures[0].Verdict != out.Verdict {
		t.Fatalf("%+v", out)
	}
	return out, out.Signatures[0]
}

func codes(s wire.VerifiedSignature) string {
	var all []string
	for _, n := range s.Notices {
		all = append(all, n.Code)
	}
	return strings.Join(all, " ")
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

// evidence is an answer about a certificate, as a signature would bring it.
func (w *world) evidence(t testing.TB, issuer *party, c *x509.Certificate) []byte {
	t.Helper()
	der, err := ocsp.CreateResponse(issuer.cert, issuer.cert, ocsp.Response{Status: ocsp.Good, SerialNumber: c.SerialNumber, ThisUpdate: w.clock}, issuer.key)
	must(t, err)
	return der
}

func (w *world) signatory(p *party) signtest.Signatory {
	return signtest.Signatory{Key: p.key, Identity: w.identity(p)}
}

// named is another person of the same kind.
func named(given, surname string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject = pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: given}, {Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: surname},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: given + " " + surname},
		}}
	}
}
