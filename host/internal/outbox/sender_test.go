package outbox

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func TestSendsAList(t *testing.T) {
	f, changes := newFake(), atomic.Int32{}
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Changed: func() { changes.Add(1) }})
	var progress []wire.BatchProgress
	got := s.Send(context.Background(), Order{Doctor: giulia(), Origin: page}, list(3), func(p wire.BatchProgress) { progress = append(progress, p) })
	want := wire.PrescriptionResult{ClientID: "c2", State: wire.Sent, NRE: "0900A0000000101", CodAutenticazione: "AUT0900A0000000101",
		InsertedAt: "2026-11-22 18:20:00", Warnings: []wire.Notice{}, Errors: []wire.Notice{}, HasPromemoria: true, Attempts: 1}
	if d := cmp.Diff(want, got[1]); d != "" {
		t.Error(d)
	}
	once(t, f, "c1", "c2", "c3")
	if f.lots != 1 || changes.Load() == 0 || len(progress) != 3 || progress[2].Done != 3 || progress[2].Total != 3 {
		t.Error(f.lots, changes.Load(), progress)
	}
	again := send(s, list(3))
	if d := cmp.Diff(got, again); d != "" || len(f.sends) != 3 {
		t.Error("the second click:", d, f.sends)
	}
	if c := must[wire.Outbox](t)(s.box.Counts()); c != (wire.Outbox{}) {
		t.Errorf("%+v", c)
	}
}

func TestFaultsOfOneSend(t *testing.T) {
	tests := []struct {
		name          string
		before, after error
		want          []wire.SendState // of three, the fault hits the second
		problem       wire.ErrorCode
		thirdAsked    bool
	}{
		{"refused connection", bang{wire.ErrRegionDown, false}, nil, []wire.SendState{wire.Sent, wire.Queued, wire.Queued}, wire.ErrRegionDown, false},
		{"session ended", bang{wire.ErrSessionEnded, false}, nil, []wire.SendState{wire.Sent, wire.Queued, wire.Queued}, wire.ErrSessionEnded, false},
		{"lost on the way", bang{wire.ErrRegionTime, true}, nil, []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"answer lost", nil, bang{wire.ErrRegionTime, true}, []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"answer garbled", nil, bang{wire.ErrRegionAnswer, true}, []wire.SendState{wire.Sent, wire.Unknown, wire.Sent}, wire.ErrRxUnknown, true},
		{"untyped", nil, errors.New("who knows"), []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"soap fault, client", bang{wire.ErrRegionFault, false}, nil, []wire.SendState{wire.Sent, wire.Refused, wire.Sent}, wire.ErrRxRefused, true},
		{"soap fault, server", bang{wire.ErrRegionFault, true}, nil, []wire.SendState{wire.Sent, wire.Unknown, wire.Sent}, wire.ErrRxUnknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			second := func(err error) func(int, wire.Prescription) error {
				return func(n int, _ wire.Prescription) error {
					if n == 2 {
						return err
					}
					return nil
				}
			}
			f.beforeSend, f.afterSend = second(tt.before), second(tt.after)
			s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
			got := send(s, list(3))
			if d := cmp.Diff(tt.want, states(got)); d != "" {
				t.Error(d)
			}
			if got[1].Problem == nil || got[1].Problem.Data.Code != tt.problem {
				t.Errorf("problem %+v", got[1].Problem)
			}
			if asked := len(f.sends) == 3; asked != tt.thirdAsked {
				t.Errorf("region asked %d times", len(f.sends))
			}

			f.beforeSend, f.afterSend = nil, nil
			for _, r := range send(s, list(3)) { // the doctor clicks again
				if r.State != wire.Sent || r.CodAutenticazione == "" {
					t.Errorf("second time: %+v", r)
				}
			}
			once(t, f, "c1", "c2", "c3")
		})
	}
}

