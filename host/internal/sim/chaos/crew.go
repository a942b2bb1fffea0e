package chaos

import (
	"context"
	"sync"
	"time"
)

// crew are goroutines of which the first that fails ends all.
type crew struct {
	context.Context
	stop    context.CancelCauseFunc
	running sync.WaitGroup
}

func newCrew(ctx context.Context) *crew {
	c := &crew{}
	c.Context, c.stop = context.WithCancelCause(ctx)
	return c
}

func (c *crew) do(f func(context.Context) error) {
	c.running.Go(func() {
		if err := f(c); err != nil {
			c.stop(err)
		}
	})
}

// wait returns the first failure.
func (c *crew) wait() error {
	c.running.Wait()
	err := context.Cause(c)
	c.stop(nil)
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
