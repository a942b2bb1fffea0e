package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// Each prescription is told once, and one that waits for a login not yet.
func TestListener(t *testing.T) {
	var heard []wire.BatchProgress
	ear := &listener{total: 3, told: map[string]bool{}, notify: func(ev wire.Event) { heard = append(heard, ev.Params.(wire.BatchProgress)) }}
	sent := func(id string) wire.PrescriptionResult {
		return wire.PrescriptionResult{ClientID: id, State: wire.Sent}
	}
	waits := wire.PrescriptionResult{ClientID: "2", State: wire.Queued, Problem: wire.NewError(wire.ErrLoginNeeded, "")}
	down := wire.PrescriptionResult{ClientID: "3", State: wire.Queued, Problem: wire.NewError(wire.ErrRegionDown, "")}
	ear.progress(wire.BatchProgress{Done: 1, Result: sent("1")})
	ear.progress(wire.BatchProgress{Done: 2, Result: waits})
	ear.paused(wire.ErrLoginNeeded)
	ear.progress(wire.BatchProgress{Done: 1, Result: sent("1")}) // the list a second time
	ear.progress(wire.BatchProgress{Done: 2, Result: sent("2")})
	ear.progress(wire.BatchProgress{Done: 3, Result: down})
	want := []wire.BatchProgress{
		{Done: 1, Total: 3, Result: sent("1")}, {Done: 1, Total: 3, Result: sent("1"), Paused: wire.ErrLoginNeeded},
		{Done: 2, Total: 3, Result: sent("2")}, {Done: 3, Total: 3, Result: down},
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Error(diff)
	}
	(&listener{told: map[string]bool{}}).progress(wire.BatchProgress{Result: sent("1")}) // nobody listens
}

func TestBatchesAreTheCallers(t *testing.T) {
	page := func(origin string) Call {
		return Call{Request: wire.Request{Origin: origin}, Caller: wire.Caller{Kind: "browser", Browser: "chromium", Extension: chromium}}
	}
	firefox := page(clinic)
	firefox.Caller = wire.Caller{Kind: "browser", Browser: "firefox", Extension: "connettore@raccordo.example"}
	rows := map[string]struct {
		by   Call
		want []bool // clinic in chromium, clinic in firefox, another page, the command line
	}{
		"the page":         {page(clinic), []bool{true, false, false, false}},
		"another page":     {page("https://altro.example"), []bool{false, false, true, false}},
		"another browser":  {firefox, []bool{false, true, false, false}},
		"nobody's page":    {page("https://nessuno.example"), []bool{false, false, false, false}},
		"the popup":        {page(""), []bool{true, true, true, true}},
		"the command line": {Call{Caller: wire.Caller{Kind: "cli"}}, []bool{true, true, true, true}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var b batches
			var running []context.Context
			for _, c := range []Call{page(clinic), firefox, page("https://altro.example"), {Caller: wire.Caller{Kind: "cli"}}} {
				ctx, end := b.begin(t.Context(), c)
				defer end()
				running = append(running, ctx)
			}
			b.halt(row.by)
			for i, ctx := range running {
				stopped := errors.Is(context.Cause(ctx), outbox.ErrStopped)
				if stopped != row.want[i] {
					t.Errorf("batch %d stopped: %v", i, stopped)
				}
			}
		})
	}
	var b batches
	_, end := b.begin(t.Context(), page(clinic))
	end()
	if len(b.running) != 0 {
		t.Error("a batch that ended is still there")
	}
}

func TestTitolare(t *testing.T) {
	const me, other = "VRDGLI75C41X000D", "NREPLA68T12X001Z"
	named := func(cf string) *wire.Titolare { return &wire.Titolare{CodiceFiscale: cf} }
	for name, row := range map[string]struct {
		session  string
		titolare *wire.Titolare
		want     wire.ErrorCode
	}{
		"nobody stands in":       {"", nil, ""},
		"a titolare for nothing": {"", named(other), wire.ErrTitolare},
		"no titolare":            {other, nil, wire.ErrSubstitute},
		"the session's":          {other, named(other), ""},
		"another one":            {other, named(me), wire.ErrTitolare},
	} {
		err := (&Engine{}).titolareFits(&link{substituteOf: row.session}, row.titolare)
		if err == nil && row.want != "" || err != nil && codeOf(err) != row.want {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
}
