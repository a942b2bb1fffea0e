package chaos

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
)

// Report is what a run showed.
type Report struct {
	Options  Options
	Took     time.Duration
	Starts   int            // of agents
	Kills    map[string]int // by what the agent was about
	Open     int            // prescriptions that started agents found half sent
	Faults   map[faults.Kind]int
	Requests map[region.Service]int
	Tally    Tally
}

// Good tells that every prescription is where it has to be and that the run was
// as hard as it was meant to be.
func (r Report) Good() error {
	killed := 0
	for _, n := range r.Kills {
		killed += n
	}
	switch {
	case r.Tally.Wrong() > 0:
		return fmt.Errorf("%d lost, %d double, %d misled, %d unknown: %q", r.Tally.Lost, r.Tally.Double, r.Tally.Misled, r.Tally.Unknown, r.Tally.Complaints)
	case r.Tally.Once+r.Tally.Held != r.Options.Prescriptions:
		return fmt.Errorf("%d of %d prescriptions are accounted for", r.Tally.Once+r.Tally.Held, r.Options.Prescriptions)
	case killed < r.Options.Kills:
		return fmt.Errorf("%d agents killed, not %d", killed, r.Options.Kills)
	case r.Options.Faults > 0 && len(r.Faults) == 0:
		return fmt.Errorf("nothing was disturbed")
	}
	return nil
}

// Table writes the report in Markdown.
func (r Report) Table(w io.Writer) {
	row := func(name string, value any) { fmt.Fprintf(w, "| %s | %v |\n", name, value) }
	fmt.Fprintf(w, "| run | |\n|---|---|\n")
	row("seed", r.Options.Seed)
	row("prescriptions wanted", r.Options.Prescriptions)
	row("doctors, each with an agent and two programs", r.Options.Doctors)
	row("took", r.Took.Round(time.Second))
	row("agents started", r.Starts)
	fmt.Fprintf(w, "\n| in the end | prescriptions |\n|---|---|\n")
	row("**at the region exactly once**", r.Tally.Once)
	row("still in charge of the outbox", r.Tally.Held)
	row("**lost**", r.Tally.Lost)
	row("**double**", r.Tally.Double)
	row("told otherwise than it is", r.Tally.Misled)
	row("at the region, wanted by nobody", r.Tally.Unknown)
	fmt.Fprintf(w, "\n| killed (SIGKILL) while | agents |\n|---|---|\n")
	counts(row, r.Kills)
	row("prescriptions that the next agent found half sent", r.Open)
	fmt.Fprintf(w, "\n| requests disturbed | times |\n|---|---|\n")
	counts(row, r.Faults)
	fmt.Fprintf(w, "\n| requests in all | |\n|---|---|\n")
	counts(row, r.Requests)
}

// counts writes a row for each and their sum.
func counts[K cmp.Ordered](row func(string, any), of map[K]int) {
	sum := 0
	for _, k := range slices.Sorted(maps.Keys(of)) {
		row(fmt.Sprint(k), of[k])
		sum += of[k]
	}
	row("together", sum)
}
