package lives

import (
	"fmt"
	"testing"
)

// regressions are lives that failed once, under the outbox as it was or under a
// planted mistake. A seed means the same life as long as
// the world draws in the same order; when the world changes, they are still
// lives worth living.
var regressions = []struct {
	seed uint64
	what string
}{
	{13, "no lot was asked for any more once asking for one had failed"},
	{171, "a cancellation that came late killed what had been sent again"},
	{308, "two prescriptions of one second were taken for each other"},
	{2079, "given up, not found, and alive an hour later"},
	{3775, "cancel, then anew: without end, and nobody was asked"},
	{6192, "a draft that was let go met the request of the same patient that was under way"},
	{31117, "a number that was dead was put before the doctor again and again"},
	{202611230334825, "a correction was on the disk and its taking never answered: the memory of this test went on counting"},
	{202611230518136, "the copy of a cancellation that had been answered killed what was sent after it; the doctor is asked, and that is right"},
}

// TestRegressions lives them again.
func TestRegressions(t *testing.T) {
	for _, r := range regressions {
		t.Run(fmt.Sprint(r.seed), func(t *testing.T) {
			if trace, failure := traced(r.seed, draw(r.seed)); failure != "" {
				t.Errorf("%s: %s\nreplay: -lives.seed %d\n%s", r.what, failure, r.seed, trace)
			}
		})
	}
}
