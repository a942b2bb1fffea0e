package engine

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"slices"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// A test page says the settings with which it is printed.
func TestTestPage(t *testing.T) {
	s := newStage(t, "extension")
	s.chosen()
	for _, kind := range wire.SheetKinds {
		before := len(s.tray.sheets())
		if j, code := s.one(popup, wire.PrintItem{Kind: "test", Profile: kind}); code != "" || j.Profile != kind || j.Title != "Pagina di prova" {
			t.Errorf("%s: %q %+v", kind, code, j)
		}
		if n := len(s.tray.sheets()) - before; n != 1 {
			t.Errorf("%d sheets", n)
		}
	}
}

func TestPreview(t *testing.T) {
	s := newStage(t, "extension")
	s.chosen()
	if _, code := put[wire.PreviewResult](s, s.caller(), clinic, "print.preview", wire.PreviewParams{Item: document("", "Uno")}); code != wire.ErrPrintRender {
		t.Errorf("without the program that draws: %q", code)
	}
	draws := &easel{}
	s.e.press.renderer = draws
	ask := func(origin string, p wire.PreviewParams) (wire.PreviewResult, wire.ErrorCode) {
		return put[wire.PreviewResult](s, s.caller(), origin, "print.preview", p)
	}
	corner := func(r wire.PreviewResult) (left, right bool) {
		t.Helper()
		body, err := base64.StdEncoding.DecodeString(r.PNG)
		s.must(err)
		img, err := png.Decode(bytes.NewReader(body))
		s.must(err)
		size := img.Bounds().Size()
		if size.X != r.Width || size.Y != r.Height {
			t.Errorf("%v, not %d × %d", size, r.Width, r.Height)
		}
		dark := func(x int) bool { v, _, _, _ := img.At(x, 0).RGBA(); return v == 0 }
		return dark(0), dark(size.X - 1)
	}
	r, code := ask(clinic, wire.PreviewParams{Item: document("", "Uno")})
	if left, right := corner(r); code != "" || r.Page != 1 || r.Pages != 1 || !left || right {
		t.Errorf("%q %+v", code, r)
	}
	lying := &wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A4", Orientation: "landscape", Copies: 1}
	r, code = ask(popup, wire.PreviewParams{Item: document("", "Uno"), Settings: lying})
	if left, right := corner(r); code != "" || left || !right || r.Width < r.Height {
		t.Errorf("turned back to be read: %q %d × %d, %t %t", code, r.Width, r.Height, left, right)
	}
	if _, code = ask(clinic, wire.PreviewParams{Item: document("", "Uno"), Settings: lying}); code != wire.ErrOrigin {
		t.Errorf("a page's settings: %q", code)
	}
	if _, code = ask(clinic, wire.PreviewParams{Item: document("", "Uno"), Page: 2}); code != wire.ErrParams {
		t.Errorf("a page that there is not: %q", code)
	}
	if _, code = ask(clinic, wire.PreviewParams{Item: wire.PrintItem{Kind: "document", Content: "YQ=="}}); code != wire.ErrPDFBroken {
		t.Errorf("no PDF: %q", code)
	}
	if n := len(s.tray.sheets()); n != 0 || !slices.Equal(draws.pages, []int{0, 0}) {
		t.Errorf("%d sheets, drawn %v", n, draws.pages)
	}
	s.tray.fail(printing.Fault(wire.ErrPrintSpooler, "", nil))
	if _, code = ask(clinic, wire.PreviewParams{Item: document("", "Uno")}); code != "" {
		t.Errorf("needs no spooler: %q", code)
	}
}
