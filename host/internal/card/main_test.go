//go:build linux

package card

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pcsc"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

const openSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"

var tokensRequest = worker.Request{Op: worker.OpTokens}

// The test binary is its own card worker, real or faulty.
const (
	argWorker = "card-worker"
	argPad    = "worker-with-keypad"
	argCrash  = "worker-that-crashes"
	argNoise  = "worker-that-babbles"
)

var (
	daemon  *pcsc.Daemon
	folder  string
	testCA  = sync.OnceValues(func() (*testca.CA, error) { return testca.New("CA carte di prova") })
	readers = 2
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		if run := workers[os.Args[1]]; run != nil {
			if err := run(os.Args[2], os.Stdin, os.Stdout); err != nil {
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	// Parallel tests here wait for readers and deadlines, not for processors.
	flag.Parse()
	flag.Set("test.parallel", "5")
	var err error
	if folder, err = os.MkdirTemp("", "card"); err != nil {
		panic(err)
	}
	code := 1
	readers = readersWanted()
	if daemon, err = pcsc.Start(context.Background(), folder+"/p", readers); err != nil {
		fmt.Fprintln(os.Stderr, "private pcscd:", err)
	} else {
		os.Setenv("PCSCLITE_CSOCK_NAME", daemon.Socket())
		code = m.Run()
		daemon.Stop()
		if err := goleak.Find(); err != nil && code == 0 {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.RemoveAll(folder)
	os.Exit(code)
}

var workers = map[string]func(string, io.Reader, io.Writer) error{
	argWorker: worker.Main,
	argPad:    padWorker,
	argCrash: func(_ string, in io.Reader, _ io.Writer) error {
		frame.Read(in, worker.MaxFrame)
		os.Exit(139)
		return nil
	},
	argNoise: func(_ string, in io.Reader, out io.Writer) error {
		frame.Read(in, worker.MaxFrame)
		fmt.Fprint(out, "vendor banner: have a nice day, dear user of our middleware")
		_, err := io.Copy(io.Discard, in)
		return err
	},
}

func argv(kind string) []string { return []string{os.Args[0], kind} }

func newCard(t testing.TB, change ...func(*vcard.Options)) *vcard.Card {
	t.Helper()
	ca, err := testCA()
	if err != nil {
		t.Fatal(err)
	}
	opt := vcard.Options{Doctor: anagrafe.Doctors()[0], CA: ca, KeyDir: folder + "/keys"}
	for _, c := range change {
		c(&opt)
	}
	c, err := vcard.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Remove)
	return c
}

// rig is a running Service on the private pcscd.
type rig struct {
	t testing.TB
	*Service
	states <-chan wire.CardList
}

func start(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	r := startAny(t, change...)
	r.await("readers listed and empty", func(l wire.CardList) bool {
		return len(l.Readers) == readers && empty(l) && at(l, 1).State == wire.ReaderEmpty
	})
	return r
}

// startAny does not mind cards that are there already.
func startAny(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	return startWith(t, func(*Service) {}, change...)
}

// startWith lets a test change what Options do not hold.
func startWith(t testing.TB, adjust func(*Service), change ...func(*Options)) *rig {
	t.Helper()
	opt := Options{
		Log: zerolog.Nop(), Worker: argv(argWorker),
		Catalogue: Catalogue{Prefer: []string{openSC}},
	}
	if os.Getenv("CARD_LOG") != "" {
		opt.Log = zerolog.New(os.Stderr).With().Timestamp().Logger()
	}
	for _, c := range change {
		c(&opt)
	}
	s := New(opt)
	adjust(s)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	states, unsubscribe := s.Subscribe()
	t.Cleanup(func() {
		unsubscribe()
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Run does not end")
		}
	})
	return &rig{t, s, states}
}

// await returns the first state that fits.
func (r *rig) await(what string, fits func(wire.CardList) bool) wire.CardList {
	r.t.Helper()
	deadline := time.After(8 * time.Second)
	for {
		if now := r.State(); fits(now) {
			return now
		}
		select {
		case <-r.states:
		case <-deadline:
			text, _ := json.Marshal(r.State())
			r.t.Fatalf("%s: not within 8 s, state %s", what, text)
		}
	}
}

func ready(l wire.CardList) bool { return at(l, 0).State == wire.ReaderCard }
func empty(l wire.CardList) bool { return at(l, 0).State == wire.ReaderEmpty }
func at(l wire.CardList, i int) wire.Reader {
	if i >= len(l.Readers) {
		return wire.Reader{}
	}
	return l.Readers[i]
}

func (r *rig) insert(c *vcard.Card) wire.Card {
	r.t.Helper()
	r.insertAt(c, 0)
	return *at(r.await("card read", ready), 0).Card
}

func (r *rig) insertAt(c *vcard.Card, slot int) {
	r.t.Helper()
	if err := c.Insert(context.Background(), daemon.Slot(slot)); err != nil {
		r.t.Fatal(err)
	}
}

// pin answers the prompt with text and counts.
func pin(text string, asked *int) PINFunc {
	return func(context.Context, PINRequest) ([]byte, error) {
		if asked != nil {
			*asked++
		}
		return []byte(text), nil
	}
}

func authOf(t testing.TB, c wire.Card) string {
	t.Helper()
	for _, x := range c.Certificates {
		if x.Usable {
			return x.Fingerprint
		}
	}
	t.Fatalf("no usable certificate in %+v", c)
	return ""
}
