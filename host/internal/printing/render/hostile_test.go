package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// hostile documents are drawn or refused; either way the next page comes out and the
// child stays within its memory.
var hostile = map[string]func(testing.TB) []byte{
	"nothing at all":   func(testing.TB) []byte { return []byte{' '} },
	"no PDF":           func(testing.TB) []byte { return bytes.Repeat([]byte("Ricetta "), 1000) },
	"head only":        func(testing.TB) []byte { return []byte("%PDF-1.7\n") },
	"cut in the midst": func(t testing.TB) []byte { b := slip(t); return b[:len(b)/2] },
	"no pages": func(testing.TB) []byte {
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>")
	},
	"pages in a ring": func(testing.TB) []byte {
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")
	},
	"more pages than there are": func(testing.TB) []byte {
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", "<< /Type /Page /Parent 2 0 R >>")
	},
	"endless page":    func(testing.TB) []byte { return onePage("0 0 1e30 1e30", "", "0 0 10 10 re f") },
	"huge page":       func(testing.TB) []byte { return onePage("0 0 14400 14400", "", "0 0 10 10 re f") },
	"narrow page":     func(testing.TB) []byte { return onePage("0 0 14000 0.01", "", "0 0 10 10 re f") },
	"page of no size": func(testing.TB) []byte { return onePage("5 5 5 5", "", "0 0 10 10 re f") },
	"box upside down": func(testing.TB) []byte { return onePage("400 600 0 0", "", "0 0 10 10 re f") },
	"form in itself": func(testing.TB) []byte {
		return onePage(a5, "/Resources << /XObject << /A 5 0 R >> >>", "/A Do",
			stream("/Type /XObject /Subtype /Form /BBox [0 0 400 600] /Resources << /XObject << /A 5 0 R >> >>", "q /A Do /A Do Q 0 0 9 9 re f"))
	},
	"forms that double": func(testing.TB) []byte {
		var objects []string
		for i := range 30 {
			next := 6 + i
			objects = append(objects, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 400 600] /Resources << /XObject << /A %d 0 R >> >>", next), "/A Do /A Do"))
		}
		objects = append(objects, stream("/Type /XObject /Subtype /Form /BBox [0 0 400 600]", "0 0 9 9 re f"))
		return onePage(a5, "/Resources << /XObject << /A 5 0 R >> >>", "/A Do", objects...)
	},
	"pattern in itself": func(testing.TB) []byte {
		return onePage(a5, "/Resources << /Pattern << /P 5 0 R >> >>", "/Pattern cs /P scn 0 0 400 600 re f",
			stream("/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 /Resources << /Pattern << /P 5 0 R >> >>", "/Pattern cs /P scn 0 0 1 1 re f"))
	},
	"arrays in arrays":    func(testing.TB) []byte { return onePage(a5, "", strings.Repeat("[", 1<<20)) },
	"states in states":    func(testing.TB) []byte { return onePage(a5, "", strings.Repeat("q 1 0 0 1 1 1 cm ", 1<<18)) },
	"dictionaries within": func(testing.TB) []byte { return onePage(a5, "/X "+strings.Repeat("<< /A ", 1<<18), "") },
	"a million lines": func(testing.TB) []byte {
		return onePage(a5, "", "0.01 w 0 0 m "+strings.Repeat("400 600 l 0 10 l 300 20 l ", 1<<18)+"B*")
	},
	"large picture": func(testing.TB) []byte {
		return onePage(a5, "/Resources << /XObject << /A 5 0 R >> >>", "400 0 0 500 0 0 cm /A Do",
			stream("/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", deflated(make([]byte, 8<<20))))
	},
	"text that swells": func(testing.TB) []byte {
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox ["+a5+"] /Contents 4 0 R >>",
			stream("/Filter /FlateDecode", deflated(bytes.Repeat([]byte("0 0 m\n"), 2<<20))))
	},
	"swelling twice": func(testing.TB) []byte {
		body := deflated([]byte(deflated(bytes.Repeat([]byte("0 0 m\n"), 2<<20))))
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox ["+a5+"] /Contents 4 0 R >>", stream("/Filter [/FlateDecode /FlateDecode]", body))
	},
	"function without end": func(testing.TB) []byte {
		return onePage(a5, "/Resources << /Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1e9 0 1e9] /Function 5 0 R >> >> >>", "/S sh",
			stream("/FunctionType 4 /Domain [0 1e9 0 1e9] /Range [0 1]", "{ "+strings.Repeat("dup mul sin ", 20000)+" }"))
	},
}

func TestHostile(t *testing.T) {
	r, good := open(t), slip(t)
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			body := make(t)
			r.Hurry(time.Minute, time.Minute, time.Minute)
			draw(t, r, good, 0, 50)
			r.Hurry(500*time.Millisecond, time.Second, time.Minute)
			peak := watch(t, r.Pid())
			started := time.Now()
			img, err := r.Render(t.Context(), bytes.NewReader(body), 0, 100)
			var fault *printing.Error
			if err != nil && (!errors.As(err, &fault) || fault.Code != wire.ErrPrintRender || img != nil) {
				t.Errorf("%v, %v", img, err)
			}
			most := peak() >> 20
			t.Logf("%.1f MB: %v %v, peak %d MB", float64(len(body))/1e6, time.Since(started).Round(time.Millisecond), err, most)
			if most == 0 || most > 640 { // PDFium's own 512 and what the program needs
				t.Errorf("peak of %d MB", most)
			}
			r.Hurry(time.Minute, time.Minute, time.Minute)
			draw(t, r, good, 0, 50)
		})
	}
}

// watch follows how much memory a process holds and returns the most that was seen.
func watch(t testing.TB, pid int) func() int64 {
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for {
			if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
				if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
					var kib int64
					fmt.Sscan(rest, &kib)
					peak = max(peak, kib<<10)
				}
			}
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(done); return <-most }
}
