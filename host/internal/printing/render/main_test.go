package render_test

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render"
	"raccordo/host/internal/printing/render/protocol"
)

// program is the real child, cache a folder that outlives the tests: to compile
// PDFium takes seconds.
var program, cache string

// The test binary is also the children that misbehave.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && mischief[os.Args[1]] != nil {
		mischief[os.Args[1]](os.Stdin, os.Stdout)
		return
	}
	dir, err := os.MkdirTemp("", "render")
	if err == nil {
		program, err = build(dir)
	}
	if err == nil {
		cache, err = os.UserCacheDir()
		cache = filepath.Join(cache, "raccordo-render-test")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// build builds the child as it is shipped, not as the tests are built.
func build(dir string) (string, error) {
	out := filepath.Join(dir, "raccordo-render")
	cmd := exec.Command("go", "build", "-trimpath", "-o", out, "raccordo/host/cmd/raccordo-render")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return out, nil
}

func open(t testing.TB, argv ...string) *render.Renderer {
	t.Helper()
	if len(argv) == 0 {
		argv = []string{program}
	}
	r := render.New(render.Options{Command: argv, Cache: cache, Log: zerolog.Nop()})
	t.Cleanup(func() { r.Close() })
	return r
}

// draw has a page drawn, or fails.
func draw(t testing.TB, r *render.Renderer, pdf []byte, page, dpi int) *image.Gray {
	t.Helper()
	img, err := r.Render(t.Context(), bytes.NewReader(pdf), page, dpi)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

var _ printing.Source = (*bytes.Reader)(nil)

// mischief is what a child may come to.
var mischief = map[string]func(in io.Reader, out io.Writer){
	"silent": func(in io.Reader, _ io.Writer) { io.Copy(io.Discard, in); time.Sleep(time.Hour) },
	"gone":   func(io.Reader, io.Writer) {},
	"babble": func(in io.Reader, out io.Writer) { fmt.Fprintln(out, "Segmentation fault"); io.Copy(io.Discard, in) },
	"hang": func(in io.Reader, out io.Writer) {
		protocol.Say(out, protocol.Hello{})
		io.Copy(io.Discard, in)
	},
	"crash": func(in io.Reader, out io.Writer) {
		protocol.Say(out, protocol.Hello{})
		var ask protocol.Request
		protocol.Hear(in, &ask)
		protocol.Say(out, protocol.Answer{Width: 100, Height: 100})
		out.Write(make([]byte, 100))
	},
	"boast": func(in io.Reader, out io.Writer) {
		protocol.Say(out, protocol.Hello{})
		protocol.Say(out, protocol.Answer{Width: protocol.MaxSide, Height: protocol.MaxSide})
		io.Copy(io.Discard, in)
	},
	"minus": func(in io.Reader, out io.Writer) {
		protocol.Say(out, protocol.Hello{})
		protocol.Say(out, protocol.Answer{Width: -1, Height: -1})
		io.Copy(io.Discard, in)
	},
}

// child is the command line of one that misbehaves.
func child(t testing.TB, how string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{exe, how}
}
