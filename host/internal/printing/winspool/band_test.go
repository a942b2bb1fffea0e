package winspool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// put draws bands as Windows does (StretchDIBits, to the nearest pixel), and says where it
// drew twice or beyond the printable area by more than a pixel of the picture.
func put(t *testing.T, all []band, s surface, slack int) *image.Gray {
	t.Helper()
	g := image.NewGray(image.Rect(0, 0, s.Wide, s.High))
	drawn := make([]bool, s.Wide*s.High)
	g.Pix = bytes.Repeat([]byte{white}, len(g.Pix))
	for _, b := range all {
		bits := int(binary.LittleEndian.Uint16(b.Info[14:]))
		if w, h := int(binary.LittleEndian.Uint32(b.Info[4:])), int(int32(binary.LittleEndian.Uint32(b.Info[8:]))); w != b.Columns || h != b.Rows {
			t.Fatalf("header %d×%d, band %d×%d", w, h, b.Columns, b.Rows)
		}
		line := (b.Columns*bits + 31) / 32 * 4
		if len(b.Bits) != line*b.Rows || len(b.Bits) > bandBytes+line {
			t.Fatalf("%d bytes of %d×%d", len(b.Bits), b.Columns, b.Rows)
		}
		if b.X < -slack || b.Y < -slack || b.X+b.Width > s.Wide+slack || b.Y+b.Height > s.High+slack {
			t.Errorf("band at %d, %d of %d×%d on %d×%d", b.X, b.Y, b.Width, b.Height, s.Wide, s.High)
		}
		for y := range b.Height {
			for x := range b.Width {
				at := image.Pt(b.X+x, b.Y+y)
				if !at.In(g.Rect) {
					continue
				}
				row := b.Bits[(b.Rows-1-y*b.Rows/b.Height)*line:][:line]
				column := x * b.Columns / b.Width
				index := int(row[column*bits/8])
				if bits == 1 {
					index = index >> (7 - column%8) & 1
				}
				if drawn[at.Y*s.Wide+at.X] {
					t.Fatalf("%v is drawn twice", at)
				}
				drawn[at.Y*s.Wide+at.X] = true
				g.SetGray(at.X, at.Y, color.Gray{Y: b.Info[40+4*index]})
			}
		}
	}
	return g
}

func surfaceOf(s printing.Sheet, x, y, margin int) surface {
	f := surface{DPIX: x, DPIY: y, Width: scale(s.Width, x, 254), Height: scale(s.Height, y, 254), Left: scale(margin, x, 254), Top: scale(margin, y, 254)}
	f.Wide, f.High = f.Width-2*f.Left, f.Height-2*f.Top
	return f
}

