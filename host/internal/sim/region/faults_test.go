package region

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

func TestFaults(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	lot := c.newLot()
	op := r.operations()[0]
	send := func(nre string) (int, error) {
		answer, err := c.request(http.MethodPost, op.path, soapHeader(op.action), envelope(c.sendRequest(nre)))
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, err
	}
	t.Run("unavailable, twice", func(t *testing.T) {
		r.Inject(Fault{Kind: Unavailable, Service: ServiceSend, Times: 2})
		if status, _ := c.do(http.MethodGet, "/sessione/v1/"+c.session, nil, ""); status != http.StatusOK {
			t.Errorf("another service: %d", status)
		}
		for i, want := range []int{503, 503, 200} {
			if status, err := send(fmt.Sprintf("%s1%d", lot, i)); status != want || err != nil {
				t.Errorf("send %d: %d %v", i, status, err)
			}
		}
	})
	t.Run("answer lost", func(t *testing.T) {
		r.Inject(Fault{Kind: LostAnswer, Service: ServiceSend, Times: 1})
		if status, err := send(lot + "20"); err == nil {
			t.Fatalf("an answer came: %d", status)
		}
		if view := c.viewOf(lot + "20"); !strings.Contains(view, "<ns2:statoProcesso>3<") {
			t.Errorf("the request was not carried out: %s", view)
		}
	})
	t.Run("request lost", func(t *testing.T) {
		r.Inject(Fault{Kind: LostRequest, Service: ServiceSend, Times: 1})
		if status, err := send(lot + "30"); err == nil {
			t.Fatalf("an answer came: %d", status)
		}
		if view := c.viewOf(lot + "30"); !strings.Contains(view, "5005") {
			t.Errorf("the request was carried out: %s", view)
		}
	})
	t.Run("slow", func(t *testing.T) {
		r.Inject(Fault{Kind: Slow, Delay: 300 * time.Millisecond, Times: 1})
		start := time.Now()
		if status, err := send(lot + "40"); status != 200 || err != nil || time.Since(start) < 300*time.Millisecond {
			t.Errorf("%d %v after %s", status, err, time.Since(start))
		}
	})
	t.Run("late arrival", func(t *testing.T) {
		r.Inject(Fault{Kind: Slow, Service: ServiceSend, Delay: 300 * time.Millisecond, Times: 1})
		c.http.Timeout = 100 * time.Millisecond
		status, err := send(lot + "45")
		c.http.Timeout = 20 * time.Second
		if err == nil {
			t.Fatalf("an answer came: %d", status)
		}
		if view := c.viewOf(lot + "45"); !strings.Contains(view, "5005") {
			t.Errorf("arrived at once: %s", view)
		}
		for deadline := time.Now().Add(5 * time.Second); !strings.Contains(c.viewOf(lot+"45"), "<ns2:statoProcesso>3<"); {
			if time.Now().After(deadline) {
				t.Fatal("never arrived")
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Run("slower than the client", func(t *testing.T) {
		r.Inject(Fault{Kind: Slow, Delay: time.Hour})
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.SARURL()+"/sessione/v1/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.http.Do(q); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		r.ClearFaults()
	})
	t.Run("down and up again", func(t *testing.T) {
		r.SetDown(true)
		if status, err := send(lot + "50"); err == nil {
			t.Fatalf("an answer came: %d", status)
		}
		portal := httpClient(t, r)
		if _, err := portal.Get(r.PortalURL() + "/salute"); err == nil {
			t.Error("the portal answers")
		}
		r.SetDown(false)
		if status, err := send(lot + "50"); status != 200 || err != nil {
			t.Errorf("up again: %d %v", status, err)
		}
		answer, err := portal.Get(r.PortalURL() + "/salute")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("health: %d", answer.StatusCode)
		}
	})
}

// TestConcurrentSenders: two doctors, each number sent by two requests at
// once: accepted exactly once, every code of authentication different.
func TestConcurrentSenders(t *testing.T) {
	r := startRegion(t)
	const numbers = 12
	var mutex sync.Mutex
	accepted, codes := map[string]int{}, map[string]bool{}
	var all sync.WaitGroup
	for _, d := range anagrafe.Doctors()[:2] {
		c := login(t, r, d)
		lot := c.newLot()
		for i := range 2 * numbers {
			nre := fmt.Sprintf("%s%02d", lot, i/2)
			request := c.sendRequest(nre)
			all.Go(func() {
				_, answer := c.call(ServiceSend, request)
				mutex.Lock()
				defer mutex.Unlock()
				if between(answer, "codEsitoInserimento") == "0000" {
					accepted[nre]++
					codes[between(answer, "codAutenticazione")] = true
				} else if !strings.Contains(answer, "5004") {
					t.Errorf("refused: %s", answer)
				}
			})
		}
	}
	all.Wait()
	if len(accepted) != 2*numbers || len(codes) != 2*numbers || r.Prescriptions() != 2*numbers {
		t.Errorf("%d numbers, %d codes, %d stored", len(accepted), len(codes), r.Prescriptions())
	}
	for nre, times := range accepted {
		if times != 1 {
			t.Errorf("%s accepted %d times", nre, times)
		}
	}
}

// TestRestart: keys, lots and prescriptions outlive the process, sessions do not.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	in := func(o *Options) { o.Dir = dir }
	first := startRegion(t, in)
	c := login(t, first, anagrafe.Doctors()[0])
	lot := c.newLot()
	c.call(ServiceSend, c.sendRequest(lot+"00"))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := startRegion(t, in)
	if string(first.CipherCertificatePEM()) != string(second.CipherCertificatePEM()) {
		t.Error("the cipher key changed")
	}
	again := login(t, second, anagrafe.Doctors()[0])
	if view := again.viewOf(lot + "00"); !strings.Contains(view, "<ns2:statoProcesso>3<") {
		t.Errorf("the prescription is gone: %s", view)
	}
	if _, answer := again.call(ServiceSend, again.sendRequest(lot+"01")); between(answer, "codEsitoInserimento") != "0000" {
		t.Errorf("the lot is gone: %s", answer)
	}
	if next := again.newLot(); next == lot {
		t.Error("the same lot was given twice")
	}
	again.session = c.session
	if status, _ := again.do(http.MethodGet, "/sessione/v1/"+c.session, nil, ""); status != http.StatusNotFound {
		t.Errorf("the session survived: %d", status)
	}
}
