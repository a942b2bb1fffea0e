package papertrail

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/sim/paper"
)

// near is how far anything may be from its place, in millimetres.
const near = 0.3

const perPoint = 25.4 / 72

// sharp is the resolution in which pictures are held against each other; bar codes are read
// at twice as much as well.
const sharp = 300

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		check(t, err)
		return v
	}
}

// tool runs a program that nobody here wrote; one that is missing is a fault.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		t.Fatalf("%s %v: %v: %s", name, args, err, ended.Stderr)
	}
	check(t, err)
	return string(out)
}

// kept writes a document down for programs that read files.
func kept(t testing.TB, doc []byte) string {
	t.Helper()
	f := must(os.CreateTemp(t.TempDir(), "*.pdf"))(t)
	defer f.Close()
	must(f.Write(doc))(t)
	return f.Name()
}

// info is the size of the first page in millimetres, how it is turned to be looked at, and
// how many there are.
func info(t testing.TB, file string) (width, height float64, turned, pages int) {
	t.Helper()
	for line := range strings.Lines(tool(t, "pdfinfo", file)) {
		_, _ = fmt.Sscanf(line, "Page size: %f x %f", &width, &height)
		_, _ = fmt.Sscanf(line, "Page rot: %d", &turned)
		_, _ = fmt.Sscanf(line, "Pages: %d", &pages)
	}
	return width * perPoint, height * perPoint, turned, pages
}

// word is one word of a page, in millimetres from the upper left corner.
type word struct {
	text                     string
	left, top, right, bottom float64
}

func (w word) middle() (x, y float64) { return (w.left + w.right) / 2, (w.top + w.bottom) / 2 }

// words are what poppler reads on the first page.
func words(t testing.TB, file string) (all []word) {
	t.Helper()
	var doc struct {
		Words []struct {
			Left   float64 `xml:"xMin,attr"`
			Top    float64 `xml:"yMin,attr"`
			Right  float64 `xml:"xMax,attr"`
			Bottom float64 `xml:"yMax,attr"`
			Text   string  `xml:",chardata"`
		} `xml:"body>doc>page>word"`
	}
	dec := xml.NewDecoder(strings.NewReader(tool(t, "pdftotext", "-bbox", "-l", "1", file, "-")))
	dec.Strict, dec.Entity = false, xml.HTMLEntity
	check(t, dec.Decode(&doc))
	for _, w := range doc.Words {
		all = append(all, word{w.Text, w.Left * perPoint, w.Top * perPoint, w.Right * perPoint, w.Bottom * perPoint})
	}
	return all
}

// upright turns the words of a sheet that is read lying, height mm high as it was fed: its
// contents lie against the clock, so its left is the fed sheet's lower end.
func upright(all []word, height float64) (turned []word) {
	for _, w := range all {
		turned = append(turned, word{w.text, height - w.bottom, w.left, height - w.top, w.right})
	}
	return turned
}

// codes are the bar codes that zbar reads on a picture; it ends with 4 when there is none.
func codes(t testing.TB, picture string) (all []string) {
	t.Helper()
	out, err := exec.Command("zbarimg", "-q", "--raw", picture).Output()
	var ended *exec.ExitError
	if err != nil && !(errors.As(err, &ended) && ended.ExitCode() == 4) {
		t.Fatalf("zbarimg: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		all = append(all, strings.TrimRight(line, "\n"))
	}
	slices.Sort(all)
	return all
}

// drawn has poppler draw the first page of a document.
func drawn(t testing.TB, file string, dpi int) string {
	t.Helper()
	base := filepath.Join(t.TempDir(), "p")
	tool(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-gray", "-singlefile", file, base)
	return base + ".pgm"
}

// painted keeps a picture for programs that read files (pgm(5)).
func painted(t testing.TB, p *image.Gray) string {
	t.Helper()
	f := must(os.CreateTemp(t.TempDir(), "*.pgm"))(t)
	defer f.Close()
	must(fmt.Fprintf(f, "P5\n%d %d\n255\n", p.Rect.Dx(), p.Rect.Dy()))(t)
	must(f.Write(p.Pix))(t)
	return f.Name()
}

// first is the first page of a sheet, as it lies in the tray.
func first(t testing.TB, s paper.Sheet, dpi int) paper.Picture {
	t.Helper()
	all := must(s.Pictures(t.Context(), dpi))(t)
	if len(all) == 0 {
		t.Fatalf("%s: no page", s.Path)
	}
	return all[0]
}

// extent is where a picture is dark within an area, in millimetres.
//
//go:norace
func extent(p *image.Gray, dpi int, left, top, right, bottom float64) (l, t, r, b float64) {
	dots := float64(dpi) / 25.4
	at := func(mm float64, most int) int { return min(max(int(math.Round(mm*dots)), 0), most) }
	l, t = math.Inf(1), math.Inf(1)
	x0, x1 := at(left, p.Rect.Dx()), at(right, p.Rect.Dx())
	for y := at(top, p.Rect.Dy()); y < at(bottom, p.Rect.Dy()); y++ {
		for x, v := range p.Pix[y*p.Stride+x0 : y*p.Stride+x1] {
			if v < 128 {
				l, r = min(l, float64(x0+x)/dots), max(r, float64(x0+x+1)/dots)
				t, b = min(t, float64(y)/dots), max(b, float64(y+1)/dots)
			}
		}
	}
	return l, t, r, b
}
