package sac

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/xsd"
)

// kitVariable names the folder of the ministry's development kit: WSDL and XSD
// in dem and lotti, recorded answers in risposte. It is not ours to publish:
// without it the simulated region's schemas are the judge.
const kitVariable = "RACCORDO_SAC_KIT"

// schemaFiles are the kit's, by the local name of the root.
var schemaFiles = map[string]string{
	"InvioPrescrittoRichiesta": "dem", "InvioPrescrittoRicevuta": "dem",
	"VisualizzaPrescrittoRichiesta": "dem", "VisualizzaPrescrittoRicevuta": "dem",
	"AnnullaPrescrittoRichiesta": "dem", "AnnullaPrescrittoRicevuta": "dem",
	"InterrogaNreUtilRichiesta": "dem", "InterrogaNreUtilRicevuta": "dem",
	"DichiarazioneSostituzioneMedicoRichiesta": "dem", "DichiarazioneSostituzioneMedicoRicevuta": "dem",
	"ServiceAnagRichiesta": "dem", "ServiceAnagRicevuta": "dem",
	"LottoRichiestaNRE": "lotti", "LottoRicevutaNRE": "lotti",
}

// judge says what is wrong with the payloads of envelopes, by name; a payload
// that is well is not in the answer.
type judge func(t *testing.T, envelopes map[string][]byte) map[string]string

// newJudge is xmllint with the kit, or the simulated region.
func newJudge(t *testing.T) judge {
	t.Helper()
	kit := os.Getenv(kitVariable)
	if kit == "" {
		t.Logf("%s is not set: the simulated region's schemas judge", kitVariable)
		return bySimulator
	}
	folder := patched(t, kit)
	return func(t *testing.T, envelopes map[string][]byte) map[string]string {
		return byXmllint(t, folder, envelopes)
	}
}

// minOccurs on a complexType is no XML Schema: TipiDatiInterrogaNreUtilizzati
// says it of elencoNreUtilRecordType.
var misplaced = regexp.MustCompile(`(<xs:complexType name="[A-Za-z]+") minOccurs="0"`)

// patched copies the schemas aside, with their two faults mended: the one
// above, and an import that spells a file's name otherwise than it is called.
func patched(t *testing.T, kit string) string {
	t.Helper()
	to := t.TempDir()
	for _, folder := range []string{"dem", "lotti"} {
		files, err := filepath.Glob(filepath.Join(kit, folder, "*.xsd"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no schemas in %s", kitVariable, folder)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.Replace(filepath.Base(file), "TipiDatidichiarazione", "TipiDatiDichiarazione", 1)
			if err := os.WriteFile(filepath.Join(to, name), misplaced.ReplaceAll(text, []byte("$1")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return to
}

// byXmllint runs xmllint (libxml2) once for each schema.
func byXmllint(t *testing.T, schemas string, envelopes map[string][]byte) map[string]string {
	t.Helper()
	dir, files, wrong := t.TempDir(), map[string][]string{}, map[string]string{}
	for name, envelope := range envelopes {
		root, payload := opened(t, envelope)
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".xml")
		if err := os.WriteFile(file, payload, 0o600); err != nil {
			t.Fatal(err)
		}
		files[root] = append(files[root], file)
		wrong[name] = "xmllint said nothing of it"
	}
	for root, list := range files {
		if schemaFiles[root] == "" {
			t.Fatalf("no schema for %s", root)
		}
		out, err := exec.Command("xmllint", append([]string{"--noout", "--nonet", "--schema", filepath.Join(schemas, root+".xsd")}, list...)...).CombinedOutput()
		if len(out) == 0 {
			t.Fatalf("xmllint: %v", err)
		}
		for name := range wrong {
			file := filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".xml")
			switch {
			case bytes.Contains(out, []byte(file+" validates\n")):
				delete(wrong, name)
			case bytes.Contains(out, []byte(file)):
				wrong[name] = string(out)
			}
		}
	}
	return wrong
}

func bySimulator(t *testing.T, envelopes map[string][]byte) map[string]string {
	t.Helper()
	wrong := map[string]string{}
	for name, envelope := range envelopes {
		root, payload := opened(t, envelope)
		schema, ok := simulated.Schemas()[root]
		if !ok {
			if strings.Contains(root, "Ricevuta") { // the simulator writes answers and judges requests
				continue
			}
			t.Fatalf("no schema for %s", root)
		}
		n, err := xsd.Parse(payload)
		if err == nil {
			err = schema.Validate(n)
		}
		if err != nil {
			wrong[name] = err.Error()
		}
	}
	return wrong
}

// opened cuts the payload out of an envelope, which must declare its own
// namespaces; schemas know nothing of SOAP.
func opened(t *testing.T, envelope []byte) (root string, payload []byte) {
	t.Helper()
	text := string(envelope)
	start := regexp.MustCompile(`<[A-Za-z]+:Body>`).FindStringIndex(text)
	end := regexp.MustCompile(`</[A-Za-z]+:Body>`).FindStringIndex(text)
	if start == nil || end == nil {
		t.Fatalf("no body in %.200s", text)
	}
	payload = []byte(text[start[1]:end[0]])
	var first xml.StartElement
	for d := xml.NewDecoder(bytes.NewReader(payload)); ; {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			first = e
			break
		}
	}
	return first.Name.Local, payload
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
	for name, wrong := range newJudge(t)(t, all) {
		t.Errorf("%s: %s", name, wrong)
	}
	t.Logf("%d requests, %d of them prescriptions", len(all), len(prescriptions()))
}

// TestJudge: the judge knows what is wrong.
func TestJudge(t *testing.T) {
	good := string(EncodeSend(prescriptions()[0].request))
	bad := map[string][]byte{}
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
		bad[name] = []byte(text)
	}
	wrong := newJudge(t)(t, bad)
	for name := range bad {
		if wrong[name] == "" {
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
	kit := os.Getenv(kitVariable)
	if kit == "" {
		return
	}
	declared := map[string]bool{}
	for file, from := range map[string]string{"InvioPrescrittoRichiesta.xsd": "<xs:element", "TipiDati.xsd": `name="dettaglioPrescrizioneType"`} {
		text, err := os.ReadFile(filepath.Join(kit, "dem", file))
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
