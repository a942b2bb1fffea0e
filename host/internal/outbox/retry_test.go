package outbox

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sending is a record whose attempt of that number is under way.
func sending(attempts int) Record {
	p := rx("c1")
	return Record{
		ID: fmt.Sprintf("%064x", 1), State: Sending, NRE: "0900A0000000100", Prescription: &p,
		CompiledAt: noon.Add(-time.Minute), Attempts: attempts, Tries: attempts,
	}
}

// rowWant is what a fault does to a prescription that left for the first time,
// and to one of which an older request may still be on its way.
type rowWant struct {
	code    wire.ErrorCode
	left    bool
	first   State
	counted bool // as an attempt
	second  State
	waits   bool // the second one waits for the doctor
	all     bool // nothing else is sent now
	paused  bool // until there is a session
}

// retryWants has one line for each row of the table, and one for each hop
// whose codes have no row.
var retryWants = []rowWant{
	{wire.ErrRegionFault, false, Refused, true, Unknown, true, false, false},
	{wire.ErrRegionFault, true, Unknown, true, Unknown, false, false, false},
	{wire.ErrRegionAnswer, false, Unknown, true, Unknown, false, false, false},
	{wire.ErrRegionAnswer, true, Unknown, true, Unknown, false, false, false},
	{wire.ErrRegionTime, false, Queued, false, Unknown, false, true, false},
	{wire.ErrRegionTime, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrRegionDown, false, Queued, false, Unknown, false, true, false},
	{wire.ErrRegionDown, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrRegionBusy, false, Queued, false, Unknown, false, true, false},
	{wire.ErrRegionBusy, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrMaintenance, false, Queued, false, Unknown, false, true, false},
	{wire.ErrMaintenance, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrRegionLimit, false, Queued, false, Unknown, false, true, false},
	{wire.ErrRegionLimit, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrTLS, false, Queued, false, Unknown, false, true, false},
	{wire.ErrTLS, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrTLSServer, false, Queued, false, Unknown, false, true, false},
	{wire.ErrTLSRefused, false, Queued, false, Unknown, false, true, true},
	{wire.ErrClock, false, Queued, false, Unknown, false, true, false},
	{wire.ErrProxy, false, Queued, false, Unknown, false, true, false},
	{wire.ErrProxyAuth, false, Queued, false, Unknown, false, true, false},
	{wire.ErrRegionConfig, false, Queued, false, Unknown, false, true, true},
	{wire.ErrIncomplete, false, Queued, false, Unknown, false, true, true},
	{wire.ErrRegionCipher, false, Queued, false, Unknown, false, true, true},
	{wire.ErrPinCode, false, Queued, false, Unknown, false, true, true},
	{wire.ErrConsent, false, Queued, false, Unknown, false, true, true},
	{wire.ErrUnsupported, false, Queued, false, Unknown, false, true, true},
	{wire.ErrCancelled, false, Queued, false, Unknown, false, true, false},
	{wire.ErrCancelled, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrDeadline, false, Queued, false, Unknown, false, true, false},
	{wire.ErrDeadline, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrInternal, false, Queued, false, Unknown, false, true, false},
	{wire.ErrInternal, true, Unknown, true, Unknown, false, true, false},
	{wire.ErrTitolare, false, Refused, true, Unknown, true, false, false},
	{wire.ErrRxInvalid, false, Refused, true, Unknown, true, false, false},
	{wire.ErrRxRefused, false, Refused, true, Unknown, true, false, false},
	{wire.ErrRxState, false, Refused, true, Unknown, true, false, false},
	{wire.ErrRxNone, false, Refused, true, Unknown, true, false, false},
	// By their hop.
	{wire.ErrSessionEnded, false, Queued, false, Unknown, false, true, true},
	{wire.ErrSessionEnded, true, Unknown, true, Unknown, false, true, true},
	{wire.ErrCardRemoved, false, Queued, false, Unknown, false, true, true},
	{wire.ErrNoReader, false, Queued, false, Unknown, false, true, true},
	{wire.ErrPCSCDown, false, Queued, false, Unknown, false, true, true},
	{wire.ErrModuleLost, false, Queued, false, Unknown, false, true, true},
	{wire.ErrPINLocked, false, Queued, false, Unknown, false, true, true},
	{wire.ErrKeyring, false, Queued, false, Unknown, false, true, false},
	{wire.ErrPatientNone, true, Unknown, true, Unknown, false, true, false},
}

