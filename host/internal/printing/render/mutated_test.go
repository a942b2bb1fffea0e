package render_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Whatever becomes of a document on its way, there is a picture or the fault of this
// package, and the next page comes out. What a fuzzer would look at is in the child.
func TestMutated(t *testing.T) {
	r, good := open(t), notes("/Subtype /Stamp /F 4")
	dice := rand.New(rand.NewPCG(7, 2))
	seeds := [][]byte{slip(t), form(t), colours(t), notes("/Subtype /Widget /FT /Tx /T (a) /F 4"),
		made("tex.pdf")(t), made("libreoffice.pdf")(t), made("tex-form.pdf")(t)}
	pictures, faults := 0, 0
	for range 6 {
		for _, seed := range seeds {
			img, err := r.Render(t.Context(), bytes.NewReader(mutated(seed, dice)), 0, 75)
			switch {
			case err == nil && img != nil && !img.Rect.Empty():
				pictures++
			case failed(err) && img == nil:
				faults++
			default:
				t.Errorf("%v, %v", img, err)
			}
		}
		draw(t, r, good, 0, 20)
	}
	if pictures == 0 || faults == 0 {
		t.Errorf("%d pictures, %d faults: not mutated as meant", pictures, faults)
	}
}

// mutated has some bytes changed, some for others that mean something in a PDF, and some
// pieces moved.
func mutated(seed []byte, dice *rand.Rand) []byte {
	const meaning = "0123456789[]<>/()"
	b := bytes.Clone(seed)
	for range 1 + dice.IntN(20) {
		at := dice.IntN(len(b))
		switch dice.IntN(3) {
		case 0:
			b[at] = byte(dice.Uint32())
		case 1:
			b[at] = meaning[dice.IntN(len(meaning))]
		case 2:
			from := dice.IntN(len(b))
			copy(b[at:], b[from:min(len(b), from+30)])
		}
	}
	return b
}
