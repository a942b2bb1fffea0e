package agent

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

const (
	// greetTime is how long a caller may take to say who it is.
	greetTime = 5 * time.Second
	// writeTime is how long a caller may leave a frame unread.
	writeTime = 10 * time.Second
	// atOnce is how many requests of one caller may be under way.
	atOnce = 32
)

// door is one caller's connection. Every request gets exactly one answer; the
// caller's end cancels what it asked.
type door struct {
	conn   net.Conn
	engine func(context.Context) (Engine, *wire.Error)
	log    zerolog.Logger
	asked  *atomic.Int64 // requests under way at all doors
	stays  func() bool   // false: this agent leaves its place to its successor
	caller wire.Caller

	mu        sync.Mutex // one frame at a time
	answering sync.WaitGroup
	working   sync.WaitGroup
	slots     chan struct{}
	listening sync.Once
}

// serve hears the caller until one of the two ends. After ending what was
// asked is still answered, unless ctx ends as well.
func (d *door) serve(ctx, ending context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ending, func() { d.conn.SetReadDeadline(time.Now()) })
	defer stop()
	defer d.working.Wait()
	defer cancel()
	if !d.greet() {
		return
	}
	d.slots = make(chan struct{}, atOnce)
	for ending.Err() == nil { // greet may have lifted the deadline of an end
		body, err := frame.Read(d.conn, wire.MaxFrame)
		var tooLarge *frame.TooLargeError
		if errors.As(err, &tooLarge) {
			d.answer(nil, nil, wire.NewError(wire.ErrFrameTooBig, tooLarge.Error()))
		}
		if err != nil && ending.Err() != nil {
			break
		}
		if err != nil || len(body) == 0 { // an empty frame is a goodbye
			return
		}
		d.request(ctx, body)
	}
	d.answering.Wait()
}

// greet reads whom the caller speaks for. A caller that asks for it is told
// whether it may stay: the program of an agent can be replaced while it runs.
func (d *door) greet() bool {
	d.conn.SetReadDeadline(time.Now().Add(greetTime))
	body, err := frame.Read(d.conn, 4096)
	if err != nil {
		return false
	}
	var g wire.Greeting
	if json.Unmarshal(body, &g) != nil || g.Raccordo < 1 {
		return false
	}
	d.caller = g.Caller
	stays := true
	if g.Answer {
		stays = d.stays()
		d.send(wire.GreetingAnswer{Raccordo: wire.Protocol, Retiring: !stays})
	}
	return stays && d.conn.SetReadDeadline(time.Time{}) == nil
}

// request parses one frame and answers it, at once or from a goroutine.
func (d *door) request(ctx context.Context, body []byte) {
	req, fault := parse(body)
	if fault != nil {
		d.answer(req.ID, nil, fault)
		return
	}
	select {
	case d.slots <- struct{}{}:
	default:
		d.answer(req.ID, nil, wire.NewError(wire.ErrBusy, ""))
		return
	}
	d.asked.Add(1)
	d.answering.Add(1)
	d.working.Go(func() {
		defer func() { <-d.slots; d.asked.Add(-1); d.answering.Done() }()
		result, fault := d.within(ctx, req)
		d.answer(req.ID, result, fault)
		if req.Method == "hello" && fault == nil {
			d.listening.Do(func() { d.working.Go(func() { d.forward(ctx) }) })
		}
	})
}

// parse checks the envelope (JSON-RPC 2.0, section 4). The id is kept whenever
// it could be read, so that the fault finds its caller. Members are told apart by
// case, which encoding/json does not; a frame is gone through once, because half
// of it may be a piece of a document.
func parse(body []byte) (wire.Request, *wire.Error) {
	var members map[string]json.RawMessage
	err := json.Unmarshal(body, &members)
	var syntax *json.SyntaxError
	if !utf8.Valid(body) || errors.As(err, &syntax) {
		return wire.Request{}, wire.NewError(wire.ErrParse, "")
	}
	invalid := wire.Request{ID: idOf(members)}
	if err != nil {
		return invalid, wire.NewError(wire.ErrInvalid, "")
	}
	var req wire.Request
	for name, text := range members {
		if !member(&req, name, text) {
			return invalid, wire.NewError(wire.ErrInvalid, "")
		}
	}
	if req.JSONRPC != "2.0" || req.Method == "" || invalid.ID == nil {
		return invalid, wire.NewError(wire.ErrInvalid, "")
	}
	return req, nil
}

