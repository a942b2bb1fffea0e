package morning

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// TestFaults plays every fault of the control panel while a doctor logs in,
// synchronises a patient and sends three prescriptions, connected by card and
// through the cloud. The page says what the table says and nothing else, in
// time; when the region is well again the next click does what was wanted, and
// each prescription is there once.
func TestFaults(t *testing.T) {
	p := openPracticeIn(t, lab.Options{Answer: answerTime}, impatient)
	for _, do := range activities {
		t.Run(do.name, func(t *testing.T) {
			for _, f := range troubles {
				o := do.outcome(f)
				if o == nil {
					continue
				}
				t.Run(f.name, func(t *testing.T) {
					b := &bench{desk: p.on(t).chromiumDesk(), do: do}
					do.ready(b)
					b.happens(f)
					want, got := do.seen(o), do.play(b, do.seen(o))
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("what the doctor sees: -want +got\n%s\nthe agent's log:\n%s", diff, b.logEnd())
					}
					b.panel(http.MethodDelete, "v1/guasti", nil)
					do.again(b, got)
					b.oneSession()
				})
			}
		})
	}
}

// logEnd is the last of the agent's log.
func (b *bench) logEnd() string {
	text, err := os.ReadFile(b.lab.AgentLog())
	b.must(err)
	lines := strings.Split(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// bench is a desk at which faults are tried.
type bench struct {
	*desk
	do     activity
	before int    // prescriptions at the region
	first  string // number of the first of them
}

// panel asks the control panel as a program does.
func (b *bench) panel(method, path string, body any) {
	b.t.Helper()
	raw, err := json.Marshal(body)
	b.must(err)
	q, err := http.NewRequestWithContext(b.limit(), method, b.lab.Control.URL()+path, bytes.NewReader(raw))
	b.must(err)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	b.must(err)
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode >= http.StatusBadRequest {
		b.t.Fatalf("%s %s %s: %d %s", method, path, raw, answer.StatusCode, text)
	}
}

func (b *bench) happens(f trouble) {
	b.t.Helper()
	if f.action != "" {
		b.panel(http.MethodPost, "v1/azioni", control.Action{Name: f.action})
		return
	}
	planned := f.fault
	planned.Service = b.do.place(f)
	b.panel(http.MethodPost, "v1/guasti", planned)
}

// says are the codes whose words the page shows, remedy included.
func (b *bench) says() (codes []wire.ErrorCode) {
	b.t.Helper()
	all, err := b.page().FindAllAX(b.limit(), "", "")
	b.must(err)
	shown := map[string]bool{}
	for _, n := range all {
		shown[strings.TrimPrefix(strings.TrimSpace(n.Name), "In pausa: ")] = true
	}
	for _, f := range wire.Faults {
		m := texts.Of(f.Code)
		if shown[m.Text] && (shown[m.Remedy] || shown[resumes]) {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	return codes
}

// resumes stands beside the reason of a batch's pause, which needs no remedy
// but the button.
const resumes = "L'invio riprende da solo."

// settled looks until the page shows what it should, or has not changed for a
// while: what the agent tells of the session and what it answers come one
// after the other.
func (b *bench) settled(want seen, rows func() string) seen {
	b.t.Helper()
	const still = 2 * time.Second
	last, since := seen{}, time.Now()
	for {
		now := seen{b.badge(), b.says(), rows()}
		if cmp.Equal(now, want) {
			return now
		}
		if !cmp.Equal(now, last) {
			last, since = now, time.Now()
		}
		if time.Since(since) > still {
			return now
		}
		time.Sleep(20 * time.Millisecond)
	}
}
