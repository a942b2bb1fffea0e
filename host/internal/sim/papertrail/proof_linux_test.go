//go:build cgo

package papertrail

import (
	"flag"
	"path/filepath"
	"testing"

	"raccordo/host/internal/sim/paper"
)

var update = flag.Bool("update", false, "write docs/print-proof.md and docs/img/print-*.png")

// edge is how far from the edges of the paper a printer begins to reach, in millimetres:
// 12 points, as its driver says, of the one that prints dots.
var edge = map[paper.Kind]float64{paper.Raster: 12*perPoint + 0.1}

// TestProof prints everything at once, as the printers take it, and then measures it.
func TestProof(t *testing.T) {
	o := newOffice(t)
	o.login()
	all := o.kinds()
	find := make([]map[string]func(testing.TB) paper.Sheet, len(all))
	for i, k := range all {
		find[i] = map[string]func(testing.TB) paper.Sheet{}
		for _, m := range machines() {
			k.set.Printer = m.Name
			o.set(k.set)
			find[i][m.Name] = o.later(k.item)
		}
	}
	t.Run("matrix", func(t *testing.T) { o.matrix(t) })
	t.Run("kinds", func(t *testing.T) {
		for i, k := range all {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				sheet := find[i][onPDF](t)
				page := k.read(t, sheet)
				ticket(t, k, sheet)
				k.says(t, sheet, page)
				want := page
				if k.from != nil {
					source := paper.Sheet{Path: kept(t, k.from)}
					follow(t, words(t, source.Path), k.words(t, sheet), 0, 0)
					want = first(t, source, sharp).Gray
					alike(t, want, page, 0, 0, 0)
				}
				k.fields(t, sheet)
				for _, m := range machines()[1:] {
					t.Run(m.Name, func(t *testing.T) {
						sheet := find[i][m.Name](t)
						got := k.read(t, sheet)
						ticket(t, k, sheet)
						k.says(t, sheet, got)
						if m.Name == onDriver {
							best, bx, by := 1<<30, 0, 0
							for dx := -8; dx <= 8; dx++ {
								for dy := -8; dy <= 8; dy++ {
									l, _ := strayed(want, got, got.Rect.Inset(0), dx, dy)
									if l < best {
										best, bx, by = l, dx, dy
									}
								}
							}
							t.Log("best", best, bx, by)
						}
						alike(t, want, got, edge[m.Kind], 0, 0)
					})
				}
			})
		}
	})
	_ = filepath.Base
}
