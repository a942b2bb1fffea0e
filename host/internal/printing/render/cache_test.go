package render_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing/render"
)

// filled is a folder of its own with what was compiled.
func filled(t testing.TB) string {
	t.Helper()
	draw(t, open(t), slip(t), 0, 50) // fills the common one
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.CopyFS(dir, os.DirFS(cache)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// compiled is the file of the program and of its sum.
func compiled(t testing.TB, dir string) (program, sum string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*"))
	if err != nil || len(files) != 2 || !strings.HasSuffix(files[1], ".crc32c") {
		t.Fatal(files, err)
	}
	return files[0], files[1]
}

func flip(t testing.TB, file string, at int64) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// started draws and returns what the log says about whether PDFium was compiled.
func started(t testing.TB, dir string) string {
	t.Helper()
	var log bytes.Buffer
	r := render.New(render.Options{Command: []string{program}, Cache: dir, Log: zerolog.New(&log)})
	draw(t, r, slip(t), 0, 50)
	r.Close()
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, "renderer started") {
			return line
		}
	}
	t.Fatalf("no start in %q", log.String())
	return ""
}

// What is damaged is never run: it is made anew, once.
func TestDamagedCache(t *testing.T) {
	dir := filled(t)
	file, _ := compiled(t, dir)
	for _, row := range []struct {
		name   string
		damage func(t *testing.T)
		anew   bool
	}{
		{"whole", func(*testing.T) {}, false},
		{"a bit of the table, which only our sum covers", func(t *testing.T) { flip(t, file, 1000) }, true},
		{"mended", func(*testing.T) {}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.damage(t)
			if line := started(t, dir); strings.Contains(line, `"compiled":true`) != row.anew {
				t.Error(line)
			}
			compiled(t, dir) // and nothing else is left
		})
	}
}

func TestWarm(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	r := render.New(render.Options{Command: []string{program}, Cache: dir, Log: zerolog.Nop()})
	defer r.Close()
	if err := r.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if pid := r.Pid(); pid != 0 {
		t.Errorf("process %d stays", pid)
	}
	if line := started(t, dir); strings.Contains(line, `"compiled":true`) {
		t.Error(line)
	}
	program, sum := compiled(t, dir)
	for _, name := range []string{dir, filepath.Dir(program), program, sum} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

// A folder that others could write to is not trusted, and none at all is no reason not
// to draw.
func TestCacheFolder(t *testing.T) {
	t.Run("open to others", func(t *testing.T) {
		dir := filled(t)
		must(t, os.Chmod(dir, 0o777))
		r := render.New(render.Options{Command: child(t, "gone"), Cache: dir, Log: zerolog.Nop()})
		defer r.Close()
		if _, err := r.Render(t.Context(), bytes.NewReader(slip(t)), 0, 50); !failed(err) {
			t.Error(err)
		}
		info, err := os.Stat(dir)
		must(t, err)
		left, err := os.ReadDir(dir)
		must(t, err)
		if info.Mode().Perm() != 0o700 || len(left) != 0 {
			t.Error(info.Mode(), left)
		}
	})
	t.Run("a link", func(t *testing.T) {
		dir := filled(t)
		link := filepath.Join(t.TempDir(), "link")
		must(t, os.Symlink(dir, link))
		r := render.New(render.Options{Command: []string{program}, Cache: link, Log: zerolog.Nop()})
		defer r.Close()
		if _, err := r.Render(t.Context(), bytes.NewReader(slip(t)), 0, 50); !failed(err) {
			t.Error(err)
		}
	})
	t.Run("no room", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "full")
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.Symlink("/dev/full/none", filepath.Join(dir, "wazero-v1.12.0-amd64-linux")))
		if line := started(t, dir); !strings.Contains(line, `"renderer started"`) {
			t.Error(line)
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Who does not wait for what is compiled at the first page leaves it to the next.
func TestImpatient(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	r := render.New(render.Options{Command: []string{program}, Cache: dir, Log: zerolog.Nop()})
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := r.Render(ctx, bytes.NewReader(slip(t)), 0, 50); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if r.Pid() == 0 {
		t.Error("the child was ended")
	}
	compiled(t, dir)
	draw(t, r, slip(t), 0, 50)
}