func TestRefusalsBlockNobody(t *testing.T) {
	f := newFake()
	f.answer = func(p wire.Prescription) *ricetta.Receipt {
		if p.ClientID == "c2" {
			return &ricetta.Receipt{Outcome: "9999", Errors: []wire.Notice{{Code: "1176", Item: 1, Text: "Nota AIFA obbligatoria"}}, Warnings: []wire.Notice{{Code: "1024"}}}
		}
		return nil
	}
	ps := list(4)
	ps[2].TipoVisita = "" // our own check
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	got := send(s, ps)
	if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Refused, wire.Refused, wire.Sent}, states(got)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]wire.Notice{{Code: "1176", Item: 1, Text: "Nota AIFA obbligatoria"}}, got[1].Errors); d != "" || len(got[1].Warnings) != 1 {
		t.Error(d, got[1].Warnings)
	}
	if got[2].Problem.Data.Code != wire.ErrRxInvalid || got[2].Errors[0].Field != "tipo_visita" {
		t.Errorf("%+v", got[2])
	}
	changed := list(1)
	changed[0].Dettagli[0].Quantita = 3
	if got := send(s, changed); got[0].State != wire.Refused || got[0].Problem.Data.Code != wire.ErrRxChanged {
		t.Errorf("%+v", got[0])
	}
	once(t, f, "c1", "c4")
}

func TestLotTroubleStopsTheList(t *testing.T) {
	f := newFake()
	f.beforeLot = func() error { return bang{wire.ErrRegionBusy, false} }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	for _, r := range send(s, list(2)) {
		if r.State != wire.Queued || r.Problem.Data.Code != wire.ErrRegionBusy || r.NRE != "" {
			t.Errorf("%+v", r)
		}
	}
	if len(f.sends) != 0 {
		t.Error("sent without a number")
	}
}

func TestCancelBetweenPrescriptions(t *testing.T) {
	f := newFake()
	ctx, cancel := context.WithCancel(context.Background())
	f.beforeSend = func(int, wire.Prescription) error { cancel(); return nil }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	got := s.Send(ctx, Order{Doctor: giulia(), Origin: page}, list(3), nil)
	if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Queued, wire.Queued}, states(got)); d != "" || got[1].Problem.Data.Code != wire.ErrCancelled {
		t.Error(d, got[1].Problem)
	}
	if again := s.Send(ctx, Order{Doctor: giulia(), Origin: page}, list(3), nil); again[0].State != wire.Sent || again[2].State != wire.Queued || len(f.sends) != 1 {
		t.Errorf("given up before its turn: %+v", states(again))
	}
}

func TestTwoPagesAtOnce(t *testing.T) {
	f := newFake()
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			for _, r := range send(s, list(5)) {
				if r.State != wire.Sent {
					t.Errorf("%+v", r)
				}
			}
		})
	}
	wait.Wait()
	once(t, f, "c1", "c2", "c3", "c4", "c5")
	if len(f.sends) != 5 {
		t.Errorf("%d requests", len(f.sends))
	}
}

func TestRegionGivesTheNumber(t *testing.T) {
	f := newFake()
	f.answer = func(wire.Prescription) *ricetta.Receipt {
		return &ricetta.Receipt{NRE: "1300A4019294833", CodAutenticazione: "AUT", Outcome: "0001"}
	}
	s := NewSender(with(t, Options{RegionNumbers: true}), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	if got := send(s, list(1)); got[0].State != wire.Sent || got[0].NRE != "1300A4019294833" || f.lots != 0 || f.sends[0] != "" {
		t.Errorf("%+v %v", got[0], f.sends)
	}
	f.beforeSend = func(int, wire.Prescription) error { return bang{wire.ErrRegionTime, true} }
	for range 2 {
		if got := send(s, list(2)); got[1].State != wire.Unknown || got[1].Problem == nil {
			t.Errorf("%+v", got[1])
		}
	}
	if len(f.sends) != 2 {
		t.Errorf("an unknown outcome without a number was sent again: %d", len(f.sends))
	}
}
