package morning

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
)

const (
	largeBytes = 100_000_000
	// growth is how much more a process may hold while that document passes:
	// pieces on their way, far from the document.
	growth = 32 << 10 // KiB
)

// TestLargeDocument has a document of 100 MB signed and verified from the page.
// Neither the page nor the extension's worker nor agent and relay hold it.
func TestLargeDocument(t *testing.T) {
	p := openPractice(t, lab.Options{})
	p.must(p.lab.Insert(p.limit()))
	p.seesCard()
	s := p.chromiumDesk().signerAt(allDocuments)
	s.withCard()
	s.press("carta", "profilo") // everything has been used once
	s.signed(1)
	s.add("grande.bin", fmt.Sprintf("Array(%d).fill(new Uint8Array(1_000_000).fill(65))", largeBytes/1_000_000))
	w := s.watch()
	started := time.Now()
	s.must(s.clinic.clickSelector(s.limit(), "[data-firma=carta]"))
	s.patiently(`document.querySelectorAll("[data-documento][data-stato=signed]").length === 2`)
	signed := time.Now()
	s.must(s.clinic.clickSelector(s.limit(), "[data-firma=verifica]"))
	s.patiently(`document.querySelector("[data-verdetto]")?.dataset.verdetto === "valid"`)
	t.Logf("signed in %v, verified in %v", signed.Sub(started).Round(time.Millisecond), time.Since(signed).Round(time.Millisecond))
	for who, grown := range w.end() {
		t.Logf("%s: %d KiB more at most", who, grown)
		if grown > growth {
			t.Errorf("%s held %d KiB more while %d bytes passed", who, grown, largeBytes)
		}
	}
	var size int
	s.must(s.clinic.Eval(s.limit(), `import("/js/papers.js").then(({ papers }) => papers[0].signed.blob.size)`, &size))
	if size <= largeBytes || size > largeBytes+20_000 {
		t.Errorf("the envelope has %d bytes", size)
	}
}

// patiently waits for as long as some hundreds of pieces may take.
func (s *signer) patiently(condition string) {
	s.t.Helper()
	s.must(s.page().WaitFor(s.t.Context(), condition))
}

// watcher looks at the memory of processes until it is told to end.
type watcher struct {
	stop  chan struct{}
	grown chan map[string]int
}

// watch looks at the clinic's page, the extension's worker, the agent and the
// relay. What a process holds is its own memory, not shared and not of files,
// without what its garbage collector would take if it were asked, as it is here.
func (s *signer) watch() *watcher {
	s.t.Helper()
	pids := s.renderers()
	agent, err := s.lab.AgentPID()
	s.must(err)
	relays, err := s.lab.RelayPIDs()
	s.must(err)
	if len(relays) != 1 || agent == 0 {
		s.t.Fatalf("agent %d, relays %v", agent, relays)
	}
	pids["agent"], pids["relay"] = agent, relays[0]
	worker, err := s.day.Browser.ServiceWorker(s.limit())
	s.must(err)
	held := func() (now map[string]int, err error) {
		now = map[string]int{}
		for _, collect := range []func(context.Context) error{s.page().CollectGarbage, worker.CollectGarbage} {
			if err := collect(s.t.Context()); err != nil {
				return nil, err
			}
		}
		for who, pid := range pids {
			now[who] = anonymous(pid)
		}
		return now, nil
	}
	before, err := held()
	s.must(err)
	w := &watcher{make(chan struct{}), make(chan map[string]int)}
	go func() {
		most := map[string]int{}
		for {
			now, err := held()
			for who := range now {
				most[who] = max(most[who], now[who]-before[who])
			}
			select {
			case <-w.stop:
				if err != nil {
					s.t.Error(err)
				}
				w.grown <- most
				return
			case <-time.After(250 * time.Millisecond):
			}
		}
	}()
	return w
}

func (w *watcher) end() map[string]int {
	close(w.stop)
	return <-w.grown
}

// renderers are the processes of the page and of the worker.
func (s *signer) renderers() map[string]int {
	s.t.Helper()
	found := map[string]int{}
	dirs, err := filepath.Glob("/proc/[0-9]*")
	s.must(err)
	for _, dir := range dirs {
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || !strings.Contains(string(line), "--type=renderer") || group(dir) != s.day.Browser.PID() {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if strings.Contains(string(line), "--extension-process") {
			found["worker"] = pid
		} else if pid != 0 && anonymous(pid) > anonymous(found["page"]) {
			found["page"] = pid // the other ones are spare
		}
	}
	if len(found) != 2 {
		s.t.Fatalf("renderers: %v", found)
	}
	return found
}

// group is the process group of a process (proc(5), stat).
func group(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	n, _ := strconv.Atoi(fields[2])
	return n
}

// anonymous is the memory of a process that nobody shares, in KiB.
func anonymous(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return n
		}
	}
	return 0
}