func TestRetryTableRowByRow(t *testing.T) {
	for _, w := range retryWants {
		t.Run(fmt.Sprintf("%s left=%t", w.code, w.left), func(t *testing.T) {
			out := Outcome{Err: bang{w.code, w.left}}
			first := decide(sending(1), Send, out, Options{}, noon, 0.5)
			second := decide(sending(2), Send, out, Options{}, noon, 0.5)
			got := rowWant{
				code: w.code, left: w.left, first: first.r.State, counted: first.r.Attempts == 1, second: second.r.State,
				waits: second.r.Waits, all: first.fault.all, paused: first.fault.pause,
			}
			if d := cmp.Diff(w, got, cmp.AllowUnexported(rowWant{})); d != "" {
				t.Error(d)
			}
			if first.r.NRE != "0900A0000000100" || second.r.NRE != first.r.NRE {
				t.Error("the number changed", first.r.NRE, second.r.NRE)
			}
			if second.r.State == Unknown && second.r.Next != View {
				t.Errorf("next %q: what may be there is asked for first", second.r.Next)
			}
			if first.r.Problem == nil {
				t.Error("no reason given")
			}
			backs := !first.fault.pause && first.r.State != Refused
			if later := first.r.Due.After(noon); later != backs && !(w.code == wire.ErrSessionEnded && w.left) {
				t.Errorf("due %v", first.r.Due)
			}
		})
	}
}

func TestEveryRowHasItsTest(t *testing.T) {
	for _, r := range retries {
		tested := 0
		for _, w := range retryWants {
			if w.code == r.code && w.left == r.left {
				tested++
			}
		}
		if tested != 1 {
			t.Errorf("%s left=%t is tested %d times", r.code, r.left, tested)
		}
	}
	hop := map[wire.Hop]bool{}
	for _, w := range retryWants {
		hop[wire.Lookup(w.code).Hop] = true
	}
	for h := range hops {
		if !hop[h] {
			t.Errorf("hop %s is not tested", h)
		}
	}
}

// limited is a region that asks for fewer requests.
type limited struct {
	bang
	wait time.Duration
}

func (l limited) RetryAfter() time.Duration { return l.wait }

func TestAsTold(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want time.Duration
	}{
		{"in a minute", limited{bang{wire.ErrRegionLimit, false}, time.Minute}, time.Minute},
		{"not told: hourly", bang{wire.ErrRegionLimit, false}, time.Hour},
		{"zero: hourly", limited{bang{wire.ErrRegionLimit, false}, 0}, time.Hour},
		{"next year: bounded", limited{bang{wire.ErrRegionLimit, false}, 9000 * time.Hour}, maxTold},
		{"wrapped", fmt.Errorf("sending: %w", limited{bang{wire.ErrRegionLimit, false}, time.Minute}), time.Minute},
		{"another code tells nothing", limited{bang{wire.ErrRegionBusy, false}, time.Hour}, time.Duration(0.5 * float64(backoffBase))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(sending(1), Send, Outcome{Err: tt.err}, Options{}, noon, 0.5)
			if got := d.r.Due.Sub(noon); got != tt.want {
				t.Errorf("comes back after %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBackoff(t *testing.T) {
	for fails, most := range map[int]time.Duration{
		0: backoffBase, 1: backoffBase, 2: 2 * backoffBase, 5: 16 * backoffBase, 9: backoffCap, 10: backoffCap, 5000: backoffCap,
	} {
		for _, roll := range []float64{0, 0.25, 0.999} {
			if got, want := backoff(fails, roll), time.Duration(roll*float64(most)); got != want {
				t.Errorf("%d fails, roll %v: %v, want %v", fails, roll, got, want)
			}
		}
	}
}

// TestRetriesEnd: a region that never answers a send is given up after ten,
// however often it is asked in between.
func TestRetriesEnd(t *testing.T) {
	r, sends := sending(1), 1
	for range 100 {
		r = decide(r, Send, Outcome{Err: bang{wire.ErrRegionTime, true}}, Options{}, noon, 0.5).r
		r = decide(r, View, Outcome{Err: bang{wire.ErrRegionTime, true}}, Options{}, noon, 0.5).r
		r = decide(r, View, Outcome{Err: bang{wire.ErrRxNone, false}}, Options{}, noon, 0.5).r
		if r.waiting() {
			break
		}
		sends++
		r.State, r.Attempts, r.Tries = Sending, r.Attempts+1, r.Tries+1
	}
	if sends != maxTries || !r.Waits || r.Problem.Data.Code != wire.ErrRxWaits || r.Next != Send {
		t.Errorf("%d sends, %+v", sends, r)
	}
}

func TestWorstCase(t *testing.T) {
	f := read(errors.New("who knows"))
	if f.then != ask || !f.all || f.problem.Data.Code != wire.ErrInternal {
		t.Errorf("%+v", f)
	}
}
