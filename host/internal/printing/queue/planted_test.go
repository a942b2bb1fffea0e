package queue

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var plantedFlag = flag.Bool("planted", false, "build every wrong variant of the queue and require the lives to catch it (minutes)")

// mistake is a wrong variant of the queue: one text of a file instead of another.
type mistake struct{ title, file, find, instead string }

// planted are mistakes that somebody might make, each of which costs paper, loses a
// sheet, or tells what is not so.
var planted = []mistake{
	{"the number is noted after the release", "hand.go", `	err := q.note(e, func(r *record) {
		r.Stage, r.Problem, r.Detail = releasing, "", ""
	})
	if err != nil {
		return err
	}
	q.change(e, func() { e.ready = false })
	return q.release(ctx, e)`, `	q.change(e, func() { e.ready = false })
	if err := q.release(ctx, e); err != nil {
		return err
	}
	return q.note(e, func(r *record) { r.Problem, r.Detail = "", "" })`},
	{"a fault of the disk does not stop the release", "hand.go", `		r.Stage, r.Problem, r.Detail = releasing, "", ""
	})
	if err != nil {
		return err
	}`, `		r.Stage, r.Problem, r.Detail = releasing, "", ""
	})
	_ = err
	q.change(e, func() { e.Stage = releasing })`},
	{"a number that could not be noted is made anew", "hand.go", `	if !e.ready {
		if q.now()`, `	if true {
		if q.now()`},
	{"what may have been released begins again after a start", "disk.go", `		q.add(&entry{record: r, written: true, bare: !sheet,`, `		if r.Stage == releasing {
			r.Stage = waiting
		}
		q.add(&entry{record: r, written: true, bare: !sheet,`},
	{"what was released begins again after a start", "disk.go", `		q.add(&entry{record: r, written: true, bare: !sheet,`, `		if r.Stage == released {
			r.Stage = waiting
		}
		q.add(&entry{record: r, written: true, bare: !sheet,`},
	{"a release without an answer is taken for none", "hand.go", `	case err == nil:
		q.follow(e)
		return nil
	case first &&`, `	case err == nil:
		q.follow(e)
		return nil
	case !errors.Is(err, printing.ErrGone):
		return q.vanished(e)
	case first &&`},
	{"a release without an answer is taken for done", "hand.go", `	case err == nil:
		q.follow(e)
		return nil
	case first &&`, `	case err == nil || !errors.Is(err, printing.ErrGone):
		q.follow(e)
		return nil
	case first &&`},
	{"a job that is gone is made anew", "hand.go", `	case errors.Is(err, printing.ErrGone):
		q.finish(ctx, e, wire.PrintFailed, outcome{code: wire.ErrPrintUnclear})
		return nil
	case err != nil:
		return err
	case at.Held && q`, `	case errors.Is(err, printing.ErrGone):
		return q.vanished(e)
	case err != nil:
		return err
	case at.Held && q`},
	{"a job that is gone is taken for printed", "follow.go", `	if e.Seen && !lists || forgets`, `	if true || !lists || forgets`},
	{"a held job is not released after a start", "hand.go", `	case at.Held:
		return q.release(ctx, e)
	}`, `	}`},
	{"held jobs of before are left at the spooler", "hand.go", `	for _, job := range held {`, `	for _, job := range held[:0] {`},
	{"held jobs of before are not looked for after a start", "disk.go", `q.add(&entry{record: r, lost: true})`, `q.add(&entry{record: r})`},
	{"another printer is not noted", "hand.go", `	if !slices.Contains(e.Tried, ticket.Printer) {`, `	if false && !slices.Contains(e.Tried, ticket.Printer) {`},
	{"a job that could not be filled stays", "hand.go", `		if q.remove(ctx, ticket.Printer, job) != nil {
			e.lost = true
		}
		return err`, `		return err`},
	{"a sheet is taken although the disk refused it", "submit.go", `		q.haunt(who, e.ID)
		return wire.PrintJob{}, printing.Fault(wire.ErrDocDisk, "", err)`, `		q.haunt(who, e.ID)
		_ = printing.ErrGone`},
	{"a sheet that the disk may have is forgotten", "submit.go", `	q.ghosts[who] = id`, `	_ = id`},
	{"a sheet that came out may be handed in again", "submit.go", `	return !e.mayHaveLeft() || q`, `	return true || q`},
	{"a sheet handed in again is another", "submit.go", `	if e := q.clients[who]; e != nil && !q.anew(e) {`, `	if e := q.clients[who]; e != nil && !e.open() && !q.anew(e) {`},
	{"the page's names are forgotten at a start", "disk.go", `		q.clients[e.client()] = e`, `		_ = e.client`},
	{"what was given up is not noted", "follow.go", `	if q.note(e, alter) != nil {`, `	if state == wire.PrintCancelled {
		q.change(e, func() { alter(&e.record) })
	} else if q.note(e, alter) != nil {`},
	{"what was given up goes on at the spooler", "follow.go", `	case e.Stage == releasing || e.Stage == released:
		err = q.revoke(ctx, e.Ticket.Printer, e.Spooled)
	}`, `	}`},
	{"what is done may be given up", "follow.go", `	case e.Stage == finished:
		err = printing.ErrGone
`, ``},
	{"an end that was not noted is not noted later", "follow.go", `			e.unsaved, e.fails, e.Updated = true, 1, q.today()`, `			e.fails, e.Updated = 1, q.today()`},
	{"sheets overtake each other", "lane.go", `		if c.lanes[name] && !e.cancel {
			return
		}`, ``},
	{"nobody comes back after a fault", "lane.go", `	l.due = now.Add(backoff(l.fails, p.Retry, p.Longest))`, `	l.due = now.Add(1000 * time.Hour)`},
	{"an empty job is released", "hand.go", `	if err := q.send(ctx, ticket, job, made.PDF); err != nil {`, `	if err := q.send(ctx, ticket, job, made.PDF); err != nil && judge(err).final {`},
}

