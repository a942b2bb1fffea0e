//go:build cgo

package papertrail

import (
	"flag"
	"slices"
	"testing"

	"raccordo/host/internal/sim/paper"
)

var update = flag.Bool("update", false, "write docs/print-proof.md and docs/img/print-*.png")

// edge is how far from the edges of the paper a printer begins to reach, in millimetres: 12
// points, as its driver says, of the one that prints dots; the last dots of the driver whose
// paper is not quite A5.
var edge = map[string]float64{onRaster: 12*perPoint + 0.1, onDriver: 1}

// aside is by how much a printer puts everything aside: in the middle of the width of a paper
// of its own, and at its upper edge.
func (k kind) aside(t testing.TB, printer string) (right, down float64) {
	w, h := k.size(t, printer)
	width, height := k.size(t, "")
	if k.lying { // the fed sheet's lower edge is on the left
		return h - height, (w - width) / 2
	}
	return (w - width) / 2, 0
}

// few is of how many dots one may be elsewhere: letters have edges that programs draw in
// their own way. The outlines on a test page are dashed, and PostScript begins to dash at
// another corner; and it says the printer's name.
func (k kind) few() int {
	if k.item.Kind == "test" {
		return 30
	}
	return 200
}

// TestProof prints everything at once, as the printers take it, and then measures it.
func TestProof(t *testing.T) {
	o := newOffice(t)
	o.login()
	all := o.kinds()
	find := make([]map[string]sheetOf, len(all))
	for i, k := range all {
		find[i] = map[string]sheetOf{}
		for _, m := range machines() {
			k.set.Printer = m.Name
			o.set(k.set)
			find[i][m.Name] = o.later(k.item)
		}
	}
	previews := make([][]byte, len(all))
	for i, k := range all {
		previews[i] = o.preview(k)
	}
	at := func(name string) int { return slices.IndexFunc(all, func(k kind) bool { return k.name == name }) }
	extra := o.extras(all)
	var rows []string
	t.Run("matrix", func(t *testing.T) { rows = o.matrix(t) })
	t.Run("sheets", func(t *testing.T) {
		for i, k := range all {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				k.proves(t, find[i])
				t.Run("preview", func(t *testing.T) { k.previewed(t, previews[i], find[i][onPDF](t)) })
			})
		}
		for name, f := range map[string]func(*testing.T){
			"trays": extra.provesTrays, "copies": extra.provesCopies,
			"600 dpi": func(t *testing.T) { extra.provesFine(t, all) },
			"reader":  func(t *testing.T) { provesReader(t, find[at("Ricetta bianca, A4")][onRaster](t)) },
			"offset": func(t *testing.T) {
				moved(t, words(t, find[at("Ricetta rossa, A5 verticale")][onPDF](t).Path), words(t, find[at("Ricetta rossa spostata di +5,0 e −3,0 mm")][onPDF](t).Path), 5, -3)
			},
		} {
			t.Run(name, func(t *testing.T) { t.Parallel(); f(t) })
		}
	})
	if len(machines()) == 3 && !t.Failed() {
		report(t, all, rows)
	}
	if *update && !t.Failed() {
		for i, k := range all {
			k.shown(t, find[i][onPDF](t))
		}
	}
}

// proves measures a kind on all printers.
func (k kind) proves(t *testing.T, find map[string]sheetOf) {
	s := find[onPDF](t)
	page := k.read(t, s)
	ticket(t, k, s)
	k.says(t, s, page)
	want := page
	if k.from != nil {
		source := paper.Sheet{Path: kept(t, k.from)}
		follow(t, words(t, source.Path), k.words(t, s), 0, 0)
		want = first(t, source, sharp).Gray
		match{dpi: sharp, few: k.few()}.alike(t, want, page)
	}
	k.fields(t, s)
	for _, m := range machines()[1:] {
		t.Run(m.Name, func(t *testing.T) {
			s := find[m.Name](t)
			got := k.read(t, s)
			ticket(t, k, s)
			k.says(t, s, got)
			right, down := k.aside(t, m.Name)
			match{sharp, k.few(), edge[m.Name], right, down}.alike(t, want, got)
		})
	}
}
