package outbox

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// gated is a region whose sends wait until they are let through.
type gated struct {
	*fakeRegion
	arrived chan string
	let     chan struct{}
}

func newGated() gated {
	return gated{newFake(), make(chan string, 100), make(chan struct{})}
}

func (g gated) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	g.arrived <- p.ClientID
	select {
	case <-g.let:
	case <-ctx.Done():
		return ricetta.Receipt{}, bang{wire.ErrCancelled, true}
	}
	return g.fakeRegion.Send(ctx, d, nre, p, compiled)
}

// running is a Sender with its Run, and the channel on which it tells changes.
func running(t *testing.T, box *Outbox, region Region) (*Sender, chan struct{}) {
	t.Helper()
	changed := make(chan struct{}, 1000)
	s := NewSender(box, region, SenderOptions{Changed: func() { changed <- struct{}{} }})
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { s.Run(ctx) })
	t.Cleanup(func() { cancel(); wait.Wait() })
	return s, changed
}

// settles waits until nothing of a journal is on its way.
func settles(t *testing.T, box *Outbox, changed chan struct{}, want wire.Outbox) {
	t.Helper()
	for range changed {
		if c := must[wire.Outbox](t)(box.Counts()); c == want {
			return
		}
	}
}

func TestBackgroundWaitsForASession(t *testing.T) {
	box, f := fresh(t), newFake()
	s, changed := running(t, box, f)
	if _, err := box.Take(Order{Doctor: giulia(), Origin: page}, list(3)); err != nil {
		t.Fatal(err)
	}
	s.Connected(nil)
	if len(f.sends) != 0 {
		t.Fatal("sent without a session")
	}
	d := giulia()
	s.Connected(&d)
	settles(t, box, changed, wire.Outbox{})
	once(t, f, "c1", "c2", "c3")
}

// TestBackgroundAfterTheSession: a session that is older than the background
// does not make it sleep over what waits.
func TestBackgroundAfterTheSession(t *testing.T) {
	for range 20 {
		box, f := fresh(t), newFake()
		if _, err := box.Take(Order{Doctor: giulia(), Origin: page}, list(1)); err != nil {
			t.Fatal(err)
		}
		changed := make(chan struct{}, 1000)
		s := NewSender(box, f, SenderOptions{Changed: func() { changed <- struct{}{} }})
		d := giulia()
		s.Connected(&d)
		ctx, cancel := context.WithCancel(context.Background())
		var wait sync.WaitGroup
		wait.Go(func() { s.Run(ctx) })
		settles(t, box, changed, wire.Outbox{})
		cancel()
		wait.Wait()
	}
}

func TestLostSessionPausesAndGoesOn(t *testing.T) {
	box, f := fresh(t), newFake()
	// The background may be first to meet it, and the list tries once more.
	var again atomic.Bool
	f.beforeSend = func(n int, _ wire.Prescription) error {
		if n > 1 && !again.Load() {
			return bang{wire.ErrSessionEnded, false}
		}
		return nil
	}
	s, changed := running(t, box, f)
	d := giulia()
	s.Connected(&d)
	got := s.Send(context.Background(), Order{Doctor: d, Origin: page}, list(3), nil)
	if n := len(f.accepted); n != 1 {
		t.Errorf("%v", states(got))
	}
	for _, r := range got {
		if r.State == wire.Queued && (r.Problem == nil || r.Problem.Data.Code != wire.ErrSessionEnded || r.Attempts != 0) {
			t.Errorf("%+v", r)
		}
	}
	again.Store(true)
	s.Connected(&d)
	settles(t, box, changed, wire.Outbox{})
	once(t, f, "c1", "c2", "c3")
}

