package winspool

import (
	"errors"
	"slices"
	"testing"

	"raccordo/host/internal/printing"
)

// Windows counts from the beginning after a while: the number is another's then.
func TestNumberOfAnother(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	tk := ticket()
	tk.Name = "Lettera"
	if _, err := s.Create(t.Context(), tk); err != nil {
		t.Fatal(err)
	}
	for _, job := range []string{"7:Raccordo 1a2b3c4d", "7", "x:Lettera", "-7:Lettera", ""} {
		if _, err := s.Look(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Look %q: %v", job, err)
		}
		if err := s.Cancel(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Cancel %q: %v", job, err)
		}
		if err := s.Release(t.Context(), tk, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Release %q: %v", job, err)
		}
	}
	if jobs, _ := w.left(); jobs != 1 {
		t.Errorf("%d jobs", jobs)
	}
}

// Only what is held of this name is found: what was released may print yet.
func TestFind(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	tk := ticket()
	for i, status := range []uint32{statusPaused, statusPaused | statusSpooling, 0, statusPrinting, statusPaused | statusDeleting, statusPaused | statusPrinted} {
		w.waiting[i+1] = &pretendedJob{info: jobInfo{ID: i + 1, Document: tk.Name, Status: status}}
	}
	w.waiting[9] = &pretendedJob{info: jobInfo{ID: 9, Document: "Lettera", Status: statusPaused}}
	got, err := s.Find(t.Context(), tk.Printer, tk.Name)
	slices.Sort(got)
	if want := []string{token(1, tk.Name), token(2, tk.Name)}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

// A created job that is given up goes with its document.
func TestCancelCreated(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	tk := ticket()
	job, err := s.Create(t.Context(), tk)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Cancel(t.Context(), tk.Printer, job); err != nil {
		t.Error(err)
	}
	if jobs, _ := w.left(); jobs != 0 || len(s.open) != 0 {
		t.Errorf("%d jobs, %d documents", jobs, len(s.open))
	}
	if err := s.Cancel(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
		t.Errorf("again: %v", err)
	}
}
