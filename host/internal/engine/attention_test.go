package engine

import (
	"context"
	"errors"
	"testing"

	"raccordo/host/internal/card"
	"raccordo/host/internal/wire"
)

// A window opens while a user waits for something, and not for what the agent
// does by itself.
func TestAttention(t *testing.T) {
	for name, row := range map[string]struct {
		asked, alone int
		shown        bool
	}{
		"a login": {0, 0, true}, "a user": {1, 0, true}, "the background": {0, 1, false},
		"the background, and a user": {1, 1, true}, "twice the background": {0, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			var a attention
			shown := false
			ask := a.unless(func(context.Context, card.PINRequest) ([]byte, error) { shown = true; return []byte("1"), nil })
			var ends []func()
			for range row.asked {
				ends = append(ends, during(&a.asked))
			}
			for range row.alone {
				ends = append(ends, during(&a.alone))
			}
			_, err := ask(t.Context(), card.PINRequest{})
			var w *wire.Error
			refused := errors.As(err, &w) && w.Data.Code == wire.ErrLoginNeeded && a.refused.Load() == 1
			if shown != row.shown || refused == row.shown {
				t.Errorf("shown %v, %v", shown, err)
			}
			for _, end := range ends {
				end()
			}
			if a.away() || a.asked.Load() != 0 || a.alone.Load() != 0 {
				t.Error("it is still counted")
			}
		})
	}
}
