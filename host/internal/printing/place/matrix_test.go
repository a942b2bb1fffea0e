package place_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

var update = flag.Bool("update", false, "write docs/print-matrix.md anew")

const table = "../../../../docs/print-matrix.md"

// source is a page of the table. Its last mark is the one at its far end.
type source struct {
	name          string
	width, height float64
	marks         []mark
}

var sources = []source{
	{"A4 pieno", 210, 297, []mark{{10, 10}, {194, 281}}},
	{"A4, metà superiore (promemoria)", 210, 297, []mark{{10, 10}, {191, 135}}},
	{"A5 verticale", 148, 210, []mark{{10, 10}, {132, 194}}},
	{"A5 orizzontale", 210, 148, []mark{{10, 10}, {194, 132}}},
}

// TestMatrix makes the table of what comes out of every page on every paper. Each
// sheet is measured in the picture that poppler makes of it; what is refused says why.
func TestMatrix(t *testing.T) {
	words := map[string]string{"portrait": "verticale", "landscape": "orizzontale", "auto": "automatico"}
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sources {
		doc := leaf(t, s.width, s.height, s.marks...)
		for _, sheet := range []printing.Sheet{printing.A4, printing.A5} {
			for _, orientation := range []string{"portrait", "landscape", "auto"} {
				w := place.Wish{Sheet: sheet, Orientation: orientation}
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", s.name, sheet.Name, words[orientation], s.comes(t, doc, w))
			}
		}
	}
	b.WriteString(foot)
	if *update {
		if err := os.WriteFile(table, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), b.String()); diff != "" {
		t.Errorf("docs/print-matrix.md says otherwise (go test -update writes it): %s", diff)
	}
}

const head = `# Che cosa esce dalla stampante

Tabella scritta dalle prove automatiche (` + "`go test ./host/internal/printing/place -update`" + `): ogni
riga è stata stampata su file e misurata sull'immagine del foglio, con uno scarto ammesso di 0,3 mm.
Il foglio entra nella stampante sempre in verticale; «girato» vuol dire che il contenuto è ruotato di
90° in senso antiorario, per essere letto con il foglio in orizzontale. Scala 0 (automatica), nessuno
spostamento.

| Pagina | Carta | Orientamento | Esce |
|---|---|---|---|
`

const foot = `
Con una scala imposta a mano la pagina esce con quella scala, oppure viene rifiutata se una parte scritta
non starebbe nel foglio. Con uno spostamento che porta una parte scritta fuori dal foglio la pagina viene
rifiutata; se non si può sapere dove è scritta, esce con un avviso.
`

// comes says in words what becomes of a page, after measuring it.
func (s source) comes(t *testing.T, doc []byte, w place.Wish) string {
	t.Helper()
	if _, _, err := try(doc, w); err != nil {
		if code(err) != "print.does_not_fit" {
			t.Fatal(err)
		}
		return "rifiutata: non sta nel foglio se non sotto il 70 %"
	}
	out, placed := onto(t, doc, w)
	if placed.Same && !bytes.Equal(out, doc) {
		t.Error("not the same bytes")
	}
	sheetOf(t, out, w.Sheet, 1)
	picture := read(t, out, 1, placed)
	for _, m := range s.marks {
		shows(t, picture, m.x*placed.Scale, m.y*placed.Scale, placed.Scale)
	}
	if text := signtest.Holds(t, "pdftotext", pdftest.Write(t, t.TempDir(), "out.pdf", out), "-"); !strings.Contains(text, "Prescrizione di prova") {
		t.Errorf("text: %q", text)
	}
	words := []string{"in verticale"}
	if placed.Turned {
		words[0] = "in orizzontale (girato)"
	}
	words = append(words, fmt.Sprintf("al %.0f %%", 100*placed.Scale))
	if placed.Same {
		words = append(words, "identica byte per byte")
	}
	for _, n := range placed.Notices {
		if !strings.Contains(n.Text, "ridotta") {
			words = append(words, strings.ToLower(n.Text[:1])+strings.TrimSuffix(n.Text[1:], "."))
		}
	}
	return strings.Join(words, ", ")
}
