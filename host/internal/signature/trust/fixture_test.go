package trust

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// party has a certificate and its key.
type party struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate; a nil issuer signs itself.
func issue(t testing.TB, issuer *party, name string, change ...func(*x509.Certificate)) *party {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"Prova"}},
		NotBefore: now.AddDate(-8, 0, 0), NotAfter: now.AddDate(8, 0, 0), BasicConstraintsValid: true,
	}
	for _, f := range change {
		f(tmpl)
	}
	p := &party{key: key}
	if issuer == nil {
		issuer = &party{tmpl, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, issuer.cert, key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if p.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return p
}

func authority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
}

func stamping(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping} }

// Words of the standard.
const (
	caQC      = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
	qtst      = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"
	status    = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
	oldStatus = "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/"
	info      = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
)

// state is a status and its beginning, as lists write it.
type state struct{ kind, status, from, info string }

// listed is a service to be written into a list: the present state first.
type listed struct {
	certificates []*x509.Certificate
	states       []state
}

func (l listed) xml() string {
	one := func(element string, s state, identity string) string {
		extension := ""
		if s.info != "" {
			extension = `<ServiceInformationExtensions><Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">` + s.info + `</URI></AdditionalServiceInformation></Extension></ServiceInformationExtensions>`
		}
		return fmt.Sprintf(`<%s><ServiceTypeIdentifier>%s</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">Qualified certificates</Name><Name xml:lang="it">Certificati qualificati</Name></ServiceName>
<ServiceDigitalIdentity>%s</ServiceDigitalIdentity><ServiceStatus>%s</ServiceStatus><StatusStartingTime>%s</StatusStartingTime>%s</%s>`,
			element, s.kind, identity, s.status, s.from, extension, element)
	}
	var identity strings.Builder
	for _, c := range l.certificates {
		// Lists break lines in base64.
		text := base64.StdEncoding.EncodeToString(c.Raw)
		fmt.Fprintf(&identity, "<DigitalId><X509Certificate>\n%s\n%s</X509Certificate></DigitalId>", text[:76], text[76:])
	}
	identity.WriteString("<DigitalId><X509SubjectName>CN=x</X509SubjectName></DigitalId><DigitalId><X509SKI>AAAA</X509SKI></DigitalId>")
	out := "<TSPService>" + one("ServiceInformation", l.states[0], identity.String())
	if len(l.states) > 1 {
		out += "<ServiceHistory>"
		for _, s := range l.states[1:] {
			out += one("ServiceHistoryInstance", s, "<DigitalId><X509SKI>AAAA</X509SKI></DigitalId>")
		}
		out += "</ServiceHistory>"
	}
	return out + "</TSPService>"
}

// listXML writes a list as the Union's countries do.
func listXML(territory, inScheme string, services ...listed) string {
	var all strings.Builder
	for _, s := range services {
		all.WriteString(s.xml())
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="list" TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>
<TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>7</TSLSequenceNumber><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType>
<SchemeOperatorName><Name xml:lang="en">Agency of tests</Name><Name xml:lang="it">Agenzia di prova</Name></SchemeOperatorName>
<SchemeTerritory>` + territory + `</SchemeTerritory>` + inScheme + `<ListIssueDateTime>2026-10-01T10:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2027-04-01T10:00:00Z</dateTime></NextUpdate></SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="it">Prestatore di prova</Name></TSPName></TSPInformation><TSPServices>` +
		all.String() + `</TSPServices></TrustServiceProvider></TrustServiceProviderList><!-- end --></TrustServiceStatusList>`
}

func granted(c ...*x509.Certificate) listed {
	return listed{c, []state{{caQC, status + "granted", "2016-07-01T00:00:00Z", ""}}}
}

// file writes one and returns its path.
func file(t testing.TB, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pemOf(certs ...*x509.Certificate) string {
	var out strings.Builder
	for _, c := range certs {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.String()
}

func mustLoad(t testing.TB, files ...string) *Store {
	t.Helper()
	s, err := Load(context.Background(), Options{Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signed has xmlsec1 sign a list, enveloped, as its operator would.
func signed(t testing.TB, list string, by *party) string {
	t.Helper()
	dir := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(by.key)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"key.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "cert.pem": pemOf(by.cert),
		"list.xml": strings.Replace(list, "</TrustServiceStatusList>", template+"</TrustServiceStatusList>", 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("xmlsec1", "--sign", "--privkey-pem", "key.pem,cert.pem", "--output", "signed.xml", "list.xml")
	cmd.Dir = dir
	var faults bytes.Buffer
	cmd.Stderr = &faults
	if err := cmd.Run(); err != nil {
		t.Fatalf("xmlsec1: %v\n%s", err, &faults)
	}
	out, err := os.ReadFile(filepath.Join(dir, "signed.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const template = `<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/><ds:Reference URI=""><ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>
<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature>`
