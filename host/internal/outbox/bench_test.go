package outbox

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

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

// BenchmarkSend100 is a list of a hundred against a region that answers at
// once: what is left is the journal.
func BenchmarkSend100(b *testing.B) {
	for _, parallel := range []int{1, 4} {
		b.Run(fmt.Sprint("parallel", parallel), func(b *testing.B) {
			s := NewSender(fresh(b), newFake(), SenderOptions{Parallel: parallel})
			for i := 0; b.Loop(); i++ {
				for _, r := range s.Send(context.Background(), Order{Doctor: giulia(), Origin: page}, crowd(100*i, 100), nil) {
					if r.State != wire.Sent {
						b.Fatal(r)
					}
				}
			}
		})
	}
}
