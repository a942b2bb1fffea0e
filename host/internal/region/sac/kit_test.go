package sac

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"raccordo/host/internal/sim/kit"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/xsd"
)

// kitVariable names the folder of the ministry's development kit: WSDL and XSD
// in dem and lotti, recorded answers in risposte. It is not ours to publish:
// without it the simulated region's schemas are the judge.
const kitVariable = kit.Variable

// judged says what is wrong with envelopes, by xmllint and the kit or by the
// simulated region.
func judged(t *testing.T, envelopes map[string][]byte) error {
	t.Helper()
	schemas := os.Getenv(kitVariable)
	if schemas == "" {
		return bySimulator(envelopes)
	}
	dir := t.TempDir()
	for name, envelope := range envelopes {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(strings.TrimSuffix(name, ".xml"), " ", "_")+".xml"), envelope, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	count, err := kit.Validate(t.Context(), schemas, dir)
	t.Logf("xmllint: %v", count)
	return err
}

// bySimulator judges requests only: answers are what the simulator writes.
func bySimulator(envelopes map[string][]byte) error {
	var all []error
	for name, envelope := range envelopes {
		root, err := xsd.Parse(envelope)
		if err != nil {
			return err
		}
		payload := root.Children[0].Children[0]
		if strings.HasSuffix(payload.Name.Local, "Ricevuta") || payload.Name.Local == "LottoRicevutaNRE" {
			continue
		}
		schema, known := simulated.Schemas()[payload.Name.Local]
		if !known {
			return fmt.Errorf("%s: no schema for %s", name, payload.Name.Local)
		}
		if err := schema.Validate(payload); err != nil {
			all = append(all, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(all...)
}

// TestRequestsFollowTheSchemas: every request that can be written.
func TestRequestsFollowTheSchemas(t *testing.T) {
	all := map[string][]byte{}
	for i, p := range prescriptions() {
		all[fmt.Sprintf("%02d %s", i+1, p.name)] = EncodeSend(p.request)
	}
	if len(all) < 40 {
		t.Fatalf("%d prescriptions", len(all))
	}
	for name, request := range requests() {
		all[name] = request
	}
	if err := judged(t, all); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests, %d of them prescriptions", len(all), len(prescriptions()))
}

// TestJudge: the judge knows what is wrong.
func TestJudge(t *testing.T) {
	good := string(EncodeSend(prescriptions()[0].request))
	for name, change := range map[string][2]string{
		"two digits":        {"<t:quantita>1<", "<t:quantita>12<"},
		"order":             {"<r:tipoVisita>A</r:tipoVisita>", ""},
		"unknown":           {"<r:tipoVisita>", "<r:tipoRicetta/><r:tipoVisita>"},
		"item in request":   {"t:DettaglioPrescrizione>", "r:DettaglioPrescrizione>"},
		"long number":       {"0900A0000004200", "0900A00000042000"},
		"other namespace":   {nsSend, nsView},
		"letters for digit": {"<t:quantita>1<", "<t:quantita>una<"},
	} {
		text := strings.ReplaceAll(good, change[0], change[1])
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if judged(t, map[string][]byte{name: []byte(text)}) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestEveryElementIsWritten: what the schema has, somebody of the table sends.
// testoLibero has no value that is still accepted.
func TestEveryElementIsWritten(t *testing.T) {
	seen := map[string]int{}
	for _, p := range prescriptions() {
		for d := xml.NewDecoder(bytes.NewReader(EncodeSend(p.request))); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := token.(xml.StartElement); ok {
				seen[e.Name.Local]++
			}
		}
	}
	for name := range schemaFields {
		if name == "cfMedico" || name == oneDigit { // of the other requests; no element
			continue
		}
		if seen[name] == 0 {
			t.Errorf("%s is written by none", name)
		}
	}
	folder := os.Getenv(kitVariable)
	if folder == "" {
		return
	}
	declared := map[string]bool{}
	for file, from := range map[string]string{"InvioPrescrittoRichiesta.xsd": "<xs:element", "TipiDati.xsd": `name="dettaglioPrescrizioneType"`} {
		text, err := os.ReadFile(filepath.Join(folder, "dem", file))
		if err != nil {
			t.Fatal(err)
		}
		part := string(text)[strings.Index(string(text), from):]
		if i := strings.Index(part, "</xs:complexType>"); i > 0 {
			part = part[:i]
		}
		for _, m := range regexp.MustCompile(`<xs:element name="([A-Za-z0-9]+)"`).FindAllStringSubmatch(part, -1) {
			declared[m[1]] = true
		}
	}
	if len(declared) < 55 {
		t.Fatalf("%d elements in the kit", len(declared))
	}
	for name := range declared {
		if _, known := schemaFields[name]; !known && name != "InvioPrescrittoRichiesta" && name != "testoLibero" {
			t.Errorf("%s of the kit is not known", name)
		}
	}
	t.Logf("%d elements of the kit, all written but testoLibero", len(declared))
}
