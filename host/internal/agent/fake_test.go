package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// On Windows go-winio keeps one goroutine for all pipes.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/Microsoft/go-winio.getQueuedCompletionStatus"))
}

// fake is an engine that answers at once, or as do says.
type fake struct {
	do       func(context.Context, engine.Call) (any, *wire.Error)
	hears    bool
	busy     atomic.Bool
	events   chan wire.Event
	listened atomic.Int32 // subscriptions now
	ever     atomic.Int32 // and all that there were
}

func (f *fake) Do(ctx context.Context, c engine.Call) (any, *wire.Error) {
	if f.do != nil {
		return f.do(ctx, c)
	}
	if _, ok := wire.LookupMethod(c.Method); !ok {
		return nil, wire.NewError(wire.ErrMethod, "")
	}
	return wire.NoParams{}, nil
}

func (f *fake) Events() (<-chan wire.Event, func()) {
	f.listened.Add(1)
	f.ever.Add(1)
	return f.events, func() { f.listened.Add(-1) }
}

func (f *fake) Hears(wire.Caller) bool { return f.hears }
func (f *fake) Idle() bool             { return !f.busy.Load() }

func ready(e Engine) func(context.Context) (Engine, *wire.Error) {
	return func(context.Context) (Engine, *wire.Error) { return e, nil }
}

// caller is the other end of a door.
type caller struct {
	conn   net.Conn
	served chan struct{} // closed when the door has ended
}

func newDoor(conn net.Conn, get func(context.Context) (Engine, *wire.Error)) *door {
	return &door{conn: conn, engine: get, log: zerolog.Nop(), asked: new(atomic.Int64), stays: func() bool { return true }}
}

// knock opens a door for a caller that has not yet said who it is.
func knock(t *testing.T, ctx context.Context, get func(context.Context) (Engine, *wire.Error)) *caller {
	t.Helper()
	ours, theirs := net.Pipe()
	c := &caller{theirs, make(chan struct{})}
	d := newDoor(ours, get)
	go func() {
		defer close(c.served)
		defer ours.Close()
		d.serve(ctx, ctx)
	}()
	t.Cleanup(func() { theirs.Close(); <-c.served })
	return c
}

// enter opens a door and introduces the caller.
func enter(t *testing.T, get func(context.Context) (Engine, *wire.Error)) *caller {
	t.Helper()
	c := knock(t, t.Context(), get)
	c.send(t, `{"raccordo":1,"caller":{"kind":"browser","browser":"firefox","extension":"x"}}`)
	return c
}

func (c *caller) send(t *testing.T, body string) {
	t.Helper()
	if err := frame.Write(c.conn, []byte(body)); err != nil {
		t.Fatal(err)
	}
}

// message is a Response or an Event.
type message struct {
	wire.Response
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func (m message) code() wire.ErrorCode {
	if m.Error == nil {
		return ""
	}
	return m.Error.Data.Code
}

func (c *caller) read(t *testing.T) message {
	t.Helper()
	body, err := frame.Read(c.conn, wire.MaxFrame)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, body)
}

func decode(t *testing.T, body []byte) message {
	t.Helper()
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("%v: %q", err, body)
	}
	return m
}

// rest says goodbye and returns what still comes.
func (c *caller) rest(t *testing.T) []message {
	t.Helper()
	said := make(chan error, 1) // the pipe has no buffer and the door may be writing
	go func() { said <- frame.Write(c.conn, nil) }()
	all := c.drain(t)
	if err := <-said; err != nil {
		t.Fatal(err)
	}
	return all
}

func (c *caller) drain(t *testing.T) []message {
	t.Helper()
	var all []message
	for {
		body, err := frame.Read(c.conn, wire.MaxFrame)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, decode(t, body))
	}
}

// recorder is a connection that plays a stream and keeps what is written.
type recorder struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer // written under the door's lock
}

func (r *recorder) Read(b []byte) (int, error)       { return r.in.Read(b) }
func (r *recorder) Write(b []byte) (int, error)      { return r.out.Write(b) }
func (r *recorder) SetReadDeadline(time.Time) error  { return nil }
func (r *recorder) SetWriteDeadline(time.Time) error { return nil }
func (r *recorder) Close() error                     { return nil }
