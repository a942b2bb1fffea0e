package outbox

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// crowd is n prescriptions of as many patients as there are.
func crowd(from, n int) []wire.Prescription {
	list := make([]wire.Prescription, n)
	for i := range list {
		list[i] = rx(fmt.Sprint("b", from+i))
		list[i].CodiceAssistito = anagrafe.Patients()[i%len(anagrafe.Patients())].CF
	}
	return list
}

// BenchmarkTake is one prescription taken in charge, durably.
func BenchmarkTake(b *testing.B) {
	o := fresh(b)
	order := Order{Doctor: giulia(), Origin: page}
	for i := 0; b.Loop(); i++ {
		if taken, err := o.Take(order, crowd(i, 1)); err != nil || !taken[0].Goes {
			b.Fatal(taken, err)
		}
	}
}

// BenchmarkOpen10000 is the start of an agent with ten thousand entries.
func BenchmarkOpen10000(b *testing.B) {
	path := filepath.Join(b.TempDir(), "outbox.db")
	o := openAt(b, path)
	for i := range 100 {
		if _, err := o.Take(Order{Doctor: giulia(), Origin: page}, crowd(100*i, 100)); err != nil {
			b.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o := openAt(b, path)
		if c, err := o.Counts(); err != nil || c.Pending != 10000 {
			b.Fatal(c, err)
		}
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// slow is a region that takes its time.
type slow struct {
	*fakeRegion
	takes time.Duration
}

func (r slow) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	time.Sleep(r.takes)
	return r.fakeRegion.Send(ctx, d, nre, p, compiled)
}

// BenchmarkSend100 is a list of a hundred, of one patient or of many, against
// a region that answers after two milliseconds: what is above 200 ms is ours.
func BenchmarkSend100(b *testing.B) {
	for _, bench := range []struct {
		name     string
		parallel int
		patients int
	}{{"one by one", 1, 100}, {"one patient", 4, 1}, {"four patients", 4, 4}} {
		b.Run(bench.name, func(b *testing.B) {
			s := NewSender(fresh(b), slow{newFake(), 2 * time.Millisecond}, SenderOptions{Parallel: bench.parallel})
			for i := 0; b.Loop(); i++ {
				list := make([]wire.Prescription, 100)
				for j := range list {
					list[j] = of(fmt.Sprint("b", 100*i+j), j%bench.patients)
				}
				for _, r := range s.Send(context.Background(), Order{Doctor: giulia(), Origin: page}, list, nil) {
					if r.State != wire.Sent {
						b.Fatal(r)
					}
				}
			}
		})
	}
}

// BenchmarkClaim10000 is one step of a sender with ten thousand entries.
func BenchmarkClaim10000(b *testing.B) {
	o := fresh(b)
	for i := range 100 {
		if _, err := o.Take(Order{Doctor: giulia(), Origin: page}, crowd(100*i, 100)); err != nil {
			b.Fatal(err)
		}
		l, err := ricetta.NewLot("090", "0A", "0", fmt.Sprint(i))
		if err != nil {
			b.Fatal(err)
		}
		if err := o.AddLot(giulia().CF, l); err != nil {
			b.Fatal(err)
		}
	}
	f := newFake()
	var done []Done
	for b.Loop() {
		step, err := o.SettleAndClaim(done, giulia().CF, ClaimOptions{})
		if err != nil {
			b.Fatal(err)
		}
		done = done[:0]
		for _, w := range step.Work {
			done = append(done, Done{w, carry(context.Background(), f, giulia(), w)})
		}
	}
}
