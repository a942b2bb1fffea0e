package agent

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// A method that heeds nothing is left behind at its deadline and a second.
func TestDeadline(t *testing.T) {
	methods := append([]wire.Method{{Name: "unknown", Deadline: 5 * time.Second}}, wire.Methods...)
	for _, m := range methods {
		for name, heeds := range map[string]bool{" that hangs": false, " that heeds": true} {
			t.Run(m.Name+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					end := make(chan struct{})
					defer close(end)
					c := enter(t, ready(&fake{do: func(ctx context.Context, _ engine.Call) (any, *wire.Error) {
						if heeds {
							<-ctx.Done()
							return nil, wire.NewError(wire.ErrRegionTime, "")
						}
						<-end
						return nil, nil
					}}))
					start := time.Now()
					c.send(t, `{"jsonrpc":"2.0","id":1,"method":"`+m.Name+`"}`)
					got := c.read(t)
					took, code, grace := time.Since(start), wire.ErrDeadline, time.Second
					if heeds { // what the method says is better than a mere deadline
						code, grace = wire.ErrRegionTime, 0
					}
					if got.code() != code || took != m.Deadline+grace {
						t.Errorf("%s after %v, not %s after %v", got.code(), took, code, m.Deadline+grace)
					}
				})
			})
		}
	}
}

// An agent whose engine is never ready answers all the same.
func TestDeadlineOfStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := enter(t, func(ctx context.Context) (Engine, *wire.Error) {
			<-ctx.Done()
			return nil, wire.NewError(wire.ErrDeadline, "starting")
		})
		start := time.Now()
		c.send(t, `{"jsonrpc":"2.0","id":1,"method":"status"}`)
		if got := c.read(t); got.code() != wire.ErrDeadline || time.Since(start) != 2*time.Second {
			t.Errorf("%+v after %v", got, time.Since(start))
		}
	})
}

// A goodbye, the caller's loss and the agent's end cancel what is under way;
// it is answered when there is somebody to answer.
func TestCancelled(t *testing.T) {
	request := `{"jsonrpc":"2.0","id":1,"method":"session.login"}`
	for name, heeds := range map[string]bool{"that heeds": true, "that hangs": false} {
		run := func(t *testing.T, end func(t *testing.T, c *caller, stop context.CancelFunc) []message, want int) {
			synctest.Test(t, func(t *testing.T) {
				started, hang := make(chan struct{}), make(chan struct{})
				defer close(hang)
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				c := knock(t, ctx, ready(&fake{do: func(ctx context.Context, _ engine.Call) (any, *wire.Error) {
					close(started)
					if !heeds {
						<-hang
					}
					<-ctx.Done()
					return nil, wire.NewError(wire.ErrCancelled, "")
				}}))
				c.send(t, `{"raccordo":1}`)
				c.send(t, request)
				<-started
				start := time.Now()
				got := end(t, c, stop)
				<-c.served
				if took := time.Since(start); heeds && took != 0 || took > time.Second {
					t.Errorf("the door took %v to end", took)
				}
				if len(got) != want || want > 0 && (got[0].code() != wire.ErrCancelled || string(got[0].ID) != "1") {
					t.Errorf("%+v", got)
				}
			})
		}
		t.Run("goodbye, method "+name, func(t *testing.T) {
			run(t, func(t *testing.T, c *caller, _ context.CancelFunc) []message { return c.rest(t) }, 1)
		})
		t.Run("agent ends, method "+name, func(t *testing.T) {
			run(t, func(t *testing.T, c *caller, stop context.CancelFunc) []message { stop(); return c.drain(t) }, 1)
		})
		t.Run("caller lost, method "+name, func(t *testing.T) {
			run(t, func(_ *testing.T, c *caller, _ context.CancelFunc) []message { c.conn.Close(); return nil }, 0)
		})
	}
}

// A request that is followed by a goodbye at once is answered even by an
// engine that is still being built.
func TestGoodbyeWhileStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := enter(t, func(ctx context.Context) (Engine, *wire.Error) {
			select {
			case <-time.After(time.Second):
				return &fake{}, nil
			case <-ctx.Done():
				return nil, wire.NewError(wire.ErrDeadline, "starting")
			}
		})
		c.send(t, `{"jsonrpc":"2.0","id":1,"method":"hello"}`)
		if got := c.rest(t); len(got) != 1 || got[0].code() != "" {
			t.Errorf("%+v", got)
		}
	})
}

