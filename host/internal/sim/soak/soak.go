package soak

import (
	"context"
	"crypto"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// Usage is what a process holds.
type Usage struct{ KiB, Threads, Descriptors int }

// Sample is a look at both processes after a number of cycles.
type Sample struct {
	Cycles         int
	Goroutines     int
	Engine, Worker Usage
}

func (s Sample) String() string {
	return fmt.Sprintf("%6d cycles: engine %d KiB, %d goroutines, %d threads, %d descriptors; worker %d KiB, %d threads, %d descriptors",
		s.Cycles, s.Engine.KiB, s.Goroutines, s.Engine.Threads, s.Engine.Descriptors, s.Worker.KiB, s.Worker.Threads, s.Worker.Descriptors)
}

// Growth says what grew between two samples beyond what chance explains, empty
// when nothing did.
func Growth(from, to Sample) []string {
	var grown []string
	for _, g := range []struct {
		name           string
		from, to, most int
	}{
		{"engine memory, KiB", from.Engine.KiB, to.Engine.KiB, 4096},
		{"worker memory, KiB", from.Worker.KiB, to.Worker.KiB, 4096},
		{"goroutines", from.Goroutines, to.Goroutines, 3},
		{"engine threads", from.Engine.Threads, to.Engine.Threads, 4},
		{"worker threads", from.Worker.Threads, to.Worker.Threads, 3},
		{"engine descriptors", from.Engine.Descriptors, to.Engine.Descriptors, 2},
		{"worker descriptors", from.Worker.Descriptors, to.Worker.Descriptors, 1},
	} {
		if g.to > g.from+g.most {
			grown = append(grown, fmt.Sprintf("%s: %d → %d", g.name, g.from, g.to))
		}
	}
	return grown
}

// Logins makes cycles of login, signature and logout on a card that stays in
// its reader, and returns samples: after the first tenth, when everything has
// been used once, and at equal distances to the end.
func (e *Engine) Logins(ctx context.Context, cycles int) ([]Sample, error) {
	fingerprint, err := e.Insert(ctx)
	if err != nil {
		return nil, err
	}
	samples, err := sampled(cycles, func() error { return e.once(ctx, fingerprint) })
	if err != nil {
		return samples, err
	}
	return samples, e.Remove(ctx)
}

// Insertions makes cycles of removal, insertion, login, signature and logout.
func (e *Engine) Insertions(ctx context.Context, cycles int) ([]Sample, error) {
	samples, err := sampled(cycles, func() error {
		if err := e.Remove(ctx); err != nil {
			return err
		}
		fingerprint, err := e.Insert(ctx)
		if err == nil {
			err = e.once(ctx, fingerprint)
		}
		return err
	})
	if err != nil {
		return samples, err
	}
	return samples, e.Remove(ctx)
}

func sampled(cycles int, cycle func() error) (samples []Sample, err error) {
	const looks = 5
	next := max(cycles/10, 1)
	for i := 1; i <= cycles; i++ {
		if err := cycle(); err != nil {
			return samples, fmt.Errorf("cycle %d: %w", i, err)
		}
		if i == next || i == cycles {
			s, err := look(i)
			if err != nil {
				return samples, err
			}
			samples = append(samples, s)
			next += max((cycles-cycles/10)/looks, 1)
		}
	}
	return samples, nil
}

func (e *Engine) once(ctx context.Context, fingerprint string) error {
	key, err := e.Open(ctx, fingerprint)
	if err != nil {
		return err
	}
	defer key.Close()
	digest := sha256.Sum256([]byte("una ricetta"))
	_, err = key.Sign(nil, digest[:], crypto.SHA256)
	return err
}

// look lets go of garbage first, and gives what is ending the time to end.
func look(cycles int) (s Sample, err error) {
	time.Sleep(100 * time.Millisecond)
	debug.FreeOSMemory()
	s = Sample{Cycles: cycles, Goroutines: runtime.NumGoroutine()}
	if s.Engine, err = usageOf(os.Getpid()); err != nil {
		return s, err
	}
	pid, err := workerPID()
	if err != nil {
		return s, err
	}
	s.Worker, err = usageOf(pid)
	return s, err
}
