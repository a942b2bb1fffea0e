package lint_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region/lint"
	"raccordo/host/internal/sim/testca"
)

// practice is a folder with a complete profile and its certificates.
type practice struct {
	t   *testing.T
	dir string
	ca  *testca.CA
}

const good = `name = "Prova"
code = "090"
known = ["Fonte: nessuna."]
[trust]
ca = ["ca.crt"]
[envelope]
kind = "sac"
cipher = "cifra.crt"
[card]
driver = "sar"
policies = ["1.3.76.16.2.1"]
[card.endpoints]
session = "https://regione.example/sessione"
prescriptions = "https://regione.example/dem"
lots = "https://regione.example/lotti"
[cloud]
driver = "id-sessione"
[cloud.endpoints]
prescriptions = "https://ts.example/dem"
lots = "https://ts.example/lotti"
[cloud.id_sessione]
endpoint = "https://ts.example/a2f"
`

func newPractice(t *testing.T) *practice {
	t.Helper()
	ca, err := testca.New("Autorità di prova")
	if err != nil {
		t.Fatal(err)
	}
	p := &practice{t, t.TempDir(), ca}
	p.write("ca.crt", string(ca.PEM()))
	p.write("cifra.crt", p.cipher(1024))
	return p
}

func (p *practice) write(name, text string) string {
	p.t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file
}

