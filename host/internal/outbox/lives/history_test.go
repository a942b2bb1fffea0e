package lives

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// said is one hand-over of one prescription, or a look at how often it came to
// exist.
type said struct {
	client  string
	version int
	count   bool
}

// heard is the answer.
type heard struct {
	state   wire.SendState
	proof   string // number and codAutenticazione of a sent one
	changed bool   // refused because it was taken with other contents
	births  int
}

// fateOf is what a correct outbox may know of one client_id.
type fateOf struct {
	taken   bool
	version int
	left    bool // it may be at the region: other contents come too late
	proof   string
}

// once is the specification: it comes to exist at most once; contents may be
// replaced until a request may have left, and whoever handed over others is
// told so; everybody who is told that it is sent is told the same proof, from
// the first time on.
var once = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[string][]porcupine.Operation{}
		for _, o := range history {
			by[o.Input.(said).client] = append(by[o.Input.(said).client], o)
		}
		var parts [][]porcupine.Operation
		for _, p := range by {
			parts = append(parts, p)
		}
		return parts
	},
	Init: func() any { return fateOf{} },
	Step: func(state, input, output any) (bool, any) {
		return stepOnce(state.(fateOf), input.(said), output.(heard))
	},
	Equal: func(a, b any) bool { return a == b },
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("%+v → %+v", input, output)
	},
}

func stepOnce(f fateOf, in said, out heard) (bool, any) {
	other := f.taken && f.version != in.version
	switch {
	case in.count:
		return out.births <= 1 && (f.proof == "" || out.births == 1) && (f.taken || out.births == 0), f
	case out.changed:
		return other, f
	case other && f.left:
		return false, f
	case out.state == wire.Sent:
		return out.proof != "" && (f.proof == "" || f.proof == out.proof), fateOf{true, in.version, true, out.proof}
	}
	return f.proof == "", fateOf{true, in.version, f.left || out.state == wire.Unknown, ""}
}

// wires is the region behind a network of its own for the real Sender: it may
// be asked by several at once, and loses answers and requests.
type wires struct {
	mu     sync.Mutex
	region *region
	dice   *rand.Rand
	births map[string]int
}

func newWires(seed uint64) *wires {
	w := &wires{dice: rand.New(rand.NewPCG(seed, 3)), births: map[string]int{}}
	w.region = newRegion(habits{}, time.Now)
	w.region.born = func(p *paper) { w.births[p.who.client]++ }
	w.region.ended = func(*paper) {}
	return w
}

// way draws what becomes of a call: whether it arrives, and what is told
// instead of its answer.
func (w *wires) way() (arrives bool, err error) {
	switch w.dice.IntN(5) {
	case 0:
		return false, fault{code: wire.ErrRegionTime, arrived: true}
	case 1:
		return true, fault{code: wire.ErrRegionAnswer, arrived: true}
	case 2:
		return false, fault{code: wire.ErrRegionBusy, arrived: true}
	}
	return true, nil
}

func (w *wires) Lot(context.Context, ricetta.Doctor) (ricetta.Lot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.region.lot(doctors[0])
}

func (w *wires) Send(_ context.Context, doctor ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	arrives, err := w.way()
	var receipt ricetta.Receipt
	if arrives {
		receipt = w.region.send(doctor.CF, nre, p, compiled)
	}
	if err != nil {
		return ricetta.Receipt{}, err
	}
	return receipt, nil
}

func (w *wires) View(_ context.Context, doctor ricetta.Doctor, nre string) (wire.ViewResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.way(); err != nil {
		return wire.ViewResult{}, err
	}
	return w.region.view(doctor.CF, nre)
}

func (w *wires) Cancel(_ context.Context, doctor ricetta.Doctor, nre string) (wire.CancelResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return wire.CancelResult{}, w.region.cancel(doctor.CF, nre)
}

// TestHistories: two browsers and a command line hand the same prescriptions
// to the real Sender over a real file, at once; whatever they are told can be
// told by an outbox that does one thing at a time.
func TestHistories(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			history := record(t, seed)
			if result, info := porcupine.CheckOperationsVerbose(once, history, time.Minute); result != porcupine.Ok {
				path := filepath.Join(t.ArtifactDir(), "history.html")
				if err := porcupine.VisualizePath(once, info, path); err != nil {
					t.Error(err)
				}
				t.Errorf("not linearizable (%s): see %s", result, path)
				for _, part := range once.Partition(history) {
					if porcupine.CheckOperations(once, part) {
						continue
					}
					for _, o := range part {
						t.Logf("%d..%d caller %d %s", o.Call, o.Return, o.ClientId, once.DescribeOperation(o.Input, o.Output))
					}
				}
			}
		})
	}
}

// record lets the three callers talk and writes down what they say and hear.
func record(t *testing.T, seed uint64) []porcupine.Operation {
	t.Helper()
	w := newWires(seed)
	box, err := outbox.Open(filepath.Join(t.TempDir(), "outbox.db"), key, outbox.Options{Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	sender := outbox.NewSender(box, w, outbox.SenderOptions{Log: zerolog.Nop()})
	ctx, stop := context.WithCancel(context.Background())
	var background, callers sync.WaitGroup
	background.Go(func() { sender.Run(ctx) })
	doctor := orderOf(doctors[0], false).Doctor
	sender.Connected(&doctor)
	var mu sync.Mutex
	var history []porcupine.Operation
	for caller := range 3 {
		callers.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(100+caller)))
			for range 8 {
				for _, o := range talk(ctx, sender, caller, dice) {
					mu.Lock()
					history = append(history, o)
					mu.Unlock()
				}
			}
		})
	}
	callers.Wait()
	stop()
	background.Wait()
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	return append(history, counts(w)...)
}

// talk hands a short list over and splits the answer into one operation for
// each prescription.
func talk(ctx context.Context, s *outbox.Sender, caller int, dice *rand.Rand) []porcupine.Operation {
	var list []wire.Prescription
	var ops []porcupine.Operation
	for _, n := range dice.Perm(5)[:1+dice.IntN(3)] {
		version := 1 + dice.IntN(8)/7
		list = append(list, wish{who: intent{doctors[0], clientID(n)}, patient: patients[n%3]}.version(version))
		ops = append(ops, porcupine.Operation{ClientId: caller, Input: said{client: clientID(n), version: version}})
	}
	from := instant()
	results := s.Send(ctx, orderOf(doctors[0], false), list, nil)
	to := instant()
	for i, r := range results {
		out := heard{state: r.State, changed: reason(r.Problem) == wire.ErrRxChanged}
		if r.State == wire.Sent {
			out.proof = r.NRE + " " + r.CodAutenticazione
		}
		ops[i].Call, ops[i].Return, ops[i].Output = from, to, out
	}
	return ops
}

// counts are the last operations of a history: how often each came to exist.
func counts(w *wires) []porcupine.Operation {
	var ops []porcupine.Operation
	for n := range 5 {
		at := instant()
		ops = append(ops, porcupine.Operation{ClientId: 3, Input: said{client: clientID(n), count: true}, Call: at, Return: instant(), Output: heard{births: w.births[clientID(n)]}})
	}
	return ops
}

var epoch = time.Now()

// instant is the monotonic clock: the wall's may jump.
func instant() int64 { return int64(time.Since(epoch)) }
