package chaos

import (
	"context"
	"sync"
)

// progress counts settled prescriptions and lets others wait for a number.
type progress struct {
	mutex sync.Mutex
	done  int
	all   int
	stir  chan struct{} // closed and made anew at each step
}

func newProgress(all int) *progress { return &progress{all: all, stir: make(chan struct{})} }

func (p *progress) add(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done += n
	close(p.stir)
	p.stir = make(chan struct{})
}

func (p *progress) now() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.done
}

// reaches waits until so many are settled, or all.
func (p *progress) reaches(ctx context.Context, want int) error {
	for {
		p.mutex.Lock()
		done, stir := p.done >= min(want, p.all), p.stir
		p.mutex.Unlock()
		if done {
			return nil
		}
		select {
		case <-stir:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