func (p *practice) cipher(bits int) string {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		p.t.Fatal(err)
	}
	der, err := p.ca.Issue(&x509.Certificate{Subject: testca.Subject("SanitelCF")}, key.Public())
	if err != nil {
		p.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func (p *practice) check(text string) lint.Report {
	p.t.Helper()
	return lint.Check(p.write("prova.toml", text), nil, time.Now())
}

func TestComplete(t *testing.T) {
	p := newPractice(t)
	r := p.check(good)
	if r.Outcome() != lint.Complete || len(r.Faults)+len(r.Warnings)+len(r.Gaps) != 0 || len(r.Certificates) != 2 || r.Certificates[1].Subject != "SanitelCF" {
		t.Errorf("%+v", r)
	}
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"prova.toml – Prova\n  completo\n", "modi: carta; ID-SESSIONE di Sistema TS", "SanitelCF, scade il ", "Fonte: nessuna."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// TestFaults: every fault with its line, all at once.
func TestFaults(t *testing.T) {
	p := newPractice(t)
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(good) }
	for _, tt := range []struct {
		name, text string
		want       []lint.Finding
	}{
		{"unknown keys", replaced("known =", "noto =", "driver = \"sar\"", "driver = \"sar\"\npin = \"1\""),
			[]lint.Finding{{Line: 3, Text: "chiave sconosciuta: noto"}, {Line: 11, Text: "chiave sconosciuta: card.pin"}}},
		{"values", replaced(`"090"`, `"90"`, `driver = "sar"`, `driver = "rete"`, "https://ts.example/dem", "http://ts.example/dem", `"1.3.76.16.2.1"`, `"CNS"`),
			[]lint.Finding{
				{Line: 2, Text: `code è "90": deve avere tre cifre, come "090"`},
				{Line: 10, Text: `card.driver è "rete": questa versione conosce solo sar, sac`},
				{Line: 11, Text: `card.policies: "CNS" non è un identificativo di policy, come "1.3.76.16.2.1"`},
				{Line: 19, Text: `cloud.endpoints.prescriptions è "http://ts.example/dem": serve un indirizzo https senza utente, parametri (?) e frammento (#)`},
			}},
		{"nothing where something must be", replaced(`lots = "https://ts.example/lotti"`, `lots = ""`, `endpoint = "https://ts.example/a2f"`, ""),
			[]lint.Finding{
				{Line: 20, Text: `cloud.endpoints.lots manca: senza, il profilo non funziona (se può darlo solo la Regione, status = "adhesion")`},
				{Line: 21, Text: `cloud.id_sessione.endpoint manca: senza, il profilo non funziona (se può darlo solo la Regione, status = "adhesion")`},
			}},
		{"inline tables", "name = \"x\"\ncode = \"090\"\nenvelope = {kind = \"cda\", cipher = \"cifra.crt\"}\ncard = {driver = \"sac\", policies = [\"1.2\"], endpoints = {prescriptions = \"ftp://x\", lots = \"https://x\"}}\n",
			[]lint.Finding{
				{Line: 3, Text: `envelope.kind è "cda": questa versione conosce solo sac`},
				{Line: 4, Text: `card.endpoints.prescriptions è "ftp://x": serve un indirizzo https senza utente, parametri (?) e frammento (#)`},
			}},
		{"measures and policies", good + "[limits]\nanswer_bytes = 1\nparallel = 17\n[policies]\nunknown = \"boh\"\n",
			[]lint.Finding{
				{Line: 24, Text: "limits.answer_bytes è fuori misura: da 1024 a 268435456"},
				{Line: 25, Text: "limits.parallel è fuori misura: da 1 a 16"},
				{Line: 27, Text: `policies.unknown è "boh": questa versione conosce solo same, cancel`},
			}},
		{"what is printed", good + "[policies]\npromemoria = \"mai\"\n[printing]\nrossa = \"Rossa A5\"\n",
			[]lint.Finding{
				{Line: 24, Text: `policies.promemoria è "mai": questa versione conosce solo region, drawn`},
				{Line: 26, Text: `printing.rossa è "Rossa A5": può avere solo lettere minuscole, cifre e trattini (al massimo 32)`},
			}},
		{"no way in", "name = \"x\"\ncode = \"090\"\nenvelope = {kind = \"sac\", cipher = \"cifra.crt\"}\n",
			[]lint.Finding{{Text: "mancano sia [card] sia [cloud]: il profilo non dice come ci si collega"}}},
		{"certificates", replaced(`"ca.crt"`, `"altrove.crt", "prova.toml"`),
			[]lint.Finding{{Line: 5, Text: "altrove.crt: il file non c'è (autorità dei server)"}, {Line: 5, Text: "prova.toml: non contiene un certificato leggibile"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := p.check(tt.text)
			if d := cmp.Diff(tt.want, r.Faults); d != "" || r.Outcome() != lint.Faulty {
				t.Error(r.Outcome(), d)
			}
		})
	}
	for name, text := range map[string]string{"not TOML": "name = \"x\"\ncode 090", "wrong type": "name = \"x\"\ncode = 90", "duration": good + "[timeouts]\nconnect = \"presto\""} {
		if r := p.check(text); r.Outcome() != lint.Faulty || len(r.Faults) != 1 || r.Faults[0].Line == 0 {
			t.Errorf("%s: %+v", name, r.Faults)
		}
	}
	for name, file := range map[string]string{"no file": filepath.Join(p.dir, "x.toml"), "name": p.write("Prova Due.toml", good), "ending": p.write("prova.txt", good)} {
		if r := lint.Check(file, nil, time.Now()); r.Outcome() != lint.Faulty {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestNumbersOfTheRegion: without the list of used numbers, a send without an
// answer is the doctor's to clear up.
func TestNumbersOfTheRegion(t *testing.T) {
	p := newPractice(t)
	text := "nre = \"region\"\n" + strings.Replace(good, "[cloud]\n", "used = \"https://regione.example/usati\"\n[cloud]\n", 1)
	r := p.check(text)
	if r.Outcome() != lint.Complete || len(r.Warnings) != 1 || r.Warnings[0].Line == 0 || !strings.HasPrefix(r.Warnings[0].Text, "cloud.endpoints.used manca: il numero lo dà la Regione") {
		t.Errorf("%+v", r)
	}
}

func TestAdhesion(t *testing.T) {
	p := newPractice(t)
	text := strings.NewReplacer(
		"known =", "status = \"adhesion\"\nto_fill = [\"cloud.id_sessione.endpoint: dal Ministero\", \"card.endpoints.patients: se c'è\", \"senza chiave\"]\nknown =",
		`endpoint = "https://ts.example/a2f"`, `endpoint = ""`, `"cifra.crt"`, `"SanitelCF.cer"`,
	).Replace(good)
	r := p.check(text)
	if r.Outcome() != lint.Incomplete {
		t.Errorf("%+v", r)
	}
	if d := cmp.Diff([]lint.Gap{{Key: "cloud.id_sessione.endpoint", Where: "dal Ministero"}, {Key: "envelope.cipher"}}, sorted(r.Gaps)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]lint.Gap{{Key: "card.endpoints.patients", Where: "se c'è"}}, r.Later); d != "" {
		t.Error(d)
	}
	want := []lint.Finding{
		{Line: 4, Text: `to_fill: ogni voce ha la forma «chiave: da dove viene»: "senza chiave"`},
		{Line: 4, Text: "to_fill non dice da dove viene envelope.cipher"},
	}
	if d := cmp.Diff(want, r.Warnings); d != "" {
		t.Error(d)
	}
	filled := strings.Replace(good, "known =", "status = \"adhesion\"\nknown =", 1)
	if r := p.check(filled); r.Outcome() != lint.Complete || len(r.Warnings) != 1 || r.Warnings[0].Line != 3 {
		t.Errorf("nothing is missing any more: %+v", r)
	}
}

func sorted(gaps []lint.Gap) []lint.Gap {
	if len(gaps) == 2 && gaps[0].Key > gaps[1].Key {
		gaps[0], gaps[1] = gaps[1], gaps[0]
	}
	return gaps
}

func TestCertificateDates(t *testing.T) {
	p := newPractice(t)
	file := p.write("prova.toml", good)
	end := lint.Check(file, nil, time.Now()).Certificates[1].NotAfter
	for _, tt := range []struct {
		name             string
		now              time.Time
		faults, warnings int
	}{
		{"61 days before", end.Add(-61 * 24 * time.Hour), 0, 0},
		{"59 days before", end.Add(-59 * 24 * time.Hour), 0, 1},
		{"after", end.Add(time.Hour), 1, 0},
		{"before its time", time.Now().AddDate(-20, 0, 0), 2, 0}, // the authority too
	} {
		r := lint.Check(file, nil, tt.now)
		cipher := 0
		for _, f := range r.Faults {
			if strings.HasPrefix(f.Text, "cifra.crt") {
				cipher++
			}
		}
		if len(r.Faults) < tt.faults || cipher != min(tt.faults, 1) || tt.warnings == 1 && len(r.Warnings) == 0 {
			t.Errorf("%s: %+v %+v", tt.name, r.Faults, r.Warnings)
		}
	}
	p.write("cifra.crt", p.cipher(2048))
	if r := lint.Check(file, nil, time.Now()); len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Text, "2048 bit") {
		t.Errorf("a key that does not fit into the request: %+v", r.Faults)
	}
}

// TestBuiltin: what is shipped says of itself what is missing, and where each
// value comes from.
func TestBuiltin(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "manifests", "regions", "*.toml"))
	if err != nil || len(files) < 7 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "simulata.toml" {
			continue // its certificates are made by the simulator
		}
		r := lint.Check(file, nil, time.Now())
		if r.Outcome() != lint.Incomplete || len(r.Warnings) != 0 || len(r.Known) == 0 {
			t.Errorf("%s: outcome %d, %+v, %+v", file, r.Outcome(), r.Faults, r.Warnings)
		}
		for _, g := range r.Gaps {
			if g.Where == "" {
				t.Errorf("%s: nobody knows where %s comes from", file, g.Key)
			}
		}
	}
}

// TestSistemaTSWithItsCertificate: the one thing to put there for the way
// without a card is the ministry's certificate.
func TestSistemaTSWithItsCertificate(t *testing.T) {
	p := newPractice(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "manifests", "regions", "sistema-ts.toml"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("SanitelCF.cer", p.cipher(1024))
	r := lint.Check(p.write("sistema-ts.toml", string(text)), nil, time.Now())
	for _, g := range r.Gaps {
		if !strings.HasPrefix(g.Key, "card.") {
			t.Errorf("%s is missing", g.Key)
		}
	}
}