// TestOnlyTheSessionsDoctor: what another doctor left waits for him.
func TestOnlyTheSessionsDoctor(t *testing.T) {
	box, f := fresh(t), newFake()
	other := giulia()
	other.CF = "VRDLGI60A01X001A"
	if _, err := box.Take(Order{Doctor: other, Origin: page}, []wire.Prescription{rx("his")}); err != nil {
		t.Fatal(err)
	}
	s, changed := running(t, box, f)
	d := giulia()
	s.Connected(&d)
	if got := send(s, list(1)); got[0].State != wire.Sent {
		t.Fatalf("%+v", got)
	}
	settles(t, box, changed, wire.Outbox{Pending: 1})
	once(t, f, "c1")
}

func TestStoppedByTheDoctor(t *testing.T) {
	for name, cause := range map[string]error{"stopped": ErrStopped, "page closed": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			box, g := fresh(t), newGated()
			s := NewSender(box, g, SenderOptions{Parallel: 1})
			ctx, cancel := context.WithCancelCause(context.Background())
			results := make(chan []wire.PrescriptionResult)
			go func() { results <- s.Send(ctx, Order{Doctor: giulia(), Origin: page}, list(5), nil) }()
			<-g.arrived
			g.let <- struct{}{}
			<-g.arrived // the second is under way: its answer is worth more
			cancel(cause)
			close(g.let)
			got := <-results
			want := wire.Queued
			if name == "stopped" {
				want = wire.Draft
			}
			for i, r := range got {
				switch {
				case i < 2 && r.State != wire.Sent:
					t.Errorf("%d: %+v", i, r)
				case i > 2 && (r.State != want || r.Problem == nil || r.Problem.Data.Code != wire.ErrCancelled):
					t.Errorf("%d: %+v", i, r)
				}
			}
			again := send(s, list(5)) // the doctor goes on
			for _, r := range again {
				if r.State != wire.Sent {
					t.Errorf("%+v", r)
				}
			}
			once(t, g.fakeRegion, "c1", "c2", "c3", "c4", "c5")
		})
	}
}

func TestByHand(t *testing.T) {
	box, f := fresh(t), newFake()
	s := NewSender(box, f, SenderOptions{Parallel: 1})
	ctx := context.Background()
	draft := Order{Doctor: giulia(), Origin: page, Draft: true}
	if got := s.Send(ctx, draft, list(2), nil); got[0].State != wire.Draft {
		t.Fatalf("%+v", got)
	}
	one := Filter{Origin: page, ClientIDs: []string{"c1", "nobody"}}
	waits, err := s.Retry(ctx, one, nil)
	if err != nil || len(waits) != 1 || waits[0].State != wire.Queued || len(f.sends) != 0 {
		t.Fatalf("without a session: %+v %v", waits, err)
	}
	d := giulia()
	s.Connected(&d)
	var told []wire.BatchProgress
	sent, err := s.Retry(ctx, one, func(p wire.BatchProgress) { told = append(told, p) })
	if err != nil || sent[0].State != wire.Sent || len(told) != 1 || told[0].Result.State != wire.Sent || told[0].Total != 1 {
		t.Errorf("%+v %v %+v", sent, err, told)
	}
	if foreign, err := s.Discard(ctx, Filter{Origin: "https://altra.example", IDs: []string{sent[0].ID}}); err != nil || len(foreign) != 0 {
		t.Errorf("another page's: %+v %v", foreign, err)
	}
	gone, err := s.Discard(ctx, Filter{Origin: page, ClientIDs: []string{"c2", "nobody"}})
	if err != nil || len(gone) != 0 {
		t.Errorf("%+v %v", gone, err)
	}
	f.lose(true)
	lost := send(s, []wire.Prescription{rx("lost")})
	if lost[0].State != wire.Unknown {
		t.Fatalf("%+v", lost)
	}
	dead, err := s.Discard(ctx, Filter{Origin: page, ClientIDs: []string{"lost"}})
	if err != nil || len(dead) != 1 || dead[0].State != wire.Cancelled || len(f.cancels) != 1 {
		t.Errorf("%+v %v", dead, err)
	}
	if _, err := s.Discard(ctx, one); !errors.Is(err, ErrState) {
		t.Error("what was sent:", err)
	}
	if _, err := s.Resolve(ctx, Filter{IDs: []string{"00"}}, Absent, ""); !errors.Is(err, ErrAbsent) {
		t.Error(err)
	}
}

