//go:build unix

package agent

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// What is under way when the agent is told to end is finished, unless it takes
// too long; then it is cancelled, and answered all the same.
func TestDrain(t *testing.T) {
	for name, tt := range map[string]struct {
		takes, want time.Duration
		code        wire.ErrorCode
	}{
		"finished":  {3 * time.Second, 3 * time.Second, ""},
		"cancelled": {time.Hour, drainTime, wire.ErrCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := make(chan struct{})
				work, giveUp := context.WithCancel(t.Context())
				ending, end := context.WithCancel(t.Context())
				defer giveUp()
				ours, theirs := net.Pipe()
				defer theirs.Close()
				d := newDoor(ours, ready(&fake{do: func(ctx context.Context, _ engine.Call) (any, *wire.Error) {
					close(begun)
					select {
					case <-time.After(tt.takes):
						return wire.NoParams{}, nil
					case <-ctx.Done():
						return nil, wire.NewError(wire.ErrCancelled, "")
					}
				}}))
				served := make(chan struct{})
				go func() { defer close(served); d.serve(work, ending); ours.Close() }()
				c := &caller{theirs, served}
				c.send(t, `{"raccordo":1}`)
				c.send(t, `{"jsonrpc":"2.0","id":1,"method":"session.login"}`)
				<-begun
				start := time.Now()
				end()
				time.AfterFunc(drainTime, giveUp)
				got := c.read(t)
				if took := time.Since(start); got.code() != tt.code || took != tt.want {
					t.Errorf("%q after %v, not %q after %v", got.code(), took, tt.code, tt.want)
				}
				<-served
			})
		})
	}
}

// greeted introduces a relay and returns the agent's answer.
func greeted(t *testing.T) (net.Conn, wire.GreetingAnswer) {
	t.Helper()
	conn, err := ipc.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := frame.Write(conn, []byte(`{"raccordo":1,"answer":true,"caller":{"kind":"pipe"}}`)); err != nil {
		t.Fatal(err)
	}
	body, err := frame.Read(conn, wire.MaxFrame)
	if err != nil {
		t.Fatal(err)
	}
	var answer wire.GreetingAnswer
	if err := json.Unmarshal(body, &answer); err != nil || answer.Raccordo != wire.Protocol {
		t.Fatalf("%s, %v", body, err)
	}
	return conn, answer
}

// An agent whose program was replaced tells the relay that comes, and whoever
// knows it finds nobody listening; another caller's request is finished first.
func TestRetire(t *testing.T) {
	l := listen(t)
	var replaced atomic.Bool
	begun, finish := make(chan struct{}), make(chan struct{})
	f := &fake{do: func(context.Context, engine.Call) (any, *wire.Error) {
		close(begun)
		<-finish
		return wire.NoParams{}, nil
	}}
	ended := make(chan error, 1)
	go func() {
		ended <- New(ready(f), Options{Log: zerolog.Nop(), Replaced: replaced.Load}).Serve(t.Context(), l)
	}()
	first, answer := greeted(t)
	if answer.Retiring {
		t.Fatal("retires for nothing")
	}
	if err := frame.Write(first, []byte(`{"jsonrpc":"2.0","id":1,"method":"status"}`)); err != nil {
		t.Fatal(err)
	}
	<-begun
	replaced.Store(true)
	if _, answer = greeted(t); !answer.Retiring {
		t.Fatal("does not retire")
	}
	if conn, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Fatalf("still listens: %v, %v", conn, err)
	}
	close(finish)
	body, err := frame.Read(first, wire.MaxFrame)
	if err != nil || decode(t, body).Error != nil {
		t.Errorf("the other caller's answer: %s, %v", body, err)
	}
	if err := <-ended; !errors.Is(err, ErrReplaced) {
		t.Errorf("%v, not ErrReplaced", err)
	}
}

// Without a relay an agent whose program was replaced goes when neither a
// request nor a session is lost with it.
func TestReplacedWhileIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.busy.Store(true)
		var replaced atomic.Bool
		time.AfterFunc(45*time.Second, func() { replaced.Store(true) })
		time.AfterFunc(100*time.Second, func() { f.busy.Store(false) })
		start := time.Now()
		err := New(ready(f), Options{Log: zerolog.Nop(), Replaced: replaced.Load}).Serve(t.Context(), make(silent, 1))
		if took := time.Since(start); !errors.Is(err, ErrReplaced) || took != 4*programLook {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// A program is another one when its file is gone, replaced or written over,
// even by one of the same size and time.
func TestReplaced(t *testing.T) {
	rename := func(t *testing.T, path, body string, then time.Time) {
		if err := os.WriteFile(path+".new", []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path+".new", then, then); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		change func(t *testing.T, path string)
		want   bool
	}{
		"nothing":   {func(*testing.T, string) {}, false},
		"removed":   {func(t *testing.T, path string) { os.Remove(path) }, true},
		"replaced":  {func(t *testing.T, path string) { rename(t, path, "new", then) }, true},
		"like twin": {func(t *testing.T, path string) { rename(t, path, "old", then) }, true},
		"written over": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("newer"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "raccordo")
			rename(t, path, "old", then)
			running, err := os.Open(path) // what runs keeps its inode
			if err != nil {
				t.Fatal(err)
			}
			defer running.Close()
			build, err := buildOf(path)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(t, path)
			if got := (Program{path, build}).Replaced(); got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
	own, err := OwnProgram()
	if err != nil || own.Replaced() {
		t.Errorf("this test: %+v, %v", own, err)
	}
}

// Who wants the place learns whether somebody lives there, and waits for one
// that is ending.
func TestTakePlace(t *testing.T) {
	l := listen(t)
	if _, err := TakePlace(t.Context(), false); !errors.Is(err, ErrLives) {
		t.Errorf("%v, not ErrLives", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := TakePlace(ctx, true); !errors.Is(err, context.Canceled) {
		t.Errorf("a service: %v", err)
	}
	l.Close()
	ending, err := ipc.Take() // has the place and does not listen
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		p, err := TakePlace(t.Context(), false)
		if err == nil {
			err = p.Close()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("did not wait: %v", err)
	case <-time.After(3 * placeLook):
	}
	ending.Close()
	if err := <-got; err != nil {
		t.Error(err)
	}
}
