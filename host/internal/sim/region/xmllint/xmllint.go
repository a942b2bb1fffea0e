// Package xmllint holds what a simulated region has recorded (Options.Record)
// against the ministry's own schemas, with a validator that is not ours. The
// schemas belong to the ministry and are not part of this project: their
// folder is named by whoever has them.
//
// It never touches that folder: what no validator takes as it is (a minOccurs on
// a complexType in TipiDatiInterrogaNreUtilizzati, a schema imported under
// another spelling than its file's) is repaired in a copy.
package xmllint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Kit is the environment variable that names the folder of the schemas: dem/
// and lotti/ as the ministry hands them out.
const Kit = "RACCORDO_SAC_KIT"

// service names the schemas of one service, by the names that recordings have.
type service struct{ name, dir, request, answer string }

var services = []service{
	{"invio", "dem", "InvioPrescrittoRichiesta", "InvioPrescrittoRicevuta"},
	{"visualizza", "dem", "VisualizzaPrescrittoRichiesta", "VisualizzaPrescrittoRicevuta"},
	{"annulla", "dem", "AnnullaPrescrittoRichiesta", "AnnullaPrescrittoRicevuta"},
	{"utilizzati", "dem", "InterrogaNreUtilRichiesta", "InterrogaNreUtilRicevuta"},
	{"tabelle", "dem", "ServiceAnagRichiesta", "ServiceAnagRicevuta"},
	{"sostituzione", "dem", "DichiarazioneSostituzioneMedicoRichiesta", "DichiarazioneSostituzioneMedicoRicevuta"},
	{"lotto", "lotti", "LottoRichiestaNRE", "LottoRicevutaNRE"},
}

// namespaces of requests and answers differ from their roots only here.
var namespaces = map[string]string{
	"LottoRichiestaNRE": "http://lottorichiesta.xsd.nre.mirsac.sanita.finanze.it",
	"LottoRicevutaNRE":  "http://lottoricevuta.xsd.nre.mirsac.sanita.finanze.it",
}

func namespaceOf(root string) string {
	if ns := namespaces[root]; ns != "" {
		return ns
	}
	return "http://" + strings.ToLower(root) + ".xsd.dem.sanita.finanze.it"
}

// Report counts what was valid. A request that was answered with a SOAP fault
// is not held against the schema: that may be why.
type Report struct{ Requests, Answers, Faults int }

// ErrInvalid is wrapped by what xmllint says of messages that break a schema.
var ErrInvalid = errors.New("not valid")

// Check validates every message in dir.
func Check(ctx context.Context, kit, dir string) (Report, error) {
	var done Report
	work, err := os.MkdirTemp("", "xsd")
	if err != nil {
		return done, err
	}
	defer os.RemoveAll(work)
	for _, part := range []string{"dem", "lotti"} {
		if err := copySchemas(filepath.Join(kit, part), filepath.Join(work, part)); err != nil {
			return done, err
		}
	}
	var wrong []error
	for _, s := range services {
		files, err := messagesOf(dir, s.name)
		if err != nil {
			return done, err
		}
		wrong = append(wrong, s.validate(ctx, work, files, &done))
	}
	return done, errors.Join(wrong...)
}

// messages are the files of one service's exchanges.
type messages struct{ requests, answers, faults []string }

func messagesOf(dir, name string) (m messages, err error) {
	requests, err := filepath.Glob(filepath.Join(dir, "*-"+name+"-richiesta.xml"))
	if err != nil {
		return m, err
	}
	for _, request := range requests {
		base := strings.TrimSuffix(request, "richiesta.xml")
		if _, err := os.Stat(base + "fault.xml"); err == nil {
			m.faults = append(m.faults, base+"fault.xml")
			continue
		}
		m.requests, m.answers = append(m.requests, request), append(m.answers, base+"risposta.xml")
	}
	return m, nil
}

func (s service) validate(ctx context.Context, work string, m messages, done *Report) error {
	schema := filepath.Join(work, s.name+".xsd")
	if err := os.WriteFile(schema, []byte(s.envelope()), 0o600); err != nil {
		return err
	}
	for _, part := range []struct {
		files []string
		count *int
		args  []string
	}{{m.requests, &done.Requests, []string{"--schema", schema}}, {m.answers, &done.Answers, []string{"--schema", schema}}, {m.faults, &done.Faults, nil}} {
		for files := range slices.Chunk(part.files, 500) {
			if err := lint(ctx, append(append([]string{"--noout", "--nonet"}, part.args...), files...)); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			*part.count += len(files)
		}
	}
	return nil
}

func lint(ctx context.Context, args []string) error {
	cmd := exec.CommandContext(ctx, "xmllint", args...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	var said []string
	for _, line := range strings.Split(string(out), "\n") {
		if line != "" && !strings.HasSuffix(line, " validates") && len(said) < 10 {
			said = append(said, line)
		}
	}
	return fmt.Errorf("%w: %w\n%s", ErrInvalid, err, strings.Join(said, "\n"))
}

// envelope is a schema of SOAP 1.1 envelopes around the service's own two
// messages.
func (s service) envelope() string {
	var imports strings.Builder
	for _, root := range []string{s.request, s.answer} {
		fmt.Fprintf(&imports, `<xs:import namespace=%q schemaLocation="%s/%s.xsd"/>`, namespaceOf(root), s.dir, root)
	}
	return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.xmlsoap.org/soap/envelope/" targetNamespace="http://schemas.xmlsoap.org/soap/envelope/" elementFormDefault="qualified">` +
		imports.String() + `<xs:element name="Envelope"><xs:complexType><xs:sequence><xs:element name="Header" minOccurs="0"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType></xs:element>` +
		`<xs:element name="Body"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="strict"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`
}

// imported is how the kit's own schemas spell the file that they import.
var imported = map[string]string{"TipiDatidichiarazioneSostituzioneMedico.xsd": "TipiDatiDichiarazioneSostituzioneMedico.xsd"}

func copySchemas(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*.xsd"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no schemas there (%s names the folder)", from, Kit)
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		raw = bytes.Replace(raw, []byte(`<xs:complexType name="elencoNreUtilRecordType" minOccurs="0">`), []byte(`<xs:complexType name="elencoNreUtilRecordType">`), 1)
		name := filepath.Base(file)
		if spelt := imported[name]; spelt != "" {
			name = spelt
		}
		if err := os.WriteFile(filepath.Join(to, name), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}
