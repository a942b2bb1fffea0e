package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each way goes first as often as the others, and the first round warms up.
func TestInTurns(t *testing.T) {
	var order []string
	ways := []*way{}
	for _, name := range []string{"a", "b", "c"} {
		ways = append(ways, &way{name: name, once: func(context.Context) (time.Duration, error) {
			order = append(order, name)
			return time.Duration(len(order)), nil
		}})
	}
	if err := inTurns(t.Context(), 2, ways); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "abcbcacab" {
		t.Errorf("order %q", got)
	}
	if got := ways[0].took; !slices.Equal(got, samples{6, 8}) {
		t.Errorf("samples of a: %v", got)
	}
	fault := errors.New("no card")
	ways[1].once = func(context.Context) (time.Duration, error) { return 0, fault }
	if err := inTurns(t.Context(), 1, ways); !errors.Is(err, fault) || !strings.HasPrefix(err.Error(), "b: ") {
		t.Errorf("error %v", err)
	}
}
