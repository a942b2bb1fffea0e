package sheet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// kindNames are the three prints as their users know them.
var kindNames = map[wire.SheetKind]string{
	wire.SheetRossa:      "Rosse cartacee (Modulo SSN)",
	wire.SheetBianca:     "Bianche cartacee (Ricettario personale)",
	wire.SheetPromemoria: "Rosse e bianche dematerializzate (Promemoria)",
}

const (
	cross  = 20.0 // where the crosshair that is measured stands, from the upper left corner, millimetres
	border = 14.0 // room of the rulers
)

// testSheet is a test page. Rulers and words stand on the page whatever the
// offset; crosshairs and the outlines of fields are moved by it.
type testSheet struct {
	pen
	layout Layout
	set    wire.PrinterSettings
	dx, dy float64 // the offset
}

// Test is the page from which a profile's offset is read off. l is the layout of
// its kind. The offset is in the drawing: it is printed at full size and moved no
// further.
func Test(l Layout, set wire.PrinterSettings) ([]byte, error) {
	width, height, err := sizeAsRead(l, set)
	if err != nil {
		return nil, err
	}
	t := testSheet{newPen(width, height, "Pagina di prova", time.Unix(0, 0).UTC()), l, set, float64(set.OffsetX) / 10, float64(set.OffsetY) / 10}
	t.AddPage()
	t.rulers()
	t.crosshair(cross, cross)
	t.crosshair(width/2, height/2)
	top, cut := 32.0, []string(nil)
	if set.Kind == wire.SheetRossa {
		var bottom float64
		bottom, cut = t.outlines()
		top = math.Max(top, bottom+3)
	}
	t.arrow(width - 24)
	if err := t.words(math.Min(top, math.Max(height-45, 32)), cut); err != nil {
		return nil, err
	}
	return t.bytes()
}

// sizeAsRead is the sheet of a profile, in millimetres.
func sizeAsRead(l Layout, set wire.PrinterSettings) (width, height float64, err error) {
	sheet := printing.Sheet{Name: set.Paper, Width: set.Width, Height: set.Height}
	for _, known := range []printing.Sheet{printing.A4, printing.A5} {
		if known.Name == set.Paper {
			sheet = known
		}
	}
	width, height = float64(sheet.Width)/10, float64(sheet.Height)/10
	if !between(width, least, most) || !between(height, least, most) {
		return 0, 0, printing.Fault(wire.ErrPrintMedia, fmt.Sprintf("%g × %g mm", width, height), nil)
	}
	if lying(l, set) != (width > height) {
		width, height = height, width
	}
	return width, height, nil
}

// lying tells whether a profile's sheets are read with the longer side across.
func lying(l Layout, set wire.PrinterSettings) bool {
	switch {
	case set.Orientation == "landscape":
		return true
	case set.Orientation == "portrait":
		return false
	case set.Kind == wire.SheetRossa:
		return l.Lying()
	}
	return set.Paper == "A5"
}

// crosshair marks a point that moves with the offset; one that would be cut is not
// drawn.
func (t testSheet) crosshair(x, y float64) {
	const arm = 6
	x, y = x+t.dx, y+t.dy
	if !between(x, arm, t.width-arm) || !between(y, arm, t.height-arm) {
		return
	}
	t.SetLineWidth(0.15)
	t.Line(x-arm, y, x+arm, y)
	t.Line(x, y-arm, x, y+arm)
	t.Circle(x, y, arm/2, "D")
}