func TestResolveByHand(t *testing.T) {
	f := newFake()
	s := NewSender(with(t, Options{RegionNumbers: true}), blind{f}, SenderOptions{})
	d := giulia()
	s.Connected(&d)
	f.lose(false)
	got := send(s, list(1))
	if got[0].State != wire.Unknown {
		t.Fatalf("%+v", got)
	}
	got = send(s, list(1)) // the region does not tell: the doctor has to
	entries, err := s.box.List(Filter{Origin: page})
	if err != nil || !entries[0].Decide || got[0].Problem.Data.Code != wire.ErrRxUnclear {
		t.Fatalf("%+v %+v %v", got, entries, err)
	}
	settled, err := s.Resolve(context.Background(), Filter{IDs: []string{entries[0].ID}}, Absent, "")
	if err != nil || settled[0].State != wire.Sent {
		t.Errorf("%+v %v", settled, err)
	}
	once(t, f, "c1")
}

// blind is a region that does not tell which numbers are used.
type blind struct{ f *fakeRegion }

func (b blind) Lot(ctx context.Context, d ricetta.Doctor) (ricetta.Lot, error) {
	return b.f.Lot(ctx, d)
}
func (b blind) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, at time.Time) (ricetta.Receipt, error) {
	return b.f.Send(ctx, d, nre, p, at)
}
func (b blind) View(ctx context.Context, d ricetta.Doctor, nre string) (wire.ViewResult, error) {
	return b.f.View(ctx, d, nre)
}
func (b blind) Cancel(ctx context.Context, d ricetta.Doctor, nre string) (wire.CancelResult, error) {
	return b.f.Cancel(ctx, d, nre)
}

// TestOnePatientInOrder: what is handed out ahead leaves in the order of the
// list, and not at all when the one before it went wrong.
func TestOnePatientInOrder(t *testing.T) {
	f := newFake()
	var order []string
	f.beforeSend = func(n int, p wire.Prescription) error {
		order = append(order, p.ClientID)
		if p.ClientID == "d" && n == 4 {
			return bang{wire.ErrRegionAnswer, true}
		}
		return nil
	}
	s := NewSender(fresh(t), f, SenderOptions{})
	ps := []wire.Prescription{rx("a"), rx("b"), rx("c"), rx("d"), rx("e"), rx("f")}
	got := send(s, ps)
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, order); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Sent, wire.Sent, wire.Unknown, wire.Queued, wire.Queued}, states(got)); d != "" {
		t.Error(d)
	}
	if got[4].Attempts != 0 {
		t.Errorf("%+v", got[4])
	}
	send(s, ps)
	if d := cmp.Diff([]string{"a", "b", "c", "d", "d", "e", "f"}, order); d != "" {
		t.Error(d)
	}
	once(t, f, "a", "b", "c", "d", "e", "f")
}

// TestJournalFailsUnderWay: without a journal nothing more leaves, and whoever
// waits is told why.
func TestJournalFailsUnderWay(t *testing.T) {
	box, f := fresh(t), newFake()
	disk := &faulty{Store: box.store}
	box.store = disk
	f.afterSend = func(int, wire.Prescription) error { disk.refuse(ErrFull); return nil }
	s := NewSender(box, f, SenderOptions{Parallel: 1})
	got := send(s, list(3))
	if got[0].State != wire.Unknown || got[0].Problem.Data.Code != wire.ErrOutboxFull {
		t.Errorf("%+v", got[0])
	}
	if len(f.sends) > 2 {
		t.Errorf("%d sends without a journal", len(f.sends))
	}
	f.afterSend = nil
	disk.refuse(nil)
	for _, r := range send(s, list(3)) {
		if r.State != wire.Sent {
			t.Errorf("%+v", r)
		}
	}
	once(t, f, "c1", "c2", "c3")
}
