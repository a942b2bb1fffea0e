package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/wire"
)

// desk is the browser's end of a relay's pipe, without a browser: what is
// measured over it is Raccordo's alone.
type desk struct {
	origin  string // of the page that asks
	cmd     *exec.Cmd
	in      io.WriteCloser
	mu      sync.Mutex
	asked   int
	answers map[string]chan reply
	states  []sessionAt
	stir    chan struct{} // closed and made anew at each state
	ended   chan struct{}
}

// reply is an answer, and when it came.
type reply struct {
	wire.Response
	at time.Time
}

// sessionAt is a state of the session, and when it was told.
type sessionAt struct {
	state wire.SessionState
	at    time.Time
}

// openDesk starts a relay as Chromium does and greets the agent.
func openDesk(ctx context.Context, l *lab.Lab) (*desk, error) {
	origin, err := extensionOrigin()
	if err != nil {
		return nil, err
	}
	d := &desk{
		origin: l.Clinic.URL, cmd: l.Command(ctx, "raccordo-host", origin),
		answers: map[string]chan reply{}, stir: make(chan struct{}), ended: make(chan struct{}),
	}
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	go d.listen(out)
	if _, err := d.ask(ctx, "hello", wire.HelloParams{Protocol: wire.Protocol, Client: "bench/1"}, nil); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// close ends the relay as a browser does.
func (d *desk) close() error {
	d.in.Close()
	<-d.ended
	return d.cmd.Wait()
}

func (d *desk) listen(out io.Reader) {
	defer close(d.ended)
	for {
		body, err := frame.Read(out, wire.MaxFrame)
		if err != nil {
			return
		}
		at := time.Now()
		var m struct {
			wire.Response
			Method string
			Params struct{ State wire.SessionState }
		}
		if json.Unmarshal(body, &m) != nil {
			continue // an event of another shape
		}
		d.take(m.Method, m.Params.State, reply{m.Response, at})
	}
}

func (d *desk) take(method string, state wire.SessionState, r reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if method == wire.EventSession {
		d.states = append(d.states, sessionAt{state, r.at})
		close(d.stir)
		d.stir = make(chan struct{})
	}
	if waiting, ok := d.answers[string(r.ID)]; ok && method == "" {
		delete(d.answers, string(r.ID))
		waiting <- r
	}
}

// ask puts one question of the page, as the consequence of a click, and returns
// the time from question to answer.
func (d *desk) ask(ctx context.Context, method string, params, result any) (time.Duration, error) {
	return d.askFrom(ctx, d.origin, method, params, result)
}

// tell is a question of the extension itself.
func (d *desk) tell(ctx context.Context, method string, params any) error {
	_, err := d.askFrom(ctx, "", method, params, nil)
	return err
}

func (d *desk) askFrom(ctx context.Context, origin, method string, params, result any) (time.Duration, error) {
	body, err := json.Marshal(params)
	if err != nil {
		return 0, err
	}
	waiting := make(chan reply, 1)
	d.mu.Lock()
	d.asked++
	id := strconv.Itoa(d.asked)
	d.answers[id] = waiting
	d.mu.Unlock()
	req, err := json.Marshal(wire.Request{JSONRPC: "2.0", ID: json.RawMessage(id), Method: method, Params: body, Origin: origin, UserGesture: true})
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := frame.Write(d.in, req); err != nil {
		return 0, err
	}
	select {
	case r := <-waiting:
		switch {
		case r.Error != nil:
			return 0, fmt.Errorf("%s: %w", method, r.Error)
		case result != nil:
			err = json.Unmarshal(r.Result, result)
		}
		return r.at.Sub(begin), err
	case <-d.ended:
		return 0, fmt.Errorf("%s: the relay ended", method)
	case <-ctx.Done():
		return 0, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// mark is the place from which becomes looks.
func (d *desk) mark() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.states)
}

// becomes waits until the session, after the mark, has come to state, and tells
// when that was told.
func (d *desk) becomes(ctx context.Context, mark int, state wire.SessionState) (time.Time, error) {
	for {
		d.mu.Lock()
		for _, s := range d.states[mark:] {
			if s.state == state {
				d.mu.Unlock()
				return s.at, nil
			}
		}
		stir := d.stir
		d.mu.Unlock()
		select {
		case <-stir:
		case <-d.ended:
			return time.Time{}, errors.New("the relay ended")
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("session never %s: %w", state, ctx.Err())
		}
	}
}

// logout ends the session, here and at the region.
func (d *desk) logout(ctx context.Context) error {
	_, err := d.ask(ctx, "session.logout", wire.NoParams{}, nil)
	return err
}

// seesCard waits until the agent has a card that can log in.
func (d *desk) seesCard(ctx context.Context) error {
	for {
		var list wire.CardList
		if _, err := d.ask(ctx, "card.list", wire.NoParams{}, &list); err != nil {
			return err
		}
		for _, r := range list.Readers {
			if r.State == wire.ReaderCard {
				return nil
			}
		}
		if err := pause(ctx, settle); err != nil {
			return err
		}
	}
}
