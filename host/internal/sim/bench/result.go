package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// Result is one row. Limit is the largest Value that is good enough, in Unit.
type Result struct {
	Name     string   `json:"name"`
	Value    float64  `json:"value"`
	Unit     string   `json:"unit"`
	Baseline *float64 `json:"baseline"`
	Ratio    *float64 `json:"ratio"` // Value / Baseline
	Limit    *float64 `json:"limit"`
}

func plain(name string, value float64, unit string) Result {
	return Result{Name: name, Value: round(value), Unit: unit}
}

// within sets the limit.
func (r Result) within(limit float64) Result {
	limit = round(limit)
	r.Limit = &limit
	return r
}

// beside sets the baseline, which is in the same unit.
func (r Result) beside(baseline float64) Result {
	ratio := round(r.Value / baseline)
	baseline = round(baseline)
	r.Baseline, r.Ratio = &baseline, &ratio
	return r
}

func (r Result) missed() bool { return r.Limit != nil && r.Value > *r.Limit }

// samples are durations of one thing.
type samples []time.Duration

// at is the p-th percentile (nearest rank) in milliseconds.
func (s samples) at(p float64) float64 {
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return ms(sorted[max(rank, 1)-1])
}

func (s samples) median() float64 { return s.at(50) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// table prints the results for people.
func table(w io.Writer, results []Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "value\tbaseline\tratio\tlimit\tunit\t  name")
	for _, r := range results {
		mark := " "
		if r.missed() {
			mark = "✗"
		} else if r.Limit != nil {
			mark = "✓"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s %s\n", number(&r.Value), number(r.Baseline), number(r.Ratio), number(r.Limit), r.Unit, mark, r.Name)
	}
	return t.Flush()
}

func number(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.5g", math.Round(*v*100)/100)
}
