package engine

import (
	"context"
	"time"
)

// answerTime is what is left of a request's time to say what was found.
const answerTime = 2 * time.Second

// atMost bounds a part of a request without which its answer is still worth
// something.
func atMost(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	end := time.Now().Add(most)
	if whole, limited := ctx.Deadline(); limited && whole.Add(-answerTime).Before(end) {
		end = whole.Add(-answerTime)
	}
	return context.WithDeadline(ctx, end)
}
