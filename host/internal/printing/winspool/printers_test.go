package winspool

import (
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestPrinters(t *testing.T) {
	w := pretend()
	w.info.Comment, w.info.Location, w.info.Status = "Laser", "Studio", 0x400
	w.caps.Fields |= ownSize
	s := over(t, w, painter{})
	got, err := s.Printers(t.Context())
	want := []wire.Printer{{
		Name: "Ufficio", Info: "Laser", Location: "Studio", Default: true, State: "printing", Accepting: true, AnyPaper: true,
		Papers: []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100}},
		Trays:  []wire.Tray{{ID: "1", Name: "Superiore"}, {ID: "4", Name: "Inserimento manuale"}},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	w.info.Port = "FILE:"
	if got, err = s.Printers(t.Context()); err != nil || got[0].Accepting || got[0].Problem != wire.ErrPrintRefused {
		t.Errorf("a window would open: %+v, %v", got, err)
	}
	w.refuse["GetPrinter"] = syscall.Errno(1722)
	if got, err = s.Printers(t.Context()); err != nil || got[0].State != "stopped" || got[0].Problem != wire.ErrPrintOffline {
		t.Errorf("a server that is away: %+v, %v", got, err)
	}
	w.refuse["EnumPrinters"] = syscall.Errno(1722)
	if _, err = s.Printers(t.Context()); code(err) != wire.ErrPrintSpooler {
		t.Errorf("%v", err)
	}
}

// One server that is away does not keep the others from being listed.
func TestPrintersLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pretend()
		hang := make(chan struct{})
		w.hang["GetPrinter"] = hang
		got, err := over(t, w, painter{}).Printers(t.Context())
		if err != nil || len(got) != 1 || got[0].Problem != wire.ErrPrintOffline || got[0].Name != "Ufficio" {
			t.Errorf("%+v, %v", got, err)
		}
		close(hang)
	})
}
