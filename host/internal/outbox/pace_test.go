package outbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func (f *fakeRegion) down(on bool) {
	f.beforeSend, f.beforeView = nil, nil
	if on {
		down := bang{wire.ErrRegionDown, false}
		f.beforeSend = func(int, wire.Prescription) error { return down }
		f.beforeView = func() error { return down }
		f.beforeLot = func() error { return down }
		return
	}
	f.beforeLot = nil
}

// TestDrain: eight prescriptions in eighty minutes without the region leave in
// eighty minutes, and a new one at once.
func TestDrain(t *testing.T) {
	s := ready(t, Options{})
	s.f.down(true)
	for i := range 8 {
		s.take(of(fmt.Sprint("old", i), i))
		s.until(time.Duration(i+1) * 10 * time.Minute)
	}
	s.f.down(false)
	s.until(100 * time.Minute)
	sent := len(s.f.accepted)
	if sent < 2 || sent > 5 {
		t.Errorf("%d left in the first twenty minutes", sent-2)
	}
	fresh := s.take(of("new", 50))
	s.work(ClaimOptions{IDs: []string{fresh[0].Record.ID}})
	s.want(map[string]State{"new": Sent})
	s.take(of("by itself", 51))
	s.work(ClaimOptions{})
	s.want(map[string]State{"by itself": Sent})
	s.until(4 * time.Hour)
	for i := range 8 {
		s.want(map[string]State{fmt.Sprint("old", i): Sent})
	}
	var last time.Duration
	for i := range 8 {
		at := s.at[fmt.Sprint("old", i)]
		gap := at[len(at)-1] - last
		if last = at[len(at)-1]; i > 1 && (gap < 5*time.Minute || gap > 15*time.Minute) {
			t.Errorf("old%d after %v", i, gap)
		}
	}
}

func TestShortOutageDrainsAtOnce(t *testing.T) {
	s := ready(t, Options{})
	s.f.down(true)
	s.take(of("a", 1), of("b", 2), of("c", 3))
	s.until(time.Minute)
	s.f.down(false)
	s.until(5 * time.Minute)
	s.want(map[string]State{"a": Sent, "b": Sent, "c": Sent})
}

func TestOneProbeWhileDown(t *testing.T) {
	s := ready(t, Options{})
	s.f.down(true)
	for i := range 30 {
		s.take(of(fmt.Sprint(i), i))
	}
	before := len(s.f.sends)
	s.until(8 * time.Hour)
	if n := len(s.f.sends) - before; n < 30 || n > 8*12 {
		t.Errorf("%d requests in eight hours", n)
	}
}

func TestPaceSurvivesARestart(t *testing.T) {
	s := ready(t, Options{})
	s.f.down(true)
	for i := range 10 {
		s.take(of(fmt.Sprint(i), i))
	}
	s.until(time.Hour)
	s.f.down(false)
	s.die()
	s.until(2 * time.Hour)
	s.die()
	before := len(s.f.accepted)
	if s.work(ClaimOptions{}); len(s.f.accepted) > before+1 {
		t.Errorf("%d at once after the restart", len(s.f.accepted)-before)
	}
	s.until(6 * time.Hour)
	if len(s.f.accepted) != 12 {
		t.Errorf("%d of 12", len(s.f.accepted))
	}
}

func TestHourlyWhenAskedForFewer(t *testing.T) {
	s := ready(t, Options{})
	s.f.beforeSend = func(int, wire.Prescription) error { return bang{wire.ErrRegionLimit, false} }
	s.take(of("a", 1))
	s.until(3*time.Hour + time.Minute)
	if d := cmp.Diff([]time.Duration{0, time.Hour, 2 * time.Hour, 3 * time.Hour}, s.at["a"]); d != "" {
		t.Error(d)
	}
	if r := s.record("a"); r.Attempts != 0 || r.State != Queued {
		t.Errorf("%+v", r)
	}
}

// TestClockSetBack: a due time that lies far ahead is nobody's plan.
func TestClockSetBack(t *testing.T) {
	s := ready(t, Options{})
	s.f.down(true)
	s.take(of("a", 1))
	s.work(ClaimOptions{})
	s.f.down(false)
	s.pass(-400 * 24 * time.Hour)
	s.work(ClaimOptions{})
	s.want(map[string]State{"a": Sent})
}

func TestHealIsPure(t *testing.T) {
	l := line{}.fail(noon, 0, 0.5, nil).fail(noon.Add(time.Minute), time.Hour, 0.5, nil)
	if !l.Since.Equal(noon) || l.Fails != 2 || !l.Due.Equal(noon.Add(61*time.Minute)) {
		t.Errorf("%+v", l)
	}
	tests := []struct {
		name    string
		lasted  time.Duration
		waiting int
		want    time.Duration
	}{
		{"short", shortOutage - 1, 50, 0},
		{"nothing waits", 8 * time.Hour, 0, 0},
		{"eight hours, sixteen", 8 * time.Hour, 160, 3 * time.Minute},
		{"one", 8 * time.Hour, 1, maxDrain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := line{Since: noon}.heal(noon.Add(tt.lasted), tt.waiting, 7, 0)
			if got.Interval != tt.want || got.down() || tt.want > 0 && (got.UpTo != 7 || !got.Slot.Equal(noon.Add(tt.lasted+tt.want/2))) {
				t.Errorf("%+v", got)
			}
		})
	}
}
