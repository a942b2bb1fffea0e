package render_test

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing/render"
)

// The bar codes of a slip are read as drawn for a printer and as shown on the screen,
// by a scanner that nobody here wrote.
func TestScanned(t *testing.T) {
	r, pdf := open(t), slip(t)
	for _, dpi := range []int{150, 203, 300, 600} {
		t.Run(strconv.Itoa(dpi), func(t *testing.T) {
			page := draw(t, r, pdf, 0, dpi)
			codes := page.SubImage(image.Rect(0, 0, page.Rect.Dx(), page.Rect.Dy()/4)).(*image.Gray)
			body, err := render.PNG(codes)
			must(t, err)
			file := filepath.Join(t.TempDir(), "slip.png")
			must(t, os.WriteFile(file, body, 0o600))
			out, err := exec.Command("zbarimg", "-q", "--raw", "-S*.disable", "-Scode39.enable", file).Output()
			must(t, err)
			lines := bytes.Fields(out)
			got := map[string]bool{}
			for _, l := range lines {
				got[string(l)] = true
			}
			if diff := cmp.Diff(map[string]bool{"0900A": true, "0000000107": true, "BNCLCU50A41X002E": true}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
