package authority

import (
	"bytes"
	"context"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"
	"time"

	"raccordo/host/internal/sim/testca"
)

//go:embed list.xml
var listText string

var listTemplate = template.Must(template.New("list").Funcs(template.FuncMap{"xml": escaped}).Parse(listText))

// Types and states of services (ETSI TS 119 612 sections 5.5.1 and 5.5.4).
const (
	typeCA     = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
	typeTSA    = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"
	granted    = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
	withdrawn  = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn"
	supervised = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/undersupervision"
)

// state is what a service was from a moment on.
type state struct {
	URI   string
	Since string
}

// service is one of the list: its present state and those before, newest first.
type service struct {
	Type, Name, Subject, Certificate string
	Now                              state
	Before                           []state
}

// Withdraw takes the certification authority's status away as of a moment: what
// was signed before keeps its worth.
func (a *Authority) Withdraw(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.withdrawn = at
}

// List is the trusted list, signed by xmlsec1.
func (a *Authority) List(ctx context.Context) ([]byte, error) {
	now := a.vault.Now()
	a.mu.Lock()
	ended := a.withdrawn
	a.mu.Unlock()
	begin := a.ca.Cert().NotBefore
	ca := entry(typeCA, "Certificati qualificati di firma di prova", a.ca.Cert(), begin)
	if !ended.IsZero() {
		ca.Before = append([]state{ca.Now}, ca.Before...)
		ca.Now = state{withdrawn, moment(ended)}
	}
	var text bytes.Buffer
	err := listTemplate.Execute(&text, map[string]any{
		"Issued": moment(now), "Next": moment(now.AddDate(0, 6, 0)), "Base": a.base, "Operator": testca.Subject("").Organization[0],
		"Services":    []service{ca, entry(typeTSA, "Marcatura temporale qualificata di prova", a.tsaCert, begin)},
		"Certificate": base64.StdEncoding.EncodeToString(a.listCrt.Raw), "Digest": digestOf(a.listCrt),
	})
	if err != nil {
		return nil, err
	}
	return a.signList(ctx, text.Bytes())
}

// entry is a service that was supervised for a year before it was granted.
func entry(kind, name string, cert *x509.Certificate, since time.Time) service {
	return service{
		Type: kind, Name: name, Subject: cert.Subject.String(), Certificate: base64.StdEncoding.EncodeToString(cert.Raw),
		Now: state{granted, moment(since)}, Before: []state{{supervised, moment(since.AddDate(-1, 0, 0))}},
	}
}

// signList has xmlsec1 fill the signature in.
func (a *Authority) signList(ctx context.Context, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "elenco")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	key, err := x509.MarshalPKCS8PrivateKey(a.list)
	if err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{"list.xml": text, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, "xmlsec1", "--sign", "--id-attr:Id", "SignedProperties", "--privkey-pem", "key.pem", "--output", "signed.xml", "list.xml")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("xmlsec1: %w: %s", err, out)
	}
	return os.ReadFile(filepath.Join(dir, "signed.xml"))
}

// Publish leaves the trusted list in a folder, as signature-trust.xml, and the
// certificate of who signed it, as signature-trust.crt.
func (a *Authority) Publish(ctx context.Context, dir string) (list string, err error) {
	text, err := a.List(ctx)
	if err != nil {
		return "", err
	}
	signer := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.listCrt.Raw})
	if err := os.WriteFile(filepath.Join(dir, "signature-trust.crt"), signer, 0o644); err != nil {
		return "", err
	}
	list = filepath.Join(dir, "signature-trust.xml")
	return list, os.WriteFile(list, text, 0o644)
}

// ServeList serves the trusted list.
func (a *Authority) ServeList(w http.ResponseWriter, q *http.Request) {
	text, err := a.List(q.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.etsi.tsl+xml")
	_, _ = w.Write(text) // a client that went away is no error of ours
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func escaped(text string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(text))
	return b.String(), err
}
