package lives

import (
	"fmt"
	"testing"
)

// regressions are lives that failed once. A seed means the same life as long as
// the world draws in the same order; when the world changes, they are still
// lives worth living.
var regressions = []struct {
	seed uint64
	what string
}{}

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