// outlines shows where the fields of a form go. It returns where the lowest ends,
// and which ones the offset pushes off the sheet.
func (t testSheet) outlines() (bottom float64, cut []string) {
	t.SetDashPattern([]float64{0.8, 0.6}, 0)
	defer t.SetDashPattern(nil, 0)
	t.SetLineWidth(0.1)
	box := func(name string, b Box) {
		bottom = math.Max(bottom, b.Y+b.Height+t.dy)
		left, top := math.Max(b.X+t.dx, 0), math.Max(b.Y+t.dy, 0)
		right, end := math.Min(b.X+b.Width+t.dx, t.width), math.Min(b.Y+b.Height+t.dy, t.height)
		if right-left < b.Width-0.01 || end-top < b.Height-0.01 {
			cut = append(cut, name)
		}
		if right > left && end > top {
			t.Rect(left, top, right-left, end-top, "D")
			t.SetFont("Helvetica", "", 4)
			for i := 1; t.wide(name) > right-left-0.8 && i < len(name); i++ {
				if end := "\x85" + name[i:]; t.wide(end) <= right-left-0.8 {
					name = end // its end tells more: priorita_u, priorita_b
				}
			}
			t.Text(left+0.4, end-0.5, name)
		}
	}
	notch := func(x, y float64) { // short, so that the name is read
		if x, y = x+t.dx, y+t.dy; between(x, 0, t.width) && between(y, 0, t.height-1.2) {
			t.Line(x, y, x, y+1.2)
		}
	}
	for _, f := range t.layout.Fields {
		box(f.Name, f.Box)
		for i := 1; i < f.Cells; i++ {
			notch(f.X+f.Width*float64(i)/float64(f.Cells), f.Y)
		}
	}
	for _, list := range t.layout.Lists {
		box(list.Name, list.Box)
		for _, c := range list.Columns {
			notch(c.X, list.Y)
			notch(c.X+c.Width, list.Y)
		}
	}
	return bottom, cut
}

// arrow points to the edge that is fed first: place turns what is read lying
// against the clock, so that its right edge is the upper one of the sheet.
func (t testSheet) arrow(x float64) {
	const words = "verso di inserimento"
	t.SetLineWidth(0.5)
	t.SetFont("Helvetica", "", 6)
	if t.width > t.height {
		y := border + 3.0
		t.Line(x-4, y, x+6, y)
		t.Line(x+3, y-2, x+6, y)
		t.Line(x+3, y+2, x+6, y)
		t.put(x-14, y+5.5, 28, "center", words)
		return
	}
	t.Line(x, border, x, border+7)
	t.Line(x, border, x-2, border+3)
	t.Line(x, border, x+2, border+3)
	t.put(x-14, border+9.5, 28, "center", words)
}

// words says what was printed with which settings, and how the offset is read.
func (t testSheet) words(top float64, cut []string) error {
	title := Field{Box: Box{border + 20, border, t.width - 2*border - 48, 6}, Type: Type{Style: "bold", Size: 12, MinSize: 5}, Lines: 1, Shorten: true}
	if t.set.Kind == wire.SheetRossa && t.layout.Lying() {
		title.Box = Box{border + 2, top, t.width - 2*border - 4, 5} // the name stands at the top of the form
		top += 7
	}
	if err := t.field(title, "Pagina di prova: "+kindNames[t.set.Kind]); err != nil {
		return err
	}
	settings := strings.Join(settingsInWords(t.set, t.width, t.height), "\n")
	if len(cut) > 0 {
		settings += "\nCon questo spostamento escono dal foglio: " + strings.Join(cut, ", ")
	}
	left, width, height := border+2.0, t.width-2*border-4, t.height-top-border
	body := Field{Box: Box{left, top, width, height}, Type: Type{Size: 8.5, MinSize: 4}, Lines: 80, Shorten: true}
	if t.width < t.height {
		return t.field(body, settings+"\n\n"+howTo)
	}
	body.Width = t.width/2 - left - 10 // two columns leave the crosshair in the middle free
	if err := t.field(body, settings); err != nil {
		return err
	}
	body.X = t.width/2 + 10
	return t.field(body, howTo)
}

const howTo = "Come si legge lo spostamento: misurare con un righello quanto dista il centro della croce in alto a sinistra dal bordo sinistro e dal bordo superiore della carta. Devono essere 20,0 mm e 20,0 mm.\n" +
	"Nuovo spostamento = spostamento attuale + (20,0 - misura). Esempio: se dal bordo sinistro si misurano 23,0 mm, lo spostamento orizzontale va diminuito di 3,0 mm.\n" +
	"Sui righelli le tacche lunghe distano 10 mm: se 100 mm non misurano 100 mm, la stampante riduce la pagina (disattivare «adatta alla pagina»). La prima tacca che si vede in ogni angolo è il margine che la stampante non stampa."