// Who does not read its answer loses the connection, and keeps nobody.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := enter(t, ready(&fake{}))
		start := time.Now()
		c.send(t, `{"jsonrpc":"2.0","id":1,"method":"status"}`)
		<-c.served
		if took := time.Since(start); took != writeTime {
			t.Errorf("ended after %v, not %v", took, writeTime)
		}
		if _, err := frame.Read(c.conn, wire.MaxFrame); !errors.Is(err, io.EOF) {
			t.Errorf("%v, not the end", err)
		}
	})
}

// Who does not say properly who it is gets no conversation.
func TestGreeting(t *testing.T) {
	tests := map[string]struct {
		say  string
		took time.Duration
	}{
		"not JSON":        {"hello", 0},
		"empty frame":     {"", 0},
		"a request first": {`{"jsonrpc":"2.0","id":1,"method":"status"}`, 0},
		"protocol 0":      {`{"raccordo":0,"caller":{"kind":"cli"}}`, 0},
		"wrong type":      {`{"raccordo":"1"}`, 0},
		"silence":         {"-", greetTime},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := knock(t, t.Context(), ready(&fake{}))
				start := time.Now()
				if tt.say != "-" {
					c.send(t, tt.say)
				}
				if got := c.drain(t); len(got) != 0 || time.Since(start) != tt.took {
					t.Errorf("%+v after %v", got, time.Since(start))
				}
			})
		})
	}
	t.Run("too large", func(t *testing.T) {
		c := knock(t, t.Context(), ready(&fake{}))
		go frame.Write(c.conn, []byte(strings.Repeat(" ", 4097)))
		if got := c.drain(t); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// An agent that ends while a caller introduces itself does not wait for it.
func TestEndDuringGreeting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		ours, theirs := net.Pipe()
		defer theirs.Close()
		d := newDoor(noDeadline{ours}, ready(&fake{}))
		served := make(chan struct{})
		go func() { defer close(served); d.serve(ctx, ctx); ours.Close() }()
		if err := frame.Write(theirs, []byte(`{"raccordo":1}`)); err != nil {
			t.Fatal(err)
		}
		<-served
	})
}

// noDeadline stands for the deadline of the end that the greeting's own one
// overwrites.
type noDeadline struct{ net.Conn }

func (noDeadline) SetReadDeadline(time.Time) error { return nil }

// silent is a listener to whom nobody comes.
type silent chan struct{}

func (s silent) Accept() (net.Conn, error) { <-s; return nil, net.ErrClosed }
func (s silent) Close() error {
	select {
	case s <- struct{}{}:
	default:
	}
	return nil
}
func (s silent) Addr() net.Addr { return nil }

// An agent that a browser started goes away when nobody needs it: no caller,
// no session.
func TestIdleExit(t *testing.T) {
	const idle = 10 * time.Minute
	tests := map[string]struct {
		busy  time.Duration // how long the engine has a session
		fault bool
		want  time.Duration
	}{
		"not needed":        {0, false, 12*time.Minute + 30*time.Second}, // the first look after the time
		"session":           {61 * time.Minute, false, 62*time.Minute + 30*time.Second},
		"engine not usable": {0, true, 12*time.Minute + 30*time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{}
				f.busy.Store(tt.busy > 0)
				time.AfterFunc(tt.busy, func() { f.busy.Store(false) })
				get := ready(f)
				if tt.fault {
					get = func(context.Context) (Engine, *wire.Error) { return nil, wire.NewError(wire.ErrRegionConfig, "") }
				}
				start := time.Now()
				if err := New(get, Options{Log: zerolog.Nop(), IdleExit: idle}).Serve(t.Context(), make(silent, 1)); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != tt.want {
					t.Errorf("ended after %v, not %v", took, tt.want)
				}
			})
		})
	}
	t.Run("never", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 1000*time.Hour)
			defer stop()
			start := time.Now()
			if err := New(ready(&fake{}), Options{Log: zerolog.Nop()}).Serve(ctx, make(silent, 1)); err != nil || time.Since(start) != 1000*time.Hour {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	})
}
