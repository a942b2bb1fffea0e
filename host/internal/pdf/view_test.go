package pdf

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/pdftest"
)

func TestView(t *testing.T) {
	for entries, want := range map[string]View{
		"":                              {0, 0, 595, 842, 0, 1},
		"/MediaBox [0 0]":               {0, 0, 612, 792, 0, 1},
		"/MediaBox [10 20 5 2]":         {5, 2, 5, 18, 0, 1},
		"/MediaBox [0 0 1 (x)]":         {0, 0, 612, 792, 0, 1},
		"/CropBox [-5 10 100 900]":      {0, 10, 100, 832, 0, 1},
		"/CropBox [700 900 800 1000]":   {0, 0, 595, 842, 0, 1}, // nothing of the page
		"/Rotate 90 /UserUnit 1.5":      {0, 0, 595, 842, 90, 1.5},
		"/Rotate -450 /UserUnit 0":      {0, 0, 595, 842, 270, 1},
		"/Rotate 45 /UserUnit (x)":      {0, 0, 595, 842, 0, 1},
		"/MediaBox [0 0 9 99999999999]": {0, 0, 612, 792, 0, 1},
	} {
		file, err := open(pdftest.Simple("", entries))
		if err != nil {
			t.Fatal(err)
		}
		page, err := file.LastPage()
		if err != nil {
			t.Fatal(err)
		}
		got, err := file.View(page)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", entries, diff)
		}
	}
	wide, tall := View{Width: 100, Height: 50, Turned: 270, Unit: 2}.Size()
	if wide != 100 || tall != 200 {
		t.Errorf("%v %v", wide, tall)
	}
}
