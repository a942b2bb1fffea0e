package lives

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var (
	livesFlag = flag.Int("lives", 1_000_000_000, "how many lives")
	timeFlag  = flag.Duration("lives.time", 30*time.Second, "for how long, unless -lives is given")
	seedFlag  = flag.Uint64("lives.seed", 0, "replay this one life with its trace")
	firstFlag = flag.Uint64("lives.first", 1, "the first seed")
)

// TestMain lets garbage lie longer: a life is short and leaves little.
func TestMain(m *testing.M) {
	debug.SetGCPercent(1000)
	goleak.VerifyTestMain(m)
}

// TestLives runs lives until the time is over, one thread on each core.
func TestLives(t *testing.T) {
	if *seedFlag != 0 {
		replay(t, *seedFlag)
		return
	}
	var next, lived atomic.Uint64
	next.Store(*firstFlag - 1)
	stop := time.Now().Add(*timeFlag)
	counted := false
	flag.Visit(func(f *flag.Flag) { counted = counted || f.Name == "lives" })
	var failed atomic.Bool
	var threads sync.WaitGroup
	from := time.Now()
	for range runtime.GOMAXPROCS(0) {
		threads.Go(func() {
			for !failed.Load() && (counted || time.Now().Before(stop)) {
				seed := next.Add(1)
				if seed >= *firstFlag+uint64(*livesFlag) {
					return
				}
				if failure, _ := live(seed, draw(seed), nil); failure != "" {
					failed.Store(true)
					t.Errorf("%s\nreplay: go test ./host/internal/outbox/lives -run TestLives -lives.seed %d", failure, seed)
				}
				lived.Add(1)
			}
		})
	}
	threads.Wait()
	took := time.Since(from)
	t.Logf("%d lives in %s, %.0f a second", lived.Load(), took.Round(time.Second), float64(lived.Load())/took.Seconds())
}

// replay runs one life and shows everything that happens in it.
func replay(t *testing.T, seed uint64) {
	t.Helper()
	trace, failure := traced(seed, draw(seed))
	t.Logf("life %d\n%s", seed, trace)
	if failure != "" {
		t.Error(failure)
	}
}

func traced(seed uint64, p plan) (trace, failure string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v\n", p)
	failure, _ = live(seed, p, func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) })
	return b.String(), failure
}

// TestSameSeedSameLife: a seed that fails must fail again.
func TestSameSeedSameLife(t *testing.T) {
	for seed := range uint64(200) {
		one, _ := traced(seed, draw(seed))
		two, _ := traced(seed, draw(seed))
		if one != two {
			t.Fatalf("life %d differs from itself\n%s\n----\n%s", seed, one, two)
		}
	}
}
