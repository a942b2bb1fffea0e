package paper

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// Picture is a page as it lies in the output tray, the whole sheet. What a driver was
// told beside it is known of rasters only.
type Picture struct {
	*image.Gray
	DPI    int
	Tray   int  // the place of the tray among those of the printer, from 0
	Duplex bool // on both sides
}

// Pictures shows the pages of a sheet: a PDF drawn by poppler with dpi dots to the
// inch, a raster as its driver has made it.
func (s Sheet) Pictures(ctx context.Context, dpi int) ([]Picture, error) {
	if filepath.Ext(s.Path) == ".ras" {
		f, err := os.Open(s.Path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readRaster(bufio.NewReader(f))
	}
	dir, err := os.MkdirTemp("", "page")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "pdftoppm", "-gray", "-r", strconv.Itoa(dpi), s.Path, filepath.Join(dir, "p"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "p-*.pgm"))
	if err != nil {
		return nil, err
	}
	slices.Sort(pages) // pdftoppm writes as many figures in each name
	var all []Picture
	for _, p := range pages {
		b, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		g, err := readPGM(b)
		if err != nil {
			return nil, err
		}
		all = append(all, Picture{Gray: g, DPI: dpi})
	}
	return all, nil
}

// readPGM reads a grey map of 8 bits (pgm(5)).
func readPGM(b []byte) (*image.Gray, error) {
	var w, h, top int
	r := bytes.NewReader(b)
	if _, err := fmt.Fscanf(r, "P5\n%d %d\n%d\n", &w, &h, &top); err != nil || top != 255 || w < 1 || h < 1 || r.Len() != w*h {
		return nil, fmt.Errorf("no grey map of 8 bits: %w", err)
	}
	return &image.Gray{Pix: b[len(b)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}, nil
}

// Ink is the rectangle around everything that is not white; empty on a blank page.
func (p Picture) Ink() image.Rectangle {
	ink := image.Rectangle{}
	white := bytes.Repeat([]byte{0xff}, p.Rect.Dx())
	for y := range p.Rect.Dy() {
		row := p.Pix[y*p.Stride : y*p.Stride+p.Rect.Dx()]
		if bytes.Equal(row, white) {
			continue
		}
		first := slices.IndexFunc(row, dark)
		if first < 0 {
			continue
		}
		last := len(row) - 1
		for !dark(row[last]) {
			last--
		}
		ink = ink.Union(image.Rect(first, y, last+1, y+1))
	}
	return ink
}

func dark(v byte) bool { return v < 192 }