// apply gives the changed source. The text to find must stand there exactly once.
func (m mistake) apply() ([]byte, error) {
	source, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	if bytes.Count(source, []byte(m.find)) != 1 {
		return nil, errors.New(m.title + ": " + m.file + " does not have this text exactly once:\n" + m.find)
	}
	return bytes.Replace(source, []byte(m.find), []byte(m.instead), 1), nil
}

// TestMistakesFitTheSource: a patch that no longer fits tests nothing.
func TestMistakesFitTheSource(t *testing.T) {
	for _, m := range planted {
		if _, err := m.apply(); err != nil {
			t.Error(err)
		}
	}
}

// TestPlanted builds every wrong variant and requires the lives to find it. One
// that survives is a hole in the world or in the invariants.
func TestPlanted(t *testing.T) {
	if !*plantedFlag {
		return // minutes of building; TestMistakesFitTheSource runs always
	}
	for _, m := range planted {
		t.Run(m.title, func(t *testing.T) {
			source, err := m.apply()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(m.build(t, source), "-test.run", "^(TestLives|TestEveryInstruction)$", "-test.failfast", "-lives.time", "30s")
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			switch {
			case err == nil:
				t.Error("survives")
			case !errors.As(err, &exit) || !bytes.Contains(out, []byte("--- FAIL: Test")):
				t.Errorf("%v: not caught by a test\n%s", err, out)
			default:
				t.Logf("caught: %s", bytes.Join(bytes.SplitN(out, []byte("\n"), 4)[:3], []byte("\n")))
			}
		})
	}
}

// build makes this package's tests over the changed source.
func (m mistake) build(t *testing.T, source []byte) string {
	t.Helper()
	dir := t.TempDir()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, m.file)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(folder, m.file): changed}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := errors.Join(os.WriteFile(changed, source, 0o600), os.WriteFile(list, overlay, 0o600)); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "queue.test")
	if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", list, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("a wrong variant has to build: %v\n%s", err, out)
	}
	return binary
}
