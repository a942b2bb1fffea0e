package winspool

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"testing"

	"github.com/boombuler/barcode/code39"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render"
)

// What a program on Windows is asked by TestWine, and what it answers, a line of JSON each.

// slip draws a sheet with two marks and a bar code.
type slip struct{ sheet printing.Sheet }

func (s slip) Render(_ context.Context, _ printing.Source, page, dpi int) (*image.Gray, error) {
	code, err := code39.Encode(fmt.Sprintf("PAGINA %d", page+1), false, true)
	if err != nil {
		return nil, err
	}
	boxes := []image.Rectangle{
		image.Rect(200, 300, 250, 350),
		image.Rect(s.sheet.Width-250, s.sheet.Height-350, s.sheet.Width-200, s.sheet.Height-300),
	}
	const module = 3 // tenths of a millimetre
	for x := range code.Bounds().Dx() {
		if r, _, _, _ := code.At(x, 0).RGBA(); r == 0 {
			boxes = append(boxes, image.Rect(200+module*x, 600, 200+module*(x+1), 700))
		}
	}
	return sheetOf(s.sheet, dpi, boxes...), nil
}

func say(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	fmt.Printf("\n%s\n", b)
}

func TestReal(t *testing.T) {
	var tickets []printing.Ticket
	if err := json.Unmarshal([]byte(os.Getenv("RACCORDO_TICKETS")), &tickets); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	all, err := New(Options{}).Printers(ctx)
	if err != nil {
		t.Error(err)
	}
	say(all)
	for _, tk := range tickets {
		for _, p := range all {
			for _, tray := range p.Trays {
				if p.Name == tk.Printer && tray.Name == tk.Tray {
					tk.Tray = tray.ID
				}
			}
		}
		s := New(Options{Renderer: slip{tk.Sheet}})
		var a answer
		a.Job, err = s.Create(ctx, tk)
		if err != nil {
			a.Code, a.Error = code(err), err.Error()
			say(a)
			continue
		}
		a.Surface = s.(*spooler).open[a.Job].surface()
		if a.Look, err = s.Look(ctx, tk.Printer, a.Job); err != nil {
			t.Error(err)
		}
		if tk.Name == givenUp {
			err = s.Cancel(ctx, tk.Printer, a.Job)
		} else {
			err = s.Send(ctx, tk, a.Job, nil)
		}
		if err != nil {
			t.Error(err)
		}
		say(a)
	}
}

// file is a PDF that is read in place.
type file struct{ *os.File }

func (f file) Size() int64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// The whole way of a PDF: through the renderer's own process onto paper.
func TestRealPDF(t *testing.T) {
	r := render.New(render.Options{Command: []string{os.Getenv("RACCORDO_RENDERER")}, Cache: os.Getenv("RACCORDO_CACHE")})
	defer r.Close()
	f, err := os.Open(os.Getenv("RACCORDO_PDF"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := New(Options{Renderer: r})
	tk := printing.Ticket{Printer: "Laser", Name: "pdf", Sheet: printing.A4, Copies: 1, Pages: 1}
	job, err := s.Create(t.Context(), tk)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), tk, job, file{f}); err != nil {
		t.Error(err)
	}
}
