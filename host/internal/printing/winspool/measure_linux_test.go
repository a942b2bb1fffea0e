package winspool

import (
	"bytes"
	"fmt"
	"image/png"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/sheet"
	printroom "raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// compare measures what came out: 0.3 mm at most from where it was drawn, and readable.
func compare(t *testing.T, out printroom.Sheet, tk printing.Ticket) {
	t.Helper()
	pages, err := out.Pictures(t.Context(), 300)
	if err != nil || len(pages) != tk.Copies*tk.Pages {
		t.Fatalf("%s: %d pages, %v", tk.Name, len(pages), err)
	}
	for i, p := range pages {
		mm := func(dots int) float64 { return float64(dots) * 25.4 / float64(p.DPI) }
		ink := p.Ink()
		width, height := float64(tk.Sheet.Width)/10, float64(tk.Sheet.Height)/10
		for what, d := range map[string]float64{
			"width": mm(p.Rect.Dx()) - width, "height": mm(p.Rect.Dy()) - height,
			"left": mm(ink.Min.X) - 20, "top": mm(ink.Min.Y) - 30,
			"right": mm(ink.Max.X) - (width - 20), "bottom": mm(ink.Max.Y) - (height - 30),
		} {
			if math.Abs(d) > 0.3 {
				t.Errorf("%s, page %d: %s is off by %.2f mm", tk.Name, i+1, what, d)
			}
		}
		if p.Duplex {
			t.Errorf("%s is on both sides", tk.Name)
		}
		if want := fmt.Sprintf("CODE-39:PAGINA %d", i%tk.Pages+1); codes(t, p) != want {
			t.Errorf("%s, page %d: %q", tk.Name, i+1, codes(t, p))
		}
	}
}

// codes are those that zbarimg reads, in no order of its own.
func codes(t *testing.T, p printroom.Picture) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p.Gray); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "page.png")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--quiet", name).Output()
	if err != nil {
		t.Errorf("zbarimg: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// slipPDF is the promemoria that is drawn here, of nobody.
func slipPDF(t *testing.T) []byte {
	t.Helper()
	builtin, err := fs.Sub(manifests.Files, "sheets")
	if err != nil {
		t.Fatal(err)
	}
	all, err := sheet.Load(builtin)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := sheet.Promemoria(all["promemoria"], wire.Prescription{
		TipoPrescrizione: "F", CodiceAssistito: "RSSMRA80A01H501U", CognomeNome: "ROSSI MARIO", TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{DescrProdPrest: "AMOXICILLINA 1 G 12 UNITÀ USO ORALE", Quantita: 1}},
	}, wire.PrintDoctor{Name: "VERDI ANNA"}, sheet.Slip{
		NRE: "0900A4000000001", CodAutenticazione: "220420261000000000000001", RegionName: "Toscana", CompiledAt: time.Unix(1_800_000_000, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// comparePDF holds what came out against the PDF as poppler draws it.
func comparePDF(t *testing.T, out printroom.Sheet, pdf string) {
	t.Helper()
	got, err := out.Pictures(t.Context(), 300)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d pages, %v", len(got), err)
	}
	want, err := printroom.Sheet{Path: pdf}.Pictures(t.Context(), 300)
	if err != nil || len(want) != 1 {
		t.Fatalf("%d pages, %v", len(want), err)
	}
	const limit = 4 // dots of 300 to the inch: 0.3 mm
	g, w := got[0].Ink(), want[0].Ink()
	for side, d := range map[string]int{"left": g.Min.X - w.Min.X, "top": g.Min.Y - w.Min.Y, "right": g.Max.X - w.Max.X, "bottom": g.Max.Y - w.Max.Y} {
		if abs(d) >= limit {
			t.Errorf("%s is off by %d dots", side, d)
		}
	}
	if g, w := codes(t, got[0]), codes(t, want[0]); g != w || strings.Count(g, "CODE-39") != 3 {
		t.Errorf("%q, not %q", g, w)
	}
}
