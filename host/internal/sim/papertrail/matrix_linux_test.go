//go:build cgo

package papertrail

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// cell is what docs/print-matrix.md says of a page on a paper.
type cell struct {
	refused bool
	lying   bool
	percent int
	words   string
}

// said reads the table that the tests of printing/place write: what they say must come out
// of printers.
func said(t *testing.T) map[string]cell {
	t.Helper()
	text := string(must(os.ReadFile("../../../../docs/print-matrix.md"))(t))
	all := map[string]cell{}
	for line := range strings.Lines(text) {
		row := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(row) != 4 || !strings.HasPrefix(strings.TrimSpace(row[3]), "in ") && !strings.HasPrefix(strings.TrimSpace(row[3]), "rifiutata") {
			continue
		}
		what := strings.TrimSpace(row[3])
		c := cell{refused: strings.HasPrefix(what, "rifiutata"), lying: strings.HasPrefix(what, "in orizzontale (girato)"), words: what}
		if _, after, ok := strings.Cut(what, "al "); ok && !c.refused {
			c.percent = must(strconv.Atoi(strings.Fields(after)[0]))(t)
		}
		all[strings.TrimSpace(row[0])+"|"+row[1]+"|"+row[2]] = c
	}
	if len(all) != 24 {
		t.Fatalf("%d rows in the table", len(all))
	}
	return all
}

// column is a printer of the table, and the profile by which it is reached: three profiles
// print at the same time.
type column struct {
	printer paper.Printer
	profile wire.SheetKind
}

// columns are the printers. The profile of the red form reads "auto" off the form's layout
// and not off the page, so the driver that has it is asked for both ways by their names.
func columns() (all []column) {
	for i, m := range machines() {
		all = append(all, column{m, []wire.SheetKind{wire.SheetBianca, wire.SheetPromemoria, wire.SheetRossa}[i]})
	}
	return all
}

func (c column) asked(orientation string) bool {
	return c.profile != wire.SheetRossa || orientation != "auto"
}

var orientations = []struct{ wire, words string }{{"portrait", "verticale"}, {"landscape", "orizzontale"}, {"auto", "automatico"}}

// matrix prints every page of the table on every paper, and returns the rows of the report.
func (o *office) matrix(t *testing.T) (rows []string) {
	table := said(t)
	var measures []func()
	for _, papers := range []string{"A4", "A5"} {
		for _, orientation := range orientations {
			var items []wire.PrintItem
			for _, c := range columns() {
				if !c.asked(orientation.wire) {
					continue
				}
				o.set(wire.PrinterSettings{Kind: c.profile, Printer: c.printer.Name, Paper: papers, Orientation: orientation.wire})
				for _, l := range leaves {
					items = append(items, wire.PrintItem{Kind: "document", Profile: c.profile, Content: l.content(t), Name: l.name})
				}
			}
			next := map[string]int{}
			for name, n := range o.out {
				next[name] = n
			}
			for i, j := range o.prints(items...) {
				l, key := leaves[i%len(leaves)], leaves[i%len(leaves)].name+"|"+papers+"|"+orientation.words
				want := table[key]
				if got := j.State == wire.PrintFailed; got != want.refused || got && (j.Problem == nil || j.Problem.Data.Code != wire.ErrPrintFit) {
					t.Errorf("%s on %s: %s %+v, and the table says: %s", key, j.Printer, j.State, j.Problem, want.words)
					continue
				} else if got {
					continue
				}
				at, printer := next[j.Printer], j.Printer
				next[printer]++
				measures = append(measures, func() { l.comesOut(t, o.sheets(t, printer)[at], papers, want) })
			}
		}
	}
	for _, m := range measures {
		m()
	}
	for _, l := range leaves {
		for _, papers := range []string{"A4", "A5"} {
			for _, orientation := range orientations {
				row := fmt.Sprintf("| %s | %s | %s |", l.name, papers, orientation.words)
				for _, c := range columns() {
					switch {
					case !c.asked(orientation.wire):
						row += " – |"
					case table[l.name+"|"+papers+"|"+orientation.words].refused:
						row += " rifiutata |"
					default:
						row += " ✓ |"
					}
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// comesOut measures a sheet of the table.
func (l leaf) comesOut(t *testing.T, s paper.Sheet, papers string, want cell) {
	t.Helper()
	k := kind{name: l.name, lying: want.lying}
	k.set.Paper = papers
	page := k.read(t, s)
	scale := l.scale(t, page, sharp)
	if math.Abs(100*scale-float64(want.percent)) > 0.8 {
		t.Errorf("%s, %s on %s: at %.2f %%, and the table says: %s", l.name, papers, s.Printer, 100*scale, want.words)
	}
	if want.percent == 100 {
		scale = 1
	}
	l.stands(t, page, sharp, scale)
	if filepath.Ext(s.Path) == ".pdf" {
		if text := tool(t, "pdftotext", s.Path, "-"); !strings.Contains(text, sentence) {
			t.Errorf("%s on %s says %q", l.name, s.Printer, text)
		}
	}
}
