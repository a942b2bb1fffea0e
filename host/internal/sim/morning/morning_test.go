package morning

import (
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
)

// All steps, with a card that answers at once and with one whose RSA
// takes as long as that of a slow CNS.
func TestMorning(t *testing.T) {
	for _, row := range []struct {
		name  string
		delay time.Duration
	}{{"fast card", 0}, {"slow card", 600 * time.Millisecond}} {
		t.Run(row.name, func(t *testing.T) {
			p := openPractice(t, lab.Options{Delay: row.delay, Printers: paper.Practice})
			played := 0
			p.day.Report = func(s Step) {
				played++
				t.Logf("%d. %s: %.2f s", s.Number, s.Name, s.Took.Seconds())
			}
			ctx := t.Context()
			p.must(p.day.Play(ctx))
			if played != len(steps) {
				t.Fatalf("%d steps", played)
			}
		})
	}
}
