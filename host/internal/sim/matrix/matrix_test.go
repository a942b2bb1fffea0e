package matrix

import (
	"bytes"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/wssec"
	"raccordo/host/internal/sim/signtest"
)

var update = flag.Bool("update", false, "write docs/signatures.md")

const table = "../../../../docs/signatures.md"

func (h *house) chain() []*x509.Certificate { return []*x509.Certificate{h.CA.Cert()} }

// TestMatrix signs all formats with one consent for each key, lets others
// verify each, and changes a byte of each.
func TestMatrix(t *testing.T) {
	h := newHouse(t)
	all := places(t, h)
	cells := map[string]string{} // by algorithm, format and place
	for _, a := range algorithms {
		for _, p := range all {
			name := a.name + " · " + p.name
			if why, ok := p.none[a.scheme]; ok {
				for _, f := range formats {
					cells[a.name+f.name+p.name] = "– " + why
				}
				cells[a.name+wsSecurity+p.name] = "– " + why
				continue
			}
			t.Run(name, func(t *testing.T) {
				signer, key := p.open(t, a.scheme)
				defer func() { must(t, signer.Close()) }()
				for f, done := range h.signAll(t, signer) {
					t.Run(formats[f].name, func(t *testing.T) {
						done.t = t
						if h.proven(t, formats[f], done) {
							cells[a.name+formats[f].name+p.name] = "✓"
						}
					})
				}
				cells[a.name+wsSecurity+p.name] = "– for keys on this PC"
				if key != nil {
					t.Run(wsSecurity, func(t *testing.T) {
						id := signer.Identity()
						message, err := wssec.Sign([]byte(envelope), key, id, now, 5*time.Minute, wssec.Options{})
						must(t, err)
						if a.scheme == signature.PSS {
							cells[a.name+wsSecurity+p.name] = "– no program here knows it"
							return
						}
						if h.provenMessage(t, id, message) {
							cells[a.name+wsSecurity+p.name] = "✓"
						}
					})
				}
			})
		}
	}
	if t.Failed() {
		return
	}
	got := render(cells, all)
	if *update {
		must(t, os.WriteFile(table, got, 0o644))
		return
	}
	want, err := os.ReadFile(table)
	must(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/signatures.md says otherwise; go test ./host/internal/sim/matrix -update\n%s", diff)
	}
}

// signAll signs a document of every format with one authorisation.
func (h *house) signAll(t *testing.T, signer signature.Signer) []signed {
	all, prepared := make([]signed, len(formats)), make([]signature.Prepared, len(formats))
	digests := make([][]byte, len(formats))
	stamper := timestamp.New(h.tsa.URL, http.DefaultClient, timestamp.Options{})
	for i, f := range formats {
		opt := f.opt
		opt.Identity, opt.Now, opt.Name, opt.MediaType = signer.Identity(), now, "profilo.txt", "text/plain"
		if f.stamped {
			opt.Stamper = stamper
		}
		all[i] = signed{t: t, identity: opt.Identity, original: f.document(t), detached: opt.Packaging == signature.Detached}
		var err error
		prepared[i], err = f.prepare(t.Context(), bytes.NewReader(all[i].original), opt)
		must(t, err)
		digests[i] = prepared[i].Digest()
	}
	must(t, signer.SignAll(t.Context(), digests, func(i int, value []byte) {
		var out bytes.Buffer
		must(t, prepared[i].Complete(t.Context(), value, &out))
		all[i].data = out.Bytes()
	}))
	return all
}

// proven: it holds for others and for us, and with a byte changed for nobody.
func (h *house) proven(t *testing.T, f format, s signed) bool {
	if err := f.others(h, s); err != nil {
		t.Errorf("others: %v", err)
	}
	if err := f.reads(s); err != nil {
		t.Errorf("our own reader: %v", err)
	}
	changed := f.changed(h, s)
	if f.others(h, changed) == nil {
		t.Error("a byte was changed, and others did not notice")
	}
	if f.reads(changed) == nil {
		t.Error("a byte was changed, and we did not notice")
	}
	return !t.Failed()
}

func (f format) reads(s signed) error {
	var original signature.Source
	if s.detached {
		original = bytes.NewReader(s.original)
	}
	found, err := f.verify(s.t.Context(), bytes.NewReader(s.data), original)
	if err != nil {
		return err
	}
	if len(found) != 1 || len(found[0].Stamps) > 1 || f.stamped != (len(found[0].Stamps) == 1) {
		return fmt.Errorf("%d signatures, %+v", len(found), found)
	}
	if f.stamped && found[0].Stamps[0].Broken != nil {
		return found[0].Stamps[0].Broken
	}
	return found[0].Broken
}

const wsSecurity = "WS-Security X.509"

const envelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><r:Ricetta xmlns:r="http://example.org/invio">sintetico</r:Ricetta></soapenv:Body></soapenv:Envelope>`

func (h *house) provenMessage(t *testing.T, id signature.Identity, message []byte) bool {
	const utility, extension = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	args := []string{"--verify", "--enabled-reference-uris", "same-doc", "--pubkey-cert-pem", h.certificate(t, id)}
	for _, name := range []string{"http://schemas.xmlsoap.org/soap/envelope/:Body", utility + ":Timestamp", extension + ":BinarySecurityToken"} {
		args = append(args, "--id-attr:Id", name)
	}
	if out := signtest.Holds(t, "xmlsec1", append(args, h.Temp(t, message))...); !strings.Contains(out, "SignedInfo References (ok/all): 3/3") {
		t.Error(out)
	}
	changed := bytes.Clone(message)
	changed[bytes.Index(changed, []byte(word))] ^= 1
	signtest.Fails(t, "xmlsec1", append(args, h.Temp(t, changed))...)
	return !t.Failed()
}

// render writes a table for each algorithm.
func render(cells map[string]string, all []place) []byte {
	var b bytes.Buffer
	fmt.Fprint(&b, "# Signatures: what was verified, by programs of others\n\n"+
		"Written by `go test ./host/internal/sim/matrix -update` and compared with by `make test`. ✓: signed with a key in that place, verified by the programs named and by Raccordo's own\n"+
		"reader; and with one byte changed refused by both. –: not made, and why.\n")
	for _, a := range algorithms {
		fmt.Fprintf(&b, "\n## %s\n\n| format |", a.name)
		for _, p := range all {
			fmt.Fprintf(&b, " %s |", p.name)
		}
		fmt.Fprint(&b, " verified by |\n|---|"+strings.Repeat("---|", len(all))+"---|\n")
		for _, f := range append(formats[:len(formats):len(formats)], format{name: wsSecurity, by: "xmlsec1"}) {
			fmt.Fprintf(&b, "| %s |", f.name)
			for _, p := range all {
				fmt.Fprintf(&b, " %s |", cells[a.name+f.name+p.name])
			}
			fmt.Fprintf(&b, " %s |\n", f.by)
		}
	}
	return b.Bytes()
}
