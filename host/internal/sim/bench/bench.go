// Package bench measures what Raccordo promises: how fast the relay starts and
// how little it weighs, how long a click takes to its answer in the page, a
// card to be seen, a login to be there, and how often ten prescriptions shake
// hands with the region; what mending a session adds to a request, how soon
// every page shows a change of it, and what fifty of them weigh; what the
// outbox adds to a prescription, and what ten thousand in it weigh; what the
// signature formats add to a key's own work; how soon a sheet is with the spooler.
//
// Everything runs on the real parts of a lab. What depends on the machine is
// set beside a baseline that is measured in turns with it in the same run, so
// that the ratio holds where the milliseconds do not. A figure beyond its limit
// is marked and is no error; one that can not be measured is.
package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/lab"
)

// total bounds the whole run.
const total = 20 * time.Minute

// bench is one run.
type bench struct {
	bin     string // of raccordo, raccordo-host, raccordo-sim, extension/, bench/minimal
	lab     *lab.Lab
	results []Result

	shaken int // full handshakes with the SAR during batches
}

// Run measures with the binaries in bin, prints a table and writes the results
// as JSON to out. only names the parts to run; empty: all.
func Run(ctx context.Context, bin, out string, only ...string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	// A PIN window at every login: what is measured begins with the PIN.
	l, err := lab.Start(ctx, lab.Options{Bin: bin, Log: zerolog.Nop(), Settings: "pin_idle_minutes = 0"})
	if err != nil {
		return err
	}
	defer func() {
		if e := l.Close(); err == nil {
			err = e
		}
	}()
	b := &bench{bin: bin, lab: l}
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{{"start", b.starts}, {"browser", b.inBrowser}, {"session", b.sessions}, {"engine", b.cardEngine}, {"outbox", b.outbox}, {"sign", b.signing}, {"print", b.printing}} {
		if len(only) > 0 && !slices.Contains(only, part.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s …\n", part.name)
		if err := part.do(ctx); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", part.name, err), table(os.Stdout, b.results))
		}
	}
	if err := write(out, b.results); err != nil {
		return err
	}
	return table(os.Stdout, b.results)
}

func (b *bench) add(r ...Result) { b.results = append(b.results, r...) }

func write(file string, results []Result) error {
	body, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(body, '\n'), 0o644)
}
