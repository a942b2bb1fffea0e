package region

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/faults"
)

// only is chaos of one kind, always.
func only(kind faults.Kind) faults.Chaos {
	return faults.Chaos{
		Rates: map[faults.Kind]float64{kind: 1}, Services: []Service{ServiceSend}, LateMin: 300 * time.Millisecond, LateMax: 300 * time.Millisecond,
		Hold: 20 * time.Millisecond, Hang: 50 * time.Millisecond, RetryAfter: 1500 * time.Millisecond,
	}
}

// post is a request that may go wrong.
func (c *client) post(op operation, request string) (status int, header http.Header, body string, err error) {
	answer, err := c.request(http.MethodPost, op.path, soapHeader(op.action), envelope(request))
	if err != nil {
		return 0, nil, "", err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(raw), err
}

// TestChaosKinds: what a client sees of each kind, and whether its prescription
// is there afterwards.
func TestChaosKinds(t *testing.T) {
	for _, row := range []struct {
		kind   faults.Kind
		status int // 0: no answer
		says   string
		there  bool
	}{
		{faults.LostRequest, 0, "", false}, {faults.LostAnswer, 0, "", true}, {faults.Late, 0, "", false}, {faults.Hang, 0, "", false},
		{faults.CutAnswer, 0, "", true}, {faults.Broken, 500, "500 Internal", false}, {faults.BrokenAfter, 500, "500 Internal", true},
		{faults.Maintenance, 200, "<!DOCTYPE html>", false}, {faults.TooMany, 429, "429", false}, {faults.Reordered, 200, "codAutenticazione", true},
		{faults.ExpiredSession, 401, "sessione-scaduta", false},
	} {
		t.Run(string(row.kind), func(t *testing.T) {
			r := startRegion(t)
			c := login(t, r, anagrafe.Doctors()[0])
			nre := c.newLot() + "00"
			if err := r.StartChaos(only(row.kind)); err != nil {
				t.Fatal(err)
			}
			status, header, body, err := c.post(r.operations()[0], c.sendRequest(nre))
			if (row.status == 0) != (err != nil) || err == nil && status != row.status || !strings.Contains(body, row.says) {
				t.Errorf("%d %s %v", status, body, err)
			}
			if row.kind == faults.TooMany && header.Get("Retry-After") != "2" {
				t.Errorf("Retry-After %q", header.Get("Retry-After"))
			}
			if _, there := r.State(nre); there != row.there {
				t.Errorf("there: %v", there)
			}
			if diff := cmp.Diff(map[faults.Kind]int{row.kind: 1}, r.ChaosState().Applied); diff != "" {
				t.Error(diff)
			}
			x := r.Audit(AuditFilter{Service: ServiceSend})[0]
			if len(x.Faults) != 1 || x.Faults[0] != row.kind || (len(x.Executions) == 1) != row.there {
				t.Errorf("audit: %+v", x)
			}
			r.StopChaos()
			if row.kind == faults.ExpiredSession {
				c.open()
			}
			if row.kind != faults.Late {
				if _, _, body, err := c.post(r.operations()[0], c.sendRequest(nre)); err != nil || !strings.Contains(body, map[bool]string{true: "5004", false: "codAutenticazione"}[row.there]) {
					t.Errorf("afterwards: %v %s", err, body)
				}
			}
		})
	}
}

// TestLateAfterNotFound is the case that fells a design: the request is gone,
// the region says that it does not have it, then it arrives, even if the session
// it came in has ended.
func TestLateAfterNotFound(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	nre := c.newLot() + "00"
	if err := r.StartChaos(only(faults.Late)); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := c.post(r.operations()[0], c.sendRequest(nre)); err == nil {
		t.Fatal("an answer came")
	}
	r.StopChaos()
	if view := c.viewOf(nre); !strings.Contains(view, "5005") {
		t.Fatalf("not late: %s", view)
	}
	if n := r.ChaosState().Pending; n != 1 {
		t.Errorf("%d pending", n)
	}
	c.open() // ends the session before
	for r.ChaosState().Pending > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if state, _ := r.State(nre); state != "3" {
		t.Errorf("state %q", state)
	}
	x := r.Audit(AuditFilter{Fault: faults.Late})[0]
	if x.Status != 0 || len(x.Executions) != 1 || x.Executions[0].Outcome != "0000" || x.Outcome != "0000" {
		t.Errorf("audit: %+v", x)
	}
}

// TestDuplicate: carried out twice, stored once; the client gets either answer.
func TestDuplicate(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	lot := c.newLot()
	if err := r.StartChaos(only(faults.Duplicate)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i := range 20 {
		_, answer := c.call(ServiceSend, c.sendRequest(fmt.Sprintf("%s%02d", lot, i)))
		seen[between(answer, "codEsito")]++
	}
	if seen["0000"] == 0 || seen["5004"] == 0 || len(seen) != 2 || r.Prescriptions() != 20 {
		t.Errorf("answers %v, %d stored", seen, r.Prescriptions())
	}
	if x := r.Audit(AuditFilter{Service: ServiceSend})[0]; len(x.Executions) != 2 || x.Executions[1].Outcome != "9999 5004" {
		t.Errorf("audit: %+v", x)
	}
}

// TestLateDiesWithTheRegion: a region that closes leaves nothing behind.
func TestLateDiesWithTheRegion(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	chaos := only(faults.Late)
	chaos.LateMin, chaos.LateMax = time.Minute, time.Minute
	if err := r.StartChaos(chaos); err != nil {
		t.Fatal(err)
	}
	_, _, _, err := c.post(r.operations()[0], c.sendRequest(""))
	if err == nil || r.ChaosState().Pending != 1 {
		t.Fatalf("%v, pending %d", err, r.ChaosState().Pending)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if r.Prescriptions() != 0 || r.ChaosState().Pending != 0 {
		t.Error("it arrived at a closed region")
	}
}

func TestHandshakeChaos(t *testing.T) {
	chaos := faults.Chaos{Rates: map[faults.Kind]float64{faults.HandshakeReset: 1}}
	r := startRegion(t, func(o *Options) { o.Chaos = &chaos })
	c := newClient(t, r, anagrafe.Doctors()[0])
	if _, err := c.request(http.MethodPost, "/sessione/v1", nil, ""); err == nil {
		t.Error("a connection was made")
	}
	r.StopChaos()
	if status, _, _ := c.open(); status != http.StatusCreated {
		t.Errorf("afterwards: %d", status)
	}
	if r.ChaosState().Applied[faults.HandshakeReset] == 0 {
		t.Error("not counted")
	}
}

// TestStorm: naive clients that repeat the same number until the region has it
// end up with each prescription exactly once, whatever happened on the way.
func TestStorm(t *testing.T) {
	chaos := faults.Storm(42, 0.5)
	chaos.LateMin, chaos.LateMax, chaos.Hold, chaos.Hang, chaos.RetryAfter = time.Millisecond, 50*time.Millisecond, 10*time.Millisecond, 20*time.Millisecond, time.Millisecond
	r := startRegion(t)
	lots := map[string]*client{}
	for _, d := range anagrafe.MassDoctors()[:8] {
		c := login(t, r, d)
		lots[c.newLot()] = c
	}
	if err := r.StartChaos(chaos); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for lot, c := range lots {
		all.Go(func() {
			for i := range 25 {
				c.insist(fmt.Sprintf("%s%02d", lot, i))
			}
		})
	}
	all.Wait()
	r.StopChaos()
	for r.ChaosState().Pending > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if live := len(r.Listing(Filter{Live: true})); live != 200 || r.Prescriptions() != 200 {
		t.Errorf("%d live of %d", live, r.Prescriptions())
	}
	applied := r.ChaosState().Applied
	for _, kind := range faults.ChaosKinds() {
		if kind != faults.HandshakeReset && applied[kind] == 0 {
			t.Errorf("%s never happened: %v", kind, applied)
		}
	}
}

// insist sends until the region has the number, with a new session whenever the
// old one is gone.
func (c *client) insist(nre string) {
	request := c.sendRequest(nre)
	for range 1000 {
		status, _, body, err := c.post(c.region.operations()[0], request)
		if err == nil && status == http.StatusOK && (strings.Contains(body, "<codAutenticazione>") || strings.Contains(body, ">5004<")) {
			return
		}
		if status == http.StatusUnauthorized {
			c.reopen()
		}
	}
	c.t.Errorf("%s never arrived", nre)
}

func (c *client) reopen() {
	for range 100 {
		c.session = ""
		q, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.region.SARURL()+"/sessione/v1", nil)
		if err != nil {
			c.t.Error(err)
			return
		}
		answer, err := c.http.Do(q)
		if err != nil {
			continue
		}
		c.session = strings.TrimPrefix(answer.Header.Get("Location"), "/sessione/v1/")
		_ = answer.Body.Close()
		return
	}
}
