package ricetta

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// group is a part of the table of docs/ricetta.md.
type group struct {
	title string
	rows  []fault
}

func groups() []group {
	return []group{
		{"Codice dell'assistito", patientCodeFaults()},
		{"Assistito, SASN, esenzioni", patientFaults()},
		{"Assicurati da istituzioni estere", foreignFaults()},
		{"Testata della ricetta", headerFaults()},
		{"Farmaci", drugFaults()},
		{"Stupefacenti", narcoticFaults()},
		{"Prestazioni specialistiche", serviceFaults()},
	}
}

// sentence: in one line the rule, a colon or a full stop, and the remedy.
var sentence = regexp.MustCompile(`^[A-ZÈ][^\n|]{15,}[.:] [^\n|]{8,}[^.]\.$`)

func TestFaults(t *testing.T) {
	seen, rows := map[string]bool{}, 0
	for _, g := range groups() {
		for _, tt := range g.rows {
			rows++
			if seen[tt.wrong] {
				t.Errorf("two rows %q", tt.wrong)
			}
			seen[tt.wrong] = true
			t.Run(tt.wrong, func(t *testing.T) { checkFault(t, tt) })
		}
	}
	if rows < 120 {
		t.Errorf("%d rows", rows)
	}
}

func checkFault(t *testing.T, tt fault) {
	var want, got []string
	list := Validate(tt.p, noon)
	for _, w := range tt.want {
		want = append(want, w.place)
	}
	for i, n := range list {
		got = append(got, place(n))
		if !sentence.MatchString(n.Text) {
			t.Errorf("not a rule with its remedy: %q", n.Text)
		}
		if i < len(tt.want) && !strings.Contains(n.Text, tt.want[i].says) {
			t.Errorf("%s says %q, not %q", place(n), n.Text, tt.want[i].says)
		}
		if n.Code != "" || n.Remedy != "" {
			t.Errorf("a notice of our own with a code: %+v", n)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func place(n wire.Notice) string { return fmt.Sprintf("%s:%d", n.Field, n.Item) }

// All faults at once: a prescription with a fault in every part.
func TestAllAtOnce(t *testing.T) {
	p := with(twice(drug()), func(p *wire.Prescription) {
		p.CodiceAssistito, p.CodEsenzione, p.TipoVisita, p.ClassePriorita, p.PianoTerapeutico = "X", "?", "", "Z", "PT=1"
		p.Dettagli[0].Quantita, p.Dettagli[1].NotaAIFA, p.Dettagli[1].Stupefacente = 0, "?", "?"
	})
	var got []string
	for _, n := range Validate(p, noon) {
		got = append(got, place(n))
	}
	want := []string{
		"codice_assistito:0", "cod_esenzione:0", "tipo_visita:0", "classe_priorita:0", "piano_terapeutico:0",
		"quantita:1", "nota_aifa:2", "stupefacente:2", "dettagli:2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