// idOf is wire.IDOf of a frame that has been taken apart.
func idOf(members map[string]json.RawMessage) json.RawMessage {
	return wire.IDOf([]byte(`{"id":` + string(members["id"]) + `}`))
}

// member puts one member into its place.
func member(req *wire.Request, name string, text json.RawMessage) bool {
	var place any
	switch name {
	case "jsonrpc":
		place = &req.JSONRPC
	case "id":
		req.ID = text
		return true
	case "method":
		place = &req.Method
	case "params":
		req.Params = text
		return true
	case "origin":
		place = &req.Origin
	case "user_gesture":
		place = &req.UserGesture
	default:
		return false
	}
	return json.Unmarshal(text, place) == nil
}

// within runs a request under its method's deadline. A method that does not
// heed its context is left behind: the caller is answered in any case.
func (d *door) within(ctx context.Context, req wire.Request) (any, *wire.Error) {
	limit := 5 * time.Second
	if m, ok := wire.LookupMethod(req.Method); ok {
		limit = m.Deadline
	}
	// A caller that says goodbye right after its question still gets an answer
	// of an agent that is just starting.
	starting, started := context.WithTimeout(context.WithoutCancel(ctx), limit)
	e, fault := d.engine(starting)
	started()
	if fault != nil {
		return nil, fault
	}
	open := ctx
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type outcome struct {
		result any
		fault  *wire.Error
	}
	done := make(chan outcome, 1)
	go func() {
		result, fault := e.Do(ctx, engine.Call{Request: req, Caller: d.caller, Notify: func(ev wire.Event) { d.send(ev) }, Open: open})
		done <- outcome{result, fault}
	}()
	select {
	case o := <-done:
		return o.result, o.fault
	case <-ctx.Done():
	}
	// What ends because of the context says so itself, and better.
	select {
	case o := <-done:
		return o.result, o.fault
	case <-time.After(time.Second):
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, wire.NewError(wire.ErrDeadline, "")
	}
	return nil, wire.NewError(wire.ErrCancelled, "")
}

// forward copies events to a caller that has said hello and may hear them.
func (d *door) forward(ctx context.Context) {
	e, fault := d.engine(ctx)
	if fault != nil || !e.Hears(d.caller) {
		return
	}
	events, stop := e.Events()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case ev := <-events:
			d.send(ev)
		}
	}
}

func (d *door) answer(id json.RawMessage, result any, fault *wire.Error) {
	if id == nil {
		id = json.RawMessage("null")
	}
	if fault == nil {
		body, err := json.Marshal(result)
		if err == nil && len(body) <= wire.MaxFrame-1024 {
			// As wire.Response would be written, without going through the result
			// again: it may be a piece of a document.
			d.write(slices.Concat([]byte(`{"jsonrpc":"2.0","id":`), id, []byte(`,"result":`), body, []byte("}")))
			return
		}
		d.log.Error().Err(err).Int("bytes", len(body)).Msg("answer can not be sent")
		fault = wire.NewError(wire.ErrInternal, "answer too large")
	}
	d.send(wire.Response{JSONRPC: "2.0", ID: id, Error: fault})
}

func (d *door) send(message any) {
	body, err := json.Marshal(message)
	if err != nil {
		d.log.Error().Err(err).Msg("message can not be written")
		return
	}
	if len(body) > wire.MaxFrame { // an event; the browser would drop the port
		d.log.Error().Int("bytes", len(body)).Msg("message too large")
		return
	}
	d.write(body)
}

// write sends one frame.
func (d *door) write(body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if err := frame.Write(d.conn, body); err != nil {
		d.conn.Close() // the caller sees the end and starts again
	}
}
