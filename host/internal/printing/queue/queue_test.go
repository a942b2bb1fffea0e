package queue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

func code(err error) wire.ErrorCode {
	var fault *printing.Error
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// The simple case: taken, handed over, followed, printed.
func TestWay(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		id := o.submit(request("c1"))
		if row := o.Wait(t.Context(), id); row.State != wire.PrintAccepted || row.Printer != "A" || row.Problem != nil {
			t.Errorf("%+v", row)
		}
		if c := o.Counts(); c != (wire.Printing{Waiting: 1}) {
			t.Errorf("%+v", c)
		}
		o.stands(printing.Look{State: wire.PrintPrinting})
		pass(3 * time.Second)
		o.is(id, wire.PrintPrinting, "")
		o.stands(printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper, Detail: "media-empty-error"})
		pass(3 * time.Second)
		o.is(id, wire.PrintHeld, wire.ErrPrintPaper)
		if c := o.Counts(); c != (wire.Printing{Held: 1}) {
			t.Errorf("%+v", c)
		}
		o.stands(printing.Look{State: wire.PrintPrinted})
		pass(3 * time.Second)
		want := wire.PrintJob{ID: id, ClientID: "c1", Kind: "document", Profile: wire.SheetPromemoria, Title: "Promemoria di c1",
			State: wire.PrintPrinted, Printer: "A", Pages: 1, Copies: 1, Notices: []wire.Notice{{Text: "Ridotta"}}}
		row := o.row1(id)
		row.CreatedAt, row.UpdatedAt = "", ""
		if diff := cmp.Diff(want, row); diff != "" {
			t.Error(diff)
		}
		if c := o.Counts(); c != (wire.Printing{}) {
			t.Errorf("%+v", c)
		}
		if pdf, err := o.PDF(id); string(pdf) != "%PDF c1" || err != nil {
			t.Errorf("%q, %v", pdf, err)
		}
	})
}

// What nobody but the doctor may read stays here.
func TestTellsNobody(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		r := request("c1")
		r.Title = "Promemoria di RSSMRA80A01H501U"
		o.set(func() { o.fault["create"] = printing.Fault(wire.ErrPrintReject, "", nil) })
		id := o.submit(r)
		pass(time.Minute)
		o.set(func() { clear(o.fault) })
		pass(time.Minute)
		o.stands(printing.Look{State: wire.PrintFailed, Problem: wire.ErrPrintRefused})
		pass(time.Minute)
		o.is(id, wire.PrintFailed, wire.ErrPrintRefused)
		if name := o.desk.jobs[0].ticket.Name; name != "Raccordo "+id[:8] {
			t.Errorf("the spooler knows it as %q", name)
		}
		if log := o.log.String(); log == "" || strings.Contains(log, "RSSMRA") || strings.Contains(log, "gestionale") {
			t.Errorf("log: %s", log)
		}
	})
}

// A day is the longest that a sheet waits.
func TestGivesUp(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.set(func() { o.fault["create"] = printing.Fault(wire.ErrPrintMissing, "", nil) })
		id := o.submit(request("c1"))
		pass(23*time.Hour + 58*time.Minute)
		o.is(id, wire.PrintQueued, wire.ErrPrintMissing)
		pass(4 * time.Minute)
		o.is(id, wire.PrintFailed, wire.ErrPrintRefused)
		if d := o.row1(id).Problem.Data.Detail; !strings.Contains(d, string(wire.ErrPrintMissing)) {
			t.Errorf("detail %q", d)
		}
		if c := o.Counts(); c != (wire.Printing{Held: 1}) {
			t.Errorf("%+v", c)
		}
		pass(25 * time.Hour)
		if len(o.List(Filter{})) != 0 || len(o.values) != 0 {
			t.Errorf("%d jobs, %d files after a day", len(o.List(Filter{})), len(o.values))
		}
	})
}

// At one printer the order stays, also after a fault; another one goes on.
func TestOrder(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.set(func() { o.fault["create A"] = printing.Fault(wire.ErrPrintReject, "", nil) })
		var want []string
		for i := range 5 {
			r := request(fmt.Sprint("a", i))
			want = append(want, string(r.PDF))
			o.submit(r)
		}
		r := request("b")
		r.Profile = wire.SheetBianca
		other := o.submit(r)
		pass(time.Minute)
		o.is(other, wire.PrintAccepted, "")
		for _, row := range o.List(Filter{}) {
			if row.ID != other && (row.Problem == nil || row.Problem.Data.Code != wire.ErrPrintReject) {
				t.Errorf("one that stands behind does not say why it waits: %+v", row)
			}
		}
		o.set(func() { clear(o.fault) })
		pass(time.Minute)
		if got := o.released(); !slices.Equal(got[1:], want) {
			t.Errorf("%q", got)
		}
	})
}

// A printer that hangs does not keep another waiting, and the end of Run does not
// wait for it longer than said.
func TestHangs(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.set(func() {
			o.during = func(request string, p printing.Ticket) {
				if request == "create" && p.Printer == "A" {
					time.Sleep(time.Hour)
				}
			}
		})
		o.submit(request("a"))
		r := request("b")
		r.Profile = wire.SheetBianca
		other := o.submit(r)
		pass(time.Second)
		o.is(other, wire.PrintAccepted, "")
	})
}

// Other settings are obeyed by what waits.
func TestSettingsChange(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.set(func() { o.chosen[wire.SheetPromemoria] = "" })
		id := o.submit(request("c1"))
		pass(time.Hour)
		o.is(id, wire.PrintQueued, wire.ErrPrintNone)
		o.set(func() { o.chosen[wire.SheetPromemoria] = "C" })
		o.Retry()
		pass(time.Second / 2)
		o.is(id, wire.PrintAccepted, "")
		if p := o.row1(id).Printer; p != "C" {
			t.Errorf("printed at %q", p)
		}
	})
}

func TestList(t *testing.T) {
	mine := page
	inOffice(t, func(t *testing.T, o *office) {
		first, second := o.submit(request("c1")), ""
		r := request("c1")
		r.Origin = "https://other.example"
		second = o.submit(r)
		ids := func(f Filter) (ids []string) {
			for _, row := range o.List(f) {
				ids = append(ids, row.ID)
			}
			return ids
		}
		for name, row := range map[string]struct {
			filter Filter
			want   []string
		}{
			"all, newest first":             {Filter{}, []string{second, first}},
			"of a page":                     {Filter{Origin: &mine}, []string{first}},
			"by id, in order":               {Filter{IDs: []string{first, second}}, []string{first, second}},
			"another's id":                  {Filter{IDs: []string{second}, Origin: &mine}, nil},
			"an id that is known to nobody": {Filter{IDs: []string{"none"}}, nil},
		} {
			if got := ids(row.filter); !slices.Equal(got, row.want) {
				t.Errorf("%s: %q", name, got)
			}
		}
		if j, ok := o.Get(second); !ok || j.Origin != r.Origin || j.PDF != nil {
			t.Errorf("%+v, %v", j, ok)
		}
		if _, ok := o.Get("none"); ok {
			t.Error("there is a job of no id")
		}
		if row := o.Wait(t.Context(), "none"); row.Problem == nil || row.Problem.Data.Code != wire.ErrPrintJob {
			t.Errorf("%+v", row)
		}
	})
}
