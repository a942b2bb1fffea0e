package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// kill kills agents at random moments, spread over the first part of the
// work: how fast that goes is up to the machine.
func (m *meeting) kill(ctx context.Context, random *rand.Rand) error {
	m.report.Kills = map[string]int{}
	var last *office
	for n := range m.opt.Kills {
		at := (float64(n) + random.Float64()) / float64(m.opt.Kills) * lastKill
		if err := m.progress.reaches(ctx, int(at*float64(m.opt.Prescriptions))); err != nil {
			return err
		}
		victim := m.offices[random.IntN(len(m.offices))]
		moment := time.Duration(random.IntN(60)) * time.Millisecond
		if last != nil && random.IntN(5) == 0 { // while it gets up again
			victim = last
		}
		if err := pause(ctx, moment); err != nil {
			return err
		}
		state, ok := victim.shoot()
		for attempts := 0; !ok; attempts++ {
			if attempts > 10000 {
				return errors.New("nobody left to be killed")
			}
			if err := pause(ctx, time.Millisecond); err != nil {
				return err
			}
			victim = m.offices[random.IntN(len(m.offices))]
			state, ok = victim.shoot()
		}
		m.report.Kills[string(state)]++
		last = victim
	}
	return nil
}
