package engine

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/config"
	"raccordo/host/internal/region"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

func nowForTest() time.Time { return time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC) }

func list(serial string, certs ...wire.Certificate) wire.CardList {
	return wire.CardList{Service: "running", Readers: []wire.Reader{{
		Name: "R", State: wire.ReaderCard,
		Card: &wire.Card{Serial: serial, Certificates: certs},
	}}}
}

// forCards is as much of an engine as the rules about cards need.
func forCards() *Engine {
	return &Engine{now: nowForTest, zone: time.UTC, memory: newMemory(nil, zerolog.Nop()), expiryTold: map[string]time.Time{}}
}

func TestPrefer(t *testing.T) {
	auth, other := wire.Certificate{Fingerprint: "a", Usable: true}, wire.Certificate{Fingerprint: "b", Usable: true}
	sign := wire.Certificate{Fingerprint: "s", Reason: wire.ErrCertSign}
	rows := []struct {
		name   string
		in     []wire.Certificate
		chosen string
		want   string
	}{
		{"only usable one", []wire.Certificate{sign, auth}, "", "a"},
		{"first of two", []wire.Certificate{auth, other}, "", "a"},
		{"remembered", []wire.Certificate{auth, other}, "b", "b"},
		{"remembered but gone", []wire.Certificate{auth, sign}, "b", "a"},
		{"none usable", []wire.Certificate{sign}, "s", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			e := forCards()
			e.memory.choose("1", row.chosen)
			original := list("1", row.in...)
			got := ""
			for _, c := range e.prefer(original).Readers[0].Card.Certificates {
				if c.Preferred {
					got += c.Fingerprint
				}
			}
			if got != row.want {
				t.Errorf("preferred %q, want %q", got, row.want)
			}
			if diff := cmp.Diff(row.in, original.Readers[0].Card.Certificates); diff != "" {
				t.Errorf("the card service's list was changed:\n%s", diff)
			}
		})
	}
}

func TestWantsLogin(t *testing.T) {
	back := &resume{serial: "1", fingerprint: "a", grants: map[string]bool{clinic: true}}
	rows := []struct {
		name   string
		auto   string
		resume *resume
		live   *link
		want   bool
		pages  int
	}{
		{"first insertion", config.AutoReinsert, nil, nil, false, 0},
		{"put back", config.AutoReinsert, back, nil, true, 1},
		{"another card", config.AutoReinsert, &resume{serial: "2", fingerprint: "a"}, nil, false, 0},
		{"another certificate", config.AutoReinsert, &resume{serial: "1", fingerprint: "b"}, nil, false, 0},
		{"put back, never wanted", config.AutoNever, back, nil, false, 0},
		{"always", config.AutoAlways, nil, nil, true, 0},
		{"always, put back keeps the pages", config.AutoAlways, back, nil, true, 1},
		{"already connected", config.AutoAlways, nil, &link{}, false, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			e := &Engine{opt: Options{Config: config.Config{AutoConnect: row.auto}}, profile: cardRegion(), resume: row.resume, live: row.live}
			_, pages, wanted := e.wantsLogin("1", "a")
			if wanted != row.want || len(pages) != row.pages {
				t.Errorf("wanted %v with %d pages, want %v with %d", wanted, len(pages), row.want, row.pages)
			}
			if _, again, _ := e.wantsLogin("1", "a"); row.auto == config.AutoReinsert && len(again) != 0 {
				t.Error("the memory of a removal was used twice")
			}
		})
	}
}

// cardRegion has a way in with the card.
func cardRegion() region.Profile {
	at := region.Endpoints{Session: "https://sar.example/s", Prescriptions: "https://sar.example/p"}
	return region.Profile{NRE: region.NREFromRegion, Envelope: region.Envelope{Kind: "sac", Cipher: "cifra.cer"}, Card: &region.Card{Driver: "sar", Endpoints: at}}
}

// Each card is tried once for each insertion, however many there are and
// whatever came of it: a login that is refused must not bring its window back.
func TestInsertionIsTriedOnce(t *testing.T) {
	var mu sync.Mutex
	var text bytes.Buffer
	logins := func() int {
		mu.Lock()
		defer mu.Unlock()
		return strings.Count(text.String(), "automatic login")
	}
	e := forCards()
	e.profile = cardRegion()
	e.opt.Config.AutoConnect = config.AutoAlways
	e.session = session.New(config.Logout, time.UTC)
	e.log = zerolog.New(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return text.Write(p)
	}))
	if err := e.session.Begin("card"); err != nil { // every login is refused: busy
		t.Fatal(err)
	}
	cert := wire.Certificate{Fingerprint: "a", Usable: true, Preferred: true}
	both := list("1", cert)
	both.Readers = append(both.Readers, list("2", cert).Readers...)
	tried := map[string]bool{}
	for i, step := range []struct {
		list wire.CardList
		want int
	}{{both, 1}, {both, 2}, {both, 2}, {both, 2}, {list("1", cert), 2}, {both, 3}, {both, 3}} {
		e.watchInsertion(t.Context(), step.list, tried)
		for end := time.Now().Add(5 * time.Second); logins() < step.want && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		if got := logins(); got != step.want {
			t.Fatalf("step %d: %d logins, want %d", i, got, step.want)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestObstacle(t *testing.T) {
	rows := []struct {
		name string
		in   wire.Reader
		want wire.ErrorCode
	}{
		{"no module", wire.Reader{Card: &wire.Card{Problem: wire.ErrNoModule}}, wire.ErrNoModule},
		{"still reading", wire.Reader{State: wire.ReaderReading, Card: &wire.Card{}}, wire.ErrCardBusy},
		{"expired", wire.Reader{Card: &wire.Card{Certificates: []wire.Certificate{{Reason: wire.ErrCertExpired}}}}, wire.ErrCertExpired},
		{"empty card", wire.Reader{Card: &wire.Card{}}, wire.ErrNoCert},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := obstacle(row.in); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}