// box is what is black, from the edge of the sheet, in tenths of a millimetre.
func box(g *image.Gray, s surface) (left, top, right, bottom float64) {
	var b image.Rectangle
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if g.Pix[y*g.Stride+x] < 128 {
				b = b.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	at := func(v, offset, dpi int) float64 { return float64(v+offset) * 254 / float64(dpi) }
	return at(b.Min.X, s.Left, s.DPIX), at(b.Min.Y, s.Top, s.DPIY), at(b.Max.X, s.Left, s.DPIX), at(b.Max.Y, s.Top, s.DPIY)
}

// Wherever the printable area begins, a mark lies where it lies on the sheet.
func TestPosition(t *testing.T) {
	small := printing.Sheet{Name: "custom", Width: 350, Height: 400}
	mark := image.Rect(100, 200, 200, 300)
	for name, row := range map[string]struct{ x, y, margin, dpi int }{
		"laser, 600":         {600, 600, 42, 600},
		"laser, 300":         {300, 300, 42, 300},
		"laser, 1200":        {1200, 1200, 42, 600},
		"two resolutions":    {600, 1200, 42, 600},
		"ink, 720":           {720, 720, 30, 360},
		"ink, 1440 by 720":   {1440, 720, 30, 480},
		"labels, 203":        {203, 203, 0, 203},
		"odd, 1201":          {1201, 1201, 42, 600},
		"needles, 180":       {180, 180, 65, 180},
		"without any margin": {600, 600, 0, 600},
	} {
		t.Run(name, func(t *testing.T) {
			s := surfaceOf(small, row.x, row.y, row.margin)
			if dpi := s.resolution(); dpi != row.dpi {
				t.Fatalf("drawn with %d dpi", dpi)
			}
			if err := s.check(small); err != nil {
				t.Fatal(err)
			}
			g := put(t, layout(sheetOf(small, row.dpi, mark), row.dpi, s), s, s.DPIX/row.dpi+1)
			l, top, r, b := box(g, s)
			limit := 254/float64(row.dpi) + 0.01 // one pixel of the picture
			for side, d := range map[string]float64{"left": l - 100, "top": top - 200, "right": r - 200, "bottom": b - 300} {
				if d > limit || d < -limit {
					t.Errorf("%s is off by %.2f tenths of a millimetre", side, d)
				}
			}
		})
	}
}

// At the printer's own resolution each dot is the picture's.
func TestExact(t *testing.T) {
	small := printing.Sheet{Name: "custom", Width: 520, Height: 740}
	s := surfaceOf(small, 300, 300, 42)
	random := rand.New(rand.NewPCG(1, 2))
	for name, fill := range map[string]func(g *image.Gray){
		"two colours": func(g *image.Gray) {
			for range 400 {
				g.SetGray(random.IntN(g.Rect.Dx()), random.IntN(g.Rect.Dy()), color.Gray{})
			}
			for y := 500; y < 600; y++ {
				for x := range g.Rect.Dx() {
					g.SetGray(x, y, color.Gray{Y: uint8(random.IntN(2) * 255)})
				}
			}
		},
		"greys": func(g *image.Gray) {
			for y := 300; y < 700; y++ {
				for x := 100; x < 400; x++ {
					g.SetGray(x, y, color.Gray{Y: uint8(x + y)})
				}
			}
		},
		"nothing": func(*image.Gray) {},
	} {
		t.Run(name, func(t *testing.T) {
			page := sheetOf(small, 300)
			fill(page)
			all := layout(page, 300, s)
			if (len(all) == 0) != (name == "nothing") {
				t.Errorf("%d bands", len(all))
			}
			g := put(t, all, s, 0)
			for y := range s.High {
				for x := range s.Wide {
					if got, want := g.GrayAt(x, y), page.GrayAt(x+s.Left, y+s.Top); got != want {
						t.Fatalf("%d, %d is %v, not %v", x, y, got, want)
					}
				}
			}
		})
	}
}

// Edges do not make a page grey, a shade does; what is grey travels at half the resolution.
func TestTones(t *testing.T) {
	small := printing.Sheet{Name: "custom", Width: 520, Height: 740}
	edges := sheetOf(small, 600, image.Rect(100, 100, 250, 250))
	for y := range edges.Rect.Dy() {
		for _, x := range []int{700, 701, 702, 1000} {
			edges.SetGray(x, y, color.Gray{Y: 120})
		}
	}
	shade := sheetOf(small, 600)
	for y := 1000; y < 1100; y++ {
		for x := 1000; x < 1100; x++ {
			shade.SetGray(x, y, color.Gray{Y: 200})
		}
	}
	s := surfaceOf(small, 600, 600, 42)
	for name, row := range map[string]struct {
		page  *image.Gray
		bits  uint16
		times int
	}{"edges": {edges, 1, 1}, "shade": {shade, 8, 2}} {
		t.Run(name, func(t *testing.T) {
			all := layout(row.page, 600, s)
			if len(all) == 0 {
				t.Fatal("nothing is drawn")
			}
			for _, b := range all {
				if bits := binary.LittleEndian.Uint16(b.Info[14:]); bits != row.bits || abs(b.Width-row.times*b.Columns) > 1 {
					t.Errorf("%d bits, %d columns on %d", bits, b.Columns, b.Width)
				}
			}
		})
	}
}

// The grey of an edge is ink or paper, by its darker half and a little more.
func TestEdge(t *testing.T) {
	small := printing.Sheet{Name: "custom", Width: 520, Height: 740}
	s := surfaceOf(small, 300, 300, 0)
	page := sheetOf(small, 300)
	shades := map[int]uint8{100: 0, 110: 120, 120: ink, 130: ink + 1, 140: 250}
	for x, shade := range shades {
		for y := range page.Rect.Dy() {
			page.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	g := put(t, layout(page, 300, s), s, 0)
	for x, shade := range shades {
		if black := g.GrayAt(x, 400).Y == 0; black != (shade <= ink) {
			t.Errorf("a dot of %d: %v", shade, black)
		}
	}
}

// A slip is mostly white: what travels is what is on it.
func TestBandSize(t *testing.T) {
	s := surfaceOf(printing.A4, 600, 600, 42)
	lines := []image.Rectangle{image.Rect(200, 300, 1800, 330), image.Rect(200, 600, 1800, 630), image.Rect(200, 900, 1800, 1000)}
	all := layout(sheetOf(printing.A4, 600, lines...), 600, s)
	sum := 0
	for _, b := range all {
		sum += len(b.Bits)
	}
	if len(all) != 3 || sum > 300_000 {
		t.Errorf("%d bands of %d bytes", len(all), sum)
	}
}

func TestSurface(t *testing.T) {
	fits := surfaceOf(printing.A5, 600, 600, 42)
	for name, alter := range map[string]func(*surface){
		"another sheet": func(s *surface) { *s = surfaceOf(printing.A4, 600, 600, 42) },
		"as high":       func(s *surface) { *s = surfaceOf(printing.Sheet{Width: 1600, Height: 2100}, 600, 600, 42) },
		"turned":        func(s *surface) { s.Width, s.Height = s.Height, s.Width },
		"no resolution": func(s *surface) { s.DPIX = 0 },
		"no area":       func(s *surface) { s.Wide = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			s := fits
			alter(&s)
			var fault *printing.Error
			if err := s.check(printing.A5); !errors.As(err, &fault) || fault.Code != wire.ErrPrintMedia && fault.Code != wire.ErrPrintRefused {
				t.Errorf("%v", err)
			}
		})
	}
	if err := fits.check(printing.A5); err != nil {
		t.Error(err)
	}
}
