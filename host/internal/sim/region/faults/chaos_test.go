package faults

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func request(nre string) *http.Request {
	q, err := http.NewRequest(http.MethodPost, "/", strings.NewReader("<x><n:nre>"+nre+"</n:nre></x>"))
	if err != nil {
		panic(err)
	}
	return q
}

// TestChaosIsItsSeeds: the same requests meet the same faults in whatever order
// they come; another seed deals otherwise.
func TestChaosIsItsSeeds(t *testing.T) {
	dealt := func(seed uint64, order []int) map[string]Fault {
		p := NewPlan()
		if err := p.StartChaos(Storm(seed, 0.5)); err != nil {
			t.Fatal(err)
		}
		got := map[string]Fault{}
		for _, i := range order {
			nre := fmt.Sprintf("0900A0%09d", i)
			for try := range 3 {
				got[fmt.Sprint(nre, " ", try)], _ = p.draw([]Service{SAR, "invio"}, request(nre))
			}
		}
		return got
	}
	order := rand.New(rand.NewPCG(1, 2)).Perm(200)
	one, two, other := dealt(7, order), dealt(7, rand.New(rand.NewPCG(3, 4)).Perm(200)), dealt(8, order)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(one, other) {
		t.Error("two seeds deal the same")
	}
}

// TestChaosKeepsItsRates: each kind comes as often as was asked, and is counted.
func TestChaosKeepsItsRates(t *testing.T) {
	p := NewPlan()
	c := Storm(1, 0.65)
	c.Rates[HandshakeReset] = 0.25
	if err := p.StartChaos(c); err != nil {
		t.Fatal(err)
	}
	const n = 20000
	got := map[Kind]int{}
	for i := range n {
		if f, ok := p.draw([]Service{SAR, "invio"}, request(fmt.Sprintf("%015d", i))); ok {
			got[f.Kind]++
			if f.Kind == Late && (f.Delay < 500*time.Millisecond || f.Delay > 5*time.Second) || f.Kind == Reordered && (f.Delay <= 0 || f.Delay > 300*time.Millisecond) {
				t.Fatalf("%+v", f)
			}
		}
		if _, ok := p.drawHandshake([]Service{SAR}); ok {
			got[HandshakeReset]++
		}
	}
	for kind, rate := range c.Rates {
		if share := float64(got[kind]) / n; math.Abs(share-rate) > 0.015 {
			t.Errorf("%s: %.3f, want %.3f", kind, share, rate)
		}
	}
	if diff := cmp.Diff(got, p.ChaosState().Applied); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, p.Applied()); diff != "" {
		t.Error(diff)
	}
	p.StopChaos()
	if s := p.ChaosState(); s.Running || !maps.Equal(s.Applied, got) || p.chaotic() {
		t.Errorf("stopped: %+v", s)
	}
	if _, ok := p.drawHandshake([]Service{SAR}); ok {
		t.Error("a stopped chaos resets handshakes")
	}
}

func TestChaosOfSomeServices(t *testing.T) {
	p := NewPlan()
	if _, ok := p.draw([]Service{SAR, "invio"}, request("1")); ok || p.chaotic() {
		t.Error("chaos without chaos")
	}
	if err := p.StartChaos(Chaos{Rates: map[Kind]float64{LostAnswer: 1}, Services: []Service{"invio", Cloud}}); err != nil {
		t.Fatal(err)
	}
	for names, want := range map[[2]Service]bool{{SAR, "invio"}: true, {SAR, "annulla"}: false, {Cloud, "annulla"}: true} {
		if _, ok := p.draw(names[:], request("1")); ok != want {
			t.Errorf("%v: %v", names, ok)
		}
	}
}

func TestChaosRefused(t *testing.T) {
	for name, row := range map[string]struct {
		chaos Chaos
		want  error
	}{
		"negative":  {Chaos{Rates: map[Kind]float64{Late: -0.1}}, ErrRates},
		"too high":  {Chaos{Rates: map[Kind]float64{Late: 1.1}}, ErrRates},
		"NaN":       {Chaos{Rates: map[Kind]float64{Late: math.NaN()}}, ErrRates},
		"together":  {Chaos{Rates: map[Kind]float64{Late: 0.6, Hang: 0.6}}, ErrRates},
		"no chance": {Chaos{Rates: map[Kind]float64{WrongHost: 0.1}}, ErrKind},
		"no kind":   {Chaos{Rates: map[Kind]float64{"altro": 0.1}}, ErrKind},
		"too long":  {Chaos{LateMax: time.Hour}, ErrValue},
		"backwards": {Chaos{Hold: -1}, ErrValue},
	} {
		p := NewPlan()
		if err := p.StartChaos(row.chaos); !errors.Is(err, row.want) || p.chaotic() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrands(t *testing.T) {
	e := NewErrands()
	var done atomic.Int32
	ran := make(chan struct{})
	e.After(0, func() { done.Add(1); close(ran) })
	e.After(time.Hour, func() { done.Add(100) })
	<-ran
	e.Close()
	e.After(0, func() { done.Add(1000) })
	e.Close()
	if done.Load() != 1 || e.Pending() != 0 {
		t.Errorf("done %d, pending %d", done.Load(), e.Pending())
	}
}

func FuzzNumberIn(f *testing.F) {
	f.Add([]byte("<a:nre>0900A0000000100</a:nre>"))
	f.Add([]byte("nre>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if n := numberIn(body); len(n) > 15 || strings.Contains(n, "<") {
			t.Errorf("%q", n)
		}
	})
}
