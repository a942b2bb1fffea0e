package sheet_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// good is the least layout that can be used.
const good = `
kind = "bianca"
width = 210
height = 148

[[field]]
name = "medico"
x = 10
y = 10
width = 100
height = 8

[[field]]
name = "paziente"
x = 10
y = 20
width = 100
height = 8

[[field]]
name = "data"
x = 10
y = 30
width = 100
height = 8

[[list]]
name = "righe"
x = 10
y = 40
width = 150
height = 50

  [[list.column]]
  name = "testo"
  x = 10
  width = 150
`

func TestParseRefuses(t *testing.T) {
	if _, err := sheet.Parse("x", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct{ old, new, says string }{
		"no TOML":                  {`width = 210`, `width = = 210`, "line 3"},
		"an unknown key":           {`width = 210`, "width = 210\nheigth = 3", "heigth"},
		"a word for a number":      {`width = 210`, `width = "wide"`, "line 3"},
		"another kind":             {`"bianca"`, `"gialla"`, "kind"},
		"a giant":                  {`width = 210`, `width = 9000`, "sheet of"},
		"no number":                {`width = 210`, `width = nan`, "sheet of"},
		"no such field":            {`name = "data"`, `name = "dta"`, "no such field"},
		"a field missing":          {`name = "data"`, `name = "nota"`, "data is wanted"},
		"off the sheet":            {"x = 10\ny = 30\nwidth = 100", "x = 150\ny = 30\nwidth = 100", "not on the sheet"},
		"negative":                 {"x = 10\ny = 30", "x = -1\ny = 30", "not on the sheet"},
		"no width":                 {"y = 30\nwidth = 100", "y = 30\nwidth = 0", "width and height"},
		"letters for ants":         {"y = 30\n", "y = 30\nsize = 1\n", "size 1"},
		"smaller than the least":   {"y = 30\n", "y = 30\nsize = 7\nmin_size = 8\n", "min_size 8"},
		"a font nobody has":        {"y = 30\n", "y = 30\nfont = \"comic\"\n", "comic"},
		"a style nobody has":       {"y = 30\n", "y = 30\nstyle = \"wavy\"\n", "wavy"},
		"aligned nowhere":          {"y = 30\n", "y = 30\nalign = \"middle\"\n", "middle"},
		"cells and lines":          {"y = 30\n", "y = 30\ncells = 3\nlines = 2\n", "cells 3"},
		"bars too thin":            {"y = 30\n", "y = 30\ncode39 = { module = 0.01 }\n", "bar code"},
		"a prefix nobody prints":   {"y = 30\n", "y = 30\nprefix = \"漢\"\n", "printable"},
		"another list":             {`name = "righe"`, `name = "dettagli"`, "righe"},
		"no list":                  {good[strings.Index(good, "[[list]]"):], "", "list righe is wanted"},
		"no such column":           {`name = "testo"`, `name = "nota"`, "no column"},
		"a column off the list":    {"  x = 10\n", "  x = 20\n", "not within"},
		"below nothing":            {"  x = 10\n", "  x = 10\n  below = true\n", "nothing stands before"},
		"a text nobody prints":     {"[[list]]", "[[text]]\nx = 1\ny = 1\ntext = \"漢\"\n[[list]]", "printable"},
		"a text with what":         {"[[list]]", "[[text]]\nx = 1\ny = 1\ntext = \"a\"\nwith = \"b\"\n[[list]]", "no field"},
		"a rule too long":          {"[[list]]", "[[rule]]\nx = 1\ny = 1\nwidth = 300\n[[list]]", "rule 1"},
		"a rule thicker than that": {"[[list]]", "[[rule]]\nx = 1\ny = 1\nwidth = 3\nline = 50\n[[list]]", "rule 1"},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(good, row.old, row.new, 1)
			if spoilt == good {
				t.Fatal("nothing was spoilt")
			}
			if _, err := sheet.Parse("x", []byte(spoilt)); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
}

// TestAFormIsOneSheet: whoever wants two writes two prescriptions.
func TestAFormIsOneSheet(t *testing.T) {
	data, err := fs.ReadFile(manifests.Files, "sheets/rossa.toml")
	if err != nil {
		t.Fatal(err)
	}
	two := strings.Replace(string(data), "gap = 1\n", "gap = 1\npages = true\n", 1)
	if _, err := sheet.Parse("rossa", []byte(two)); err == nil || !strings.Contains(err.Error(), "one sheet") {
		t.Errorf("two red forms for one prescription: %v", err)
	}
}

func TestLoadReplacesByName(t *testing.T) {
	builtin, err := fs.Sub(manifests.Files, "sheets")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bianca.toml", "name = \"Dello studio\"\n"+good)
	write("bianca-grande.toml", good)
	write("readme.txt", "not a layout")
	found, err := sheet.Load(builtin, filepath.Join(dir, "absent"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 6 || found["bianca"].Name != "Dello studio" || found["bianca-grande"].ID != "bianca-grande" || found["rossa"].Width != 148 {
		t.Errorf("%d layouts, bianca is %q", len(found), found["bianca"].Name)
	}
	write("bianca.toml", "kind = 3")
	write("rossa.toml", strings.Repeat("#", 300<<10))
	found, err = sheet.Load(builtin, dir)
	var fault *printing.Error
	if !errors.As(err, &fault) || fault.Code != wire.ErrPrintForm || !strings.Contains(err.Error(), filepath.Join(dir, "bianca.toml")) || !strings.Contains(err.Error(), "rossa.toml") {
		t.Errorf("two broken files: %v", err)
	}
	if _, ours := found["bianca"]; ours || len(found) != 4 {
		t.Errorf("%d layouts; a broken one is replaced by ours: %v", len(found), ours)
	}
}

// TestTheLeastLayoutPrints: what is not asked for is not there.
func TestTheLeastLayoutPrints(t *testing.T) {
	l, err := sheet.Parse("x", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := sheet.Bianca(l, white(), doctor(), morning)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf), "Dott.ssa Giulia Verdi", "PARACETAMOLO")
}
