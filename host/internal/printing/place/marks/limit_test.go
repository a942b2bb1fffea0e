package marks

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/sim/pdftest"
)

// Forms that draw one another ten times each end with the operators that a file may have.
func TestFormsWithoutEnd(t *testing.T) {
	b := pdftest.New()
	b.Drawn("", "", "/XObject <</X 20 0 R>>", "")
	for i := range 20 {
		b.Stream(20+i, fmt.Sprintf("/Subtype /Form /BBox [0 0 900 900] /Resources <</XObject <</X %d 0 R>>>>", 21+i), strings.Repeat("/X Do ", 10))
	}
	b.Stream(40, "/Subtype /Form /BBox [0 0 900 900]", "0 0 1 1 re f")
	doc := b.End("")
	file, err := pdf.Open(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := file.LastPage()
	if err != nil {
		t.Fatal(err)
	}
	resources, err := file.Dict(page.Dict["Resources"])
	if err != nil {
		t.Fatal(err)
	}
	r := NewReader(file)
	r.operators = maxOperators - 10_000
	p := &painter{reader: r, resources: resources, state: start(Area{0, 0, 100, 100})}
	if err := p.run([]byte("/X Do")); !errors.Is(err, errUnclear) || r.operators != maxOperators+1 {
		t.Errorf("%v after %d operators", err, r.operators)
	}
}
