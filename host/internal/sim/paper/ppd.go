package paper

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"text/template"
)

//go:embed data/printer.ppd
var ppdText string

var ppdTemplate = template.Must(template.New("ppd").Parse(ppdText))

// paperSize is a sheet in points.
type paperSize struct{ W, H float64 }

var sizes = map[string]paperSize{
	"A3": {841.89, 1190.55}, "A4": {595.28, 841.89}, "A5": {419.53, 595.28}, "A6": {297.64, 419.53}, "Letter": {612, 792},
}

type ppdPaper struct {
	Name string
	paperSize
}

// Right and Top are the ends of what a laser printer reaches, 4.2 mm from the edge.
func (p ppdPaper) Right() float64 { return p.W - 12 }
func (p ppdPaper) Top() float64   { return p.H - 12 }

func (p Printer) ppd() ([]byte, error) {
	switch {
	case p.PPD != "":
		return os.ReadFile(p.PPD)
	case p.Kind == CupsPDF:
		return os.ReadFile("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")
	}
	names := p.Papers
	if len(names) == 0 {
		names = []string{"A4", "A5"}
	}
	data := struct {
		Papers []ppdPaper
		Trays  []Tray
		Custom bool
		Raster bool
		Fine   bool
	}{Trays: p.Trays, Custom: !p.OnlyThese, Raster: p.Kind == Raster, Fine: p.Fine}
	for _, n := range names {
		size, ok := sizes[n]
		if !ok {
			return nil, fmt.Errorf("no paper called %q", n)
		}
		data.Papers = append(data.Papers, ppdPaper{n, size})
	}
	var b strings.Builder
	err := ppdTemplate.Execute(&b, data)
	return []byte(b.String()), err
}
