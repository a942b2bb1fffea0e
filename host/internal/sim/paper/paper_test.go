package paper

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func room(t *testing.T, printers ...Printer) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{Printers: printers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ok(t, s.Stop()) })
	return s
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// lp prints a page by CUPS' own program.
func lp(t *testing.T, s *Server, args ...string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pagina.pdf")
	doc := fpdf.New("P", "mm", "A5", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	doc.Text(20, 20, "OGGI PIOVE")
	ok(t, doc.OutputFileAndClose(path))
	must[string](t)(s.Tool(t.Context(), "lp", append(args, path)...))
}

// Every kind of printer puts out what its driver makes of a page.
func TestASheetOfEachKind(t *testing.T) {
	kinds := map[Kind]string{PDF: "application/vnd.cups-pdf", Raster: "application/vnd.cups-raster"}
	if os.Geteuid() == 0 {
		kinds[CupsPDF] = "application/vnd.cups-postscript"
	}
	for kind, mime := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := room(t, Printer{Name: "uno", Kind: kind})
			lp(t, s, "-t", "Prova di stampa", "-o", "media=A5")
			sheet := must[[]Sheet](t)(s.Await(t.Context(), "uno", 1))[0]
			if sheet.Title != "Prova di stampa" || sheet.Job != 1 || sheet.Printer != "uno" || sheet.Type != mime || sheet.At.IsZero() || sheet.Options["PageSize"] != "A5" {
				t.Errorf("%+v", sheet)
			}
			pages := must[[]Picture](t)(sheet.Pictures(t.Context(), 300))
			if len(pages) != 1 {
				t.Fatalf("%d pages", len(pages))
			}
			size := pages[0].Rect.Size()
			if size.X < 1740 || size.X > 1760 || size.Y < 2470 || size.Y > 2490 || pages[0].Ink().Empty() {
				t.Errorf("page of %v dots with ink in %v", size, pages[0].Ink())
			}
			if kind == Raster {
				return
			}
			text := must[[]byte](t)(exec.CommandContext(t.Context(), "pdftotext", sheet.Path, "-").Output())
			if !strings.Contains(string(text), "OGGI PIOVE") {
				t.Errorf("it reads %q", text)
			}
		})
	}
}

func TestAFaultHoldsTheSheet(t *testing.T) {
	ctx := t.Context()
	s := room(t, Printer{Name: "uno"})
	ok(t, s.Set("uno", PaperOut))
	lp(t, s)
	states(t, s, "media-empty-error")
	if all := must[[]Sheet](t)(s.Sheets("uno")); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	ok(t, s.Set("uno", Jam))
	states(t, s, "media-jam-error")
	ok(t, s.Set("uno", Fine))
	must[[]Sheet](t)(s.Await(ctx, "uno", 1))
	ok(t, s.Set("uno", Fine)) // twice is no error
}

// states waits until lpstat tells a reason.
func states(t *testing.T, s *Server, reason string) {
	t.Helper()
	for {
		out := must[string](t)(s.Tool(t.Context(), "lpstat", "-l", "-p", "uno"))
		if strings.Contains(out, reason) {
			return
		}
	}
}

func TestStoppedAndStartedAgain(t *testing.T) {
	ctx := t.Context()
	s := room(t, Printer{Name: "uno"}, Printer{Name: "due"})
	lp(t, s, "-d", "due", "-H", "indefinite")
	ok(t, s.Halt())
	ok(t, s.Halt())
	if _, err := s.Tool(ctx, "lpstat", "-r"); err != nil {
		t.Fatal(err)
	}
	if out, _ := s.Tool(ctx, "lpstat", "-o"); strings.Contains(out, "due-1") {
		t.Errorf("it answers though it is stopped: %q", out)
	}
	ok(t, s.Restart(ctx))
	if out := must[string](t)(s.Tool(ctx, "lpstat", "-o")); !strings.Contains(out, "due-1") {
		t.Errorf("the job is lost: %q", out)
	}
	ok(t, s.Kill())
	ok(t, s.Restart(ctx))
	lp(t, s, "-d", "due")
	must[[]Sheet](t)(s.Await(ctx, "due", 1))
}

func TestPrintersComeAndGo(t *testing.T) {
	ctx := t.Context()
	s := room(t, Printer{Name: "uno"})
	ok(t, s.Add(ctx, Printer{Name: "due", Kind: Raw}))
	ok(t, s.Remove(ctx, "uno"))
	ok(t, s.Reject(ctx, "due"))
	if out, err := s.Tool(ctx, "lp", "-d", "due", "/etc/hostname"); err == nil {
		t.Errorf("a printer that rejects took %q", out)
	}
	ok(t, s.Accept(ctx, "due"))
	ok(t, s.Pause(ctx, "due"))
	lp(t, s, "-d", "due")
	out := must[string](t)(s.Tool(ctx, "lpstat", "-p"))
	if !strings.Contains(out, "printer due disabled") || strings.Contains(out, "uno") {
		t.Errorf("%q", out)
	}
	ok(t, s.Resume(ctx, "due"))
	must[[]Sheet](t)(s.Await(ctx, "due", 1))
}

func TestWhatCanNotBeStarted(t *testing.T) {
	rows := map[string]Options{
		"an unknown paper":  {Printers: []Printer{{Name: "uno", Papers: []string{"papiro"}}}},
		"a PPD that is not": {Printers: []Printer{{Name: "uno", PPD: "/nowhere"}}},
		"too long a folder": {Dir: filepath.Join(t.TempDir(), strings.Repeat("lungo", 30))},
	}
	for name, opt := range rows {
		t.Run(name, func(t *testing.T) {
			s, err := Start(t.Context(), opt)
			if err == nil {
				t.Errorf("started in %s", s.Dir())
				ok(t, s.Stop())
			}
		})
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Start(stopped, Options{}); err == nil { // it answers faster than that
		ok(t, s.Stop())
	}
}

func TestParseOptions(t *testing.T) {
	rows := map[string]map[string]string{
		"":                               {},
		" media=A5 ":                     {"media": "A5"},
		"collate media='A5 x' n=\"b c\"": {"collate": "", "media": "A5 x", "n": "b c"},
		"media-col={media-size={x-dimension=1 y-dimension=2} a=b} c=d": {"media-col": "{media-size={x-dimension=1 y-dimension=2} a=b}", "c": "d"},
		`a=b\ c d=e`: {"a": `b\ c`, "d": "e"},
	}
	for text, want := range rows {
		t.Run(text, func(t *testing.T) {
			if diff := cmp.Diff(want, parseOptions(text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	for _, text := range []string{"", "RaS2", "3SaR", "3SaR" + strings.Repeat("x", rasterHeader), "3SaR" + strings.Repeat("x", 100)} {
		if pages, err := readRaster(strings.NewReader(text)); err == nil && len(pages) > 0 {
			t.Errorf("%.10q: %d pages", text, len(pages))
		}
	}
	for _, text := range []string{"", "P6\n1 1\n255\nx", "P5\n2 2\n255\nx", "P5\n-1 -1\n255\nx"} {
		if _, err := readPGM([]byte(text)); err == nil {
			t.Errorf("%q is a picture", text)
		}
	}
}
