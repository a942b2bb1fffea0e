package render_test

import (
	"bytes"
	"testing"
	"time"
)

// FuzzPDF: whatever a document is, there is a picture or the fault of this package, and
// the next page comes out.
func FuzzPDF(f *testing.F) {
	for _, seed := range [][]byte{slip(f), form(f), colours(f), notes("/Subtype /Widget /FT /Tx /T (a) /F 4"), locked(f)} {
		f.Add(seed)
	}
	r := open(f)
	good := notes("/Subtype /Stamp /F 4")
	f.Fuzz(func(t *testing.T, body []byte) {
		r.Hurry(5*time.Second, time.Second, time.Minute)
		img, err := r.Render(t.Context(), bytes.NewReader(body), 0, 20)
		if err == nil && (img == nil || img.Rect.Empty()) || err != nil && (!failed(err) || img != nil) {
			t.Errorf("%v, %v", img, err)
		}
		if _, err := r.Render(t.Context(), bytes.NewReader(good), 0, 20); err != nil {
			t.Errorf("the next page: %v", err)
		}
	})
}
