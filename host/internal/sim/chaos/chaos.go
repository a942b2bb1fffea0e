// Package chaos proves on the real programs that a prescription is with the
// region exactly once. Doctors, each with an agent of the product as an own
// process, send prescriptions to a simulated region that loses requests and
// answers, answers late or nonsense and carries requests out after everybody
// has given up on them; the agents are killed (SIGKILL) at random moments and
// started again; every doctor has two programs that send the same prescriptions,
// again and again, until the outbox says that they are settled. In the end what
// the region holds is compared with what was wanted and with what every program
// was told.
//
// A seed decides prescriptions, their order and who is killed when; processes
// and network are real, so that the same seed makes a similar run and not the
// same one.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

// Options of a run. The running program must lie in Bin, beside raccordo: an
// agent talks to programs of its own folder only.
type Options struct {
	Bin           string // folder of raccordo
	Prescriptions int
	Doctors       int
	Kills         int
	Seed          uint64
	Faults        float64       // how many of the requests are disturbed, 0 to 1
	Stall         time.Duration // without any progress for so long, the run has failed
	Log           io.Writer     // progress, a line now and then
	Record        string        // folder that gets every request and answer; empty: none
}

// Run does the whole of it. Its error is that the run could not be made; what it
// showed is in the report.
func Run(ctx context.Context, opt Options) (report Report, err error) {
	dir, err := os.MkdirTemp("", "rch") // short enough for the path of a socket
	if err != nil {
		return report, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\nleft behind: %s", err, dir)
			return
		}
		err = os.RemoveAll(dir)
	}()
	s, err := newStand(ctx, dir, opt)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	began := time.Now()
	offices, err := s.offices(ctx, opt)
	if err != nil {
		return report, err
	}
	m := &meeting{opt: opt, stand: s, offices: offices, progress: newProgress(opt.Prescriptions)}
	if err := m.hold(ctx); err != nil {
		return report, err
	}
	report = m.report
	report.Options, report.Took = opt, time.Since(began)
	report.Faults, report.Requests = s.happened()
	return report, nil
}

// meeting is one run.
type meeting struct {
	opt      Options
	stand    *stand
	offices  []*office
	progress *progress
	report   Report
}

// hold lets everybody work until every prescription is settled, and compares.
func (m *meeting) hold(ctx context.Context) error {
	agents, endAgents := context.WithCancel(ctx)
	defer endAgents()
	living := newCrew(agents)
	for _, o := range m.offices {
		living.do(o.live)
	}
	err := m.work(living)
	if err == nil {
		err = m.settleAccounts(living)
	}
	endAgents()
	if died := living.wait(); died != nil && !errors.Is(died, context.Canceled) {
		return died // it explains the other
	}
	for _, o := range m.offices {
		m.report.Starts += o.starts
		m.report.Open += o.open
	}
	return err
}

// work disturbs, sends and kills, and heals the region when nearly all is done.
func (m *meeting) work(ctx context.Context) error {
	if err := m.stand.disturb(m.opt); err != nil {
		return err
	}
	working := newCrew(ctx)
	for i, o := range m.offices {
		for program := range 2 {
			random := rand.New(rand.NewPCG(m.opt.Seed, uint64(2*i+program)))
			working.do(func(ctx context.Context) error { return o.program(ctx, random, m.progress) })
		}
	}
	working.do(func(ctx context.Context) error {
		if err := m.kill(ctx, rand.New(rand.NewPCG(m.opt.Seed, 1<<32))); err != nil {
			return err
		}
		if err := m.progress.reaches(ctx, int(healed*float64(m.opt.Prescriptions))); err != nil {
			return err
		}
		m.stand.heal()
		return m.progress.reaches(ctx, m.opt.Prescriptions)
	})
	working.do(m.watch)
	return working.wait()
}

// How much is settled when the last agent is killed, and when the region is
// healed.
const (
	lastKill = 0.90
	healed   = 0.95
)

// watch says now and then how far it is, and fails when it gets nowhere.
func (m *meeting) watch(ctx context.Context) error {
	const interval = 5 * time.Second
	last, since, told := -1, time.Now(), time.Now()
	for m.progress.now() < m.opt.Prescriptions && pause(ctx, interval/50) == nil {
		if time.Since(told) < interval {
			continue
		}
		told = time.Now()
		now := m.progress.now()
		fmt.Fprintf(m.opt.Log, "%d of %d settled\n", now, m.opt.Prescriptions)
		if now != last {
			last, since = now, time.Now()
		} else if time.Since(since) > m.opt.Stall {
			return fmt.Errorf("nothing settled for %v, %d of %d were: %s", m.opt.Stall, now, m.opt.Prescriptions, m.pending())
		}
	}
	return nil
}

// pending tells what is not settled, for whoever has to find out why.
func (m *meeting) pending() string {
	var text strings.Builder
	for _, o := range m.offices {
		if n := len(o.unsettled()); n > 0 && text.Len() < 4000 {
			fmt.Fprintf(&text, "\n%s: %d open, last trouble: %v", filepath.Base(o.dir), n, o.lastTrouble())
		}
	}
	return text.String()
}

// settleAccounts asks every outbox for all it has, once no request is on its
// way any more, and holds it against the region.
func (m *meeting) settleAccounts(ctx context.Context) error {
	if err := m.stand.quiet(ctx); err != nil {
		return err
	}
	entries := map[string]wire.OutboxEntry{}
	var wanted []*intent
	for _, o := range m.offices {
		if err := o.entries(ctx, entries); err != nil {
			return err
		}
		wanted = append(wanted, o.intents...)
	}
	m.report.Tally = compare(wanted, entries, m.stand.records())
	return nil
}
