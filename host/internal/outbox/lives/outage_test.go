package lives

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	connectorsFlag = flag.Int("connectors", 150, "how many connectors come back after the outage; -update takes 5000")
	updateFlag     = flag.Bool("update", false, "write docs/outage.md and its picture")
)

// The outage: from the opening of the surgeries on.
var monday8to16 = band{name: "region down", from: 8 * 60, to: 16 * 60}

const (
	whole    = 5000 // connectors of a region
	binWidth = 5    // minutes over which a rate is looked at
	mostOver = 2.0  // times the rate of an ordinary Monday's busiest hour
	docsFile = "../../../../docs/outage.md"
	plotFile = "../../../../docs/img/outage.svg"
)

// TestOutage: a region is down from 8 to 16 on a Monday and its connectors
// come back: what they send together stays below twice what the region serves
// in the busiest hour of an ordinary Monday, and nothing stays behind.
func TestOutage(t *testing.T) {
	n := *connectorsFlag
	if *updateFlag {
		n = whole
	}
	ordinary, after := mondays(t, n, band{}), mondays(t, n, monday8to16)
	scale := float64(whole) / float64(n)
	usual, back := ordinary.rates(scale), after.rates(scale)
	steady, peak := busiestHour(usual), slices.Max(back)
	t.Logf("%d connectors: busiest hour %.2f requests/s, peak after the outage %.2f (×%.2f), knocks while it is down %.2f/s at most",
		n, steady, peak, peak/steady, slices.Max(rated(after.failed[:], scale)))
	if ordinary.open != 0 || after.open != 0 {
		t.Errorf("not sent: %d on an ordinary day, %d after the outage", ordinary.open, after.open)
	}
	if peak > mostOver*steady {
		t.Errorf("peak %.2f/s, %.2f times the steady rate", peak, peak/steady)
	}
	if slices.Max(back[monday8to16.from:monday8to16.to]) > 0 {
		t.Error("a region that is down has served")
	}
	if *updateFlag {
		write(t, usual, back, after)
	}
}

// mondays adds up the Mondays of n connectors.
func mondays(t *testing.T, n int, down band) *load {
	t.Helper()
	var next atomic.Uint64
	var threads sync.WaitGroup
	var mu sync.Mutex
	total := &load{}
	for range runtime.GOMAXPROCS(0) {
		threads.Go(func() {
			mine := &load{}
			for {
				seed := next.Add(1)
				if seed > uint64(n) {
					break
				}
				if err := spend(seed, down, mine); err != nil {
					t.Error(err)
					break
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.add(mine)
		})
	}
	threads.Wait()
	return total
}

func (l *load) rates(scale float64) []float64 { return rated(l.served[:], scale) }

// rated turns counts into requests a second of a whole region, over binWidth.
func rated(counts []int, scale float64) []float64 {
	rates := make([]float64, len(counts))
	for from := 0; from < len(counts); from += binWidth {
		sum := 0
		for _, c := range counts[from : from+binWidth] {
			sum += c
		}
		for m := range binWidth {
			rates[from+m] = float64(sum) * scale / (binWidth * 60)
		}
	}
	return rates
}

func busiestHour(rates []float64) float64 {
	best := 0.0
	for from := 0; from+60 <= len(rates); from += binWidth {
		sum := 0.0
		for _, r := range rates[from : from+60] {
			sum += r / 60
		}
		best = max(best, sum)
	}
	return best
}

// write makes the page and its picture.
func write(t *testing.T, usual, back []float64, after *load) {
	t.Helper()
	steady, peak := busiestHour(usual), slices.Max(back)
	p := picture{
		title: "Requests at the region, 5 000 connectors, down from 8 to 16 on a Monday", upwards: "requests a second", top: 6 * math.Ceil(mostOver*steady*1.05/6), band: monday8to16,
		curves: []curve{{name: "an ordinary Monday", colour: "#7a8ca5", dashed: true, values: usual}, {name: "the Monday of the outage", colour: "#1f5fa8", values: back}},
		levels: []curve{{name: "busiest hour of an ordinary Monday", colour: "#5b6b80", values: []float64{steady}}, {name: "twice that: the limit", colour: "#b03a2e", values: []float64{mostOver * steady}}},
	}
	end := 0
	for m := monday8to16.to; m < dayMinutes; m++ {
		if back[m] > usual[m]+steady/10 {
			end = m
		}
	}
	page := fmt.Sprintf(outagePage, steady, peak, peak/steady, slices.Max(rated(after.failed[:], 1)), clockTime(end))
	for file, text := range map[string]string{docsFile: page, plotFile: p.svg()} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func clockTime(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// TestOutagePage: the page has the numbers and the picture that it speaks of.
func TestOutagePage(t *testing.T) {
	page, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile(plotFile)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(outagePage, "%")
	if !bytes.HasPrefix(page, []byte(head)) || !bytes.Contains(drawn, []byte("</svg>")) {
		t.Error("docs/outage.md is not what the test writes: run it with -update")
	}
}

const outagePage = `# After an outage

A region is down for eight hours, from 8 to 16 on a Monday; then 5 000 connectors come back, each with half a day's prescriptions. The picture
is made by ` + "`go test ./host/internal/outbox/lives -run TestOutage -update`" + `: every connector is the real outbox with a disk in memory and a virtual
clock; a doctor hands over 114 prescriptions a day, a third of them outside 8–20 as two lists, the others in the shape of a surgery's day.
Doctors go on working as if nothing had happened.

![Requests at the region over the day](img/outage.svg)

| measure | value |
|---|---|
| busiest hour of an ordinary Monday | %.1f requests/s |
| highest five minutes after the outage | %.1f requests/s: ×%.2f |
| limit | ×2 |
| connections tried while the region was down (highest five minutes) | %.1f/s |
| leftovers below a tenth of the ordinary rate | from %s on |

Why it stays low: what a doctor sends by hand goes at once, but what the outage left over leaves at the rate at which it came: an outage
of length D that left N prescriptions is drained one every D/N, at most ten minutes, each with a jitter of half to one and a half. Everybody's leftovers together
are then a second ordinary day laid over the first. Until the region answers, a connector knocks with one request at a time, with full
jitter up to a quarter of an hour, whatever the number of prescriptions that wait.
`
