package queue

import (
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	timeFlag  = flag.Duration("lives.time", 5*time.Second, "for how long lives are run")
	seedFlag  = flag.Uint64("lives.seed", 0, "replay this one life with its trace")
	firstFlag = flag.Uint64("lives.first", 1, "the first seed")
)

// TestLives runs lives until the time is over, one thread on each core.
func TestLives(t *testing.T) {
	if *seedFlag != 0 {
		failure, w := live(*seedFlag, draw(*seedFlag), true)
		t.Logf("%+v\n%s", w.plan, strings.Join(w.trace, "\n"))
		if failure != "" {
			t.Error(failure)
		}
		return
	}
	var next, lived, deaths, papers atomic.Uint64
	next.Store(*firstFlag - 1)
	stop := time.Now().Add(*timeFlag)
	var failed atomic.Bool
	var threads sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		threads.Go(func() {
			for !failed.Load() && time.Now().Before(stop) {
				seed := next.Add(1)
				failure, w := live(seed, draw(seed), false)
				if failure != "" {
					failed.Store(true)
					t.Errorf("%s\nreplay: go test ./host/internal/printing/queue -run TestLives -lives.seed %d", failure, seed)
				}
				lived.Add(1)
				deaths.Add(uint64(w.deaths))
				for _, j := range w.spooler.jobs {
					if j.out {
						papers.Add(1)
					}
				}
			}
		})
	}
	threads.Wait()
	t.Logf("%d lives, %d deaths, %d sheets", lived.Load(), deaths.Load(), papers.Load())
	if deaths.Load() == 0 || papers.Load() == 0 {
		t.Error("nobody died, or nothing was printed")
	}
}

// TestEveryInstruction kills the process once at each instruction of quiet lives.
func TestEveryInstruction(t *testing.T) {
	for seed := range uint64(8) {
		p := draw(seed)
		p.sheets = min(p.sheets, 3)
		p.deaths, p.faults, p.disk, p.outages, p.restarts, p.meddling = 0, 0, 0, 0, 0, 0
		for at := 1; ; at++ {
			p.dieAt = at
			failure, w := live(seed, p, false)
			if failure != "" {
				_, w = live(seed, p, true)
				t.Fatalf("life %d dies at %d: %s\n%+v\n%s", seed, at, failure, p, strings.Join(w.trace, "\n"))
			}
			if w.deaths == 0 {
				break
			}
		}
	}
}

// TestSameSeedSameLife: a seed that fails must fail again.
func TestSameSeedSameLife(t *testing.T) {
	for seed := range uint64(40) {
		_, one := live(seed, draw(seed), true)
		_, two := live(seed, draw(seed), true)
		if a, b := anonymous(one), anonymous(two); a != b {
			t.Fatalf("life %d differs from itself\n%s\n----\n%s", seed, a, b)
		}
	}
}

var ids = regexp.MustCompile(`\b[0-9a-f]{8}([0-9a-f]{24})?\b`)

// anonymous is a trace without the ids, which are random.
func anonymous(w *world) string {
	seen := map[string]int{}
	return ids.ReplaceAllStringFunc(strings.Join(w.trace, "\n"), func(id string) string {
		if seen[short(id)] == 0 {
			seen[short(id)] = len(seen) + 1
		}
		return fmt.Sprintf("id %d", seen[short(id)])
	})
}
