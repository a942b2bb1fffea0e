package render_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render"
	"raccordo/host/internal/wire"
)

// failed tells whether err is the fault of this package.
func failed(err error) bool {
	var fault *printing.Error
	return errors.As(err, &fault) && fault.Code == wire.ErrPrintRender
}

// Whatever a child does, there is one error and no picture.
func TestMischief(t *testing.T) {
	for name := range mischief {
		t.Run(name, func(t *testing.T) {
			r := open(t, child(t, name)...)
			r.Hurry(300*time.Millisecond, 100*time.Millisecond, time.Minute)
			r.Start(2 * time.Second)
			img, err := r.Render(t.Context(), bytes.NewReader(slip(t)), 0, 50)
			if img != nil || !failed(err) {
				t.Errorf("%v, %v", img, err)
			}
			if pid := r.Pid(); pid != 0 {
				t.Errorf("process %d lives on", pid)
			}
		})
	}
	t.Run("no program", func(t *testing.T) {
		if _, err := open(t, "/nowhere/raccordo-render").Render(t.Context(), bytes.NewReader(slip(t)), 0, 50); !failed(err) {
			t.Error(err)
		}
	})
}

func TestRequests(t *testing.T) {
	r := open(t)
	for _, row := range []struct {
		name      string
		pdf       []byte
		page, dpi int
		detail    string
	}{
		{"no document", nil, 0, 100, "document size"},
		{"page before the first", slip(t), -1, 100, "no such page"},
		{"page after the last", slip(t), 1, 100, "no such page"},
		{"no resolution", slip(t), 0, 0, "resolution"},
		{"too fine", slip(t), 0, 2401, "resolution"},
		{"more pixels than any printer", slip(t), 0, 1200, "page too large"},
		{"locked", locked(t), 0, 100, "document encrypted"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := r.Render(t.Context(), bytes.NewReader(row.pdf), row.page, row.dpi)
			var fault *printing.Error
			if !errors.As(err, &fault) || fault.Detail != row.detail || fault.Code != wire.ErrPrintRender {
				t.Errorf("%v, not %q", err, row.detail)
			}
		})
	}
}

// A child that crashed, was killed or hangs costs at most the page at hand.
func TestRestart(t *testing.T) {
	for _, row := range []struct {
		name string
		sig  syscall.Signal
		lost bool // the page that is asked for next
	}{
		{"killed at rest", syscall.SIGKILL, false},
		{"crashed at rest", syscall.SIGSEGV, false},
		{"hangs", syscall.SIGSTOP, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, pdf := open(t), slip(t)
			draw(t, r, pdf, 0, 50)
			pid := r.Pid()
			if err := syscall.Kill(pid, row.sig); err != nil {
				t.Fatal(err)
			}
			if row.lost {
				r.Hurry(200*time.Millisecond, time.Minute, time.Minute)
				if _, err := r.Render(t.Context(), bytes.NewReader(pdf), 0, 50); !failed(err) {
					t.Error(err)
				}
				r.Hurry(time.Minute, time.Minute, time.Minute)
			} else {
				for r.Pid() != 0 {
					time.Sleep(time.Millisecond)
				}
			}
			draw(t, r, pdf, 0, 50)
			if r.Pid() == pid || syscall.Kill(pid, 0) == nil {
				t.Error("the old process is still there")
			}
		})
	}
}

// Who does not want a page any more gets away at once; the child goes on unless it hangs.
func TestCancel(t *testing.T) {
	r, pdf := open(t), slip(t)
	draw(t, r, pdf, 0, 50)
	pid := r.Pid()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Render(ctx, bytes.NewReader(pdf), 0, 600); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	r.Hurry(time.Minute, time.Minute, time.Minute)
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if img, err := r.Render(ctx, bytes.NewReader(pdf), 0, 600); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(img, err)
	}
	draw(t, r, pdf, 0, 50)
	if r.Pid() != pid {
		t.Error("the child had to be replaced")
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.Hurry(time.Minute, 50*time.Millisecond, time.Minute)
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := r.Render(ctx, bytes.NewReader(pdf), 0, 50); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if r.Pid() != 0 {
		t.Error("the hanging child lives on")
	}
	draw(t, r, pdf, 0, 50)
}

func TestIdle(t *testing.T) {
	r, pdf := open(t), slip(t)
	r.Hurry(time.Minute, time.Minute, 50*time.Millisecond)
	for range 2 {
		draw(t, r, pdf, 0, 50)
		for r.Pid() != 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func TestClose(t *testing.T) {
	r, pdf := open(t), slip(t)
	draw(t, r, pdf, 0, 50)
	pid := r.Pid()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.Hurry(time.Minute, 50*time.Millisecond, time.Minute)
	under := make(chan error)
	go func() {
		_, err := r.Render(context.Background(), bytes.NewReader(pdf), 0, 50)
		under <- err
	}()
	time.Sleep(20 * time.Millisecond)
	r.Close()
	if err := <-under; err == nil {
		t.Error("a page was drawn by a child that was stopped")
	}
	if syscall.Kill(pid, 0) == nil {
		t.Error("the child lives on")
	}
	r.Close()
	if _, err := r.Render(t.Context(), bytes.NewReader(pdf), 0, 50); err == nil {
		t.Error("a page was drawn after the end")
	}
	if err := r.Warm(t.Context()); err == nil {
		t.Error("warmed after the end")
	}
}

// Several at once get each what they asked for.
func TestSeveral(t *testing.T) {
	r := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			pdf := onePage("0 0 100 100", "", string(rune('0'+i))+"0 50 10 10 re f")
			for range 3 {
				img, err := r.Render(t.Context(), bytes.NewReader(pdf), 0, 72)
				if err != nil {
					t.Error(err)
				} else if got, want := marked(img), image.Rect(i*10, 40, i*10+10, 50); got != want {
					t.Errorf("%v, not %v", got, want)
				}
			}
		}()
	}
	all.Wait()
}

// A morning's pages leave nothing behind, neither here nor in the child.
func TestNothingGrows(t *testing.T) {
	r := open(t)
	documents := [][]byte{form(t), colours(t), notes("/Subtype /Stamp /F 4"), locked(t), []byte("none")}
	round := func() (memory int64, files int) {
		for _, pdf := range documents {
			_, _ = r.Render(t.Context(), bytes.NewReader(pdf), 0, 200)
		}
		peak := watch(t, r.Pid())
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return peak(), len(open)
	}
	pid := 0
	for range 2 {
		round()
		pid = r.Pid()
	}
	before, open := round()
	for range 5 {
		round()
	}
	after, now := round()
	t.Logf("child %d → %d MB, %d → %d files", before>>20, after>>20, open, now)
	if after > before+16<<20 || now > open || r.Pid() != pid {
		t.Errorf("child %d → %d MB, %d → %d files, process %d → %d", before>>20, after>>20, open, now, pid, r.Pid())
	}
}

var _ printing.Renderer = (*render.Renderer)(nil)
