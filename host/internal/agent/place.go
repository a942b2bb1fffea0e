package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/ipc"
)

// ErrLives tells that another agent serves this user.
var ErrLives = errors.New("another agent serves this user")

const (
	// placeLook is how often the place is looked at while its holder ends.
	placeLook = 20 * time.Millisecond
	// placeTime bounds that: unfinished requests, then the logout.
	placeTime = drainTime + 20*time.Second
	// serviceLook is how often a service looks whether an agent that a browser
	// started has gone.
	serviceLook = 2 * time.Second
)

// TakePlace takes the user's one place of an agent. While an agent listens
// there it fails with ErrLives; for one that ends it waits. A service is there
// for good and waits in any case: the agent that a browser started before goes
// when it is idle.
func TakePlace(ctx context.Context, service bool) (*ipc.Place, error) {
	for begin := time.Now(); ; {
		place, err := ipc.Take()
		if !errors.Is(err, ipc.ErrTaken) {
			return place, err
		}
		wait := placeLook
		if service {
			wait = serviceLook
		} else if err := living(); err != nil {
			return nil, err
		} else if time.Since(begin) > placeTime {
			return nil, ipc.ErrTaken
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// living returns ErrLives when somebody listens at the place.
func living() error {
	conn, err := ipc.Dial()
	if errors.Is(err, ipc.ErrNoAgent) {
		return nil
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	if p, err := ipc.Verify(conn); err == nil {
		return fmt.Errorf("%w: process %d", ErrLives, p.PID)
	}
	return nil // it is ending
}
