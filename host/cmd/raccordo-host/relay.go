package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// drain is how long the relay waits for answers under way after the browser
// closed the pipe. Browsers kill a host that stays longer.
const drain = 2 * time.Second

// relay is one browser connection.
type relay struct {
	out    io.Writer
	caller wire.Caller
	mu     sync.Mutex // one frame at a time on out
}

// dialed is the outcome of reaching the agent, which runs beside the reading
// of the first frame.
type dialed struct {
	conn net.Conn
	err  error
}

func (r *relay) serve(in io.Reader) int {
	reached := make(chan dialed, 1)
	go func() {
		conn, err := connect(r.caller)
		reached <- dialed{conn, err}
	}()
	first, err := frame.Read(in, wire.MaxFrame)
	if err != nil {
		return r.streamEnd(err)
	}
	d := <-reached
	if d.err != nil {
		r.refuse(in, first, d.err)
		return 1
	}
	defer d.conn.Close()
	lost := make(chan struct{})
	go func() {
		defer close(lost)
		r.answers(d.conn)
	}()
	ended := make(chan int, 1)
	go r.requests(in, first, d.conn, ended)
	select {
	case code := <-ended:
		select {
		case <-lost:
		case <-time.After(drain):
		}
		return code
	case <-lost:
	}
	select {
	case code := <-ended:
		return code // the agent closed because of our goodbye
	default:
		// The browser sees the port close and starts a fresh relay.
		return 1
	}
}

// requests copies the browser's frames to the agent until the pipe ends, then
// says goodbye with an empty frame: the agent cancels what is cancellable,
// answers the rest and closes. The code is told before the goodbye, so that
// the agent's end can not be taken for its loss.
func (r *relay) requests(in io.Reader, body []byte, agent io.Writer, ended chan<- int) {
	for {
		if len(body) == 0 {
			r.answer(nil, wire.ErrFrameEmpty, "")
		} else if err := frame.Write(agent, body); err != nil {
			ended <- 1
			return
		}
		var err error
		if body, err = frame.Read(in, wire.MaxFrame); err != nil {
			ended <- r.streamEnd(err)
			_ = frame.Write(agent, nil) // an agent that is gone needs no goodbye
			return
		}
	}
}

// answers copies the agent's frames to the browser.
func (r *relay) answers(agent io.Reader) {
	for {
		body, err := frame.Read(agent, wire.MaxFrame)
		if err != nil {
			return
		}
		if r.write(body) != nil {
			return
		}
	}
}

// streamEnd answers a stream that can not be read on. A clean end of the pipe
// needs no answer.
func (r *relay) streamEnd(err error) int {
	var tooLarge *frame.TooLargeError
	switch {
	case errors.As(err, &tooLarge):
		r.answer(nil, wire.ErrFrameTooBig, tooLarge.Error())
	case errors.Is(err, frame.ErrTruncated):
		r.answer(nil, wire.ErrFrameShort, "")
	case errors.Is(err, io.EOF):
		return 0
	}
	return 1
}

// refuse answers every request with the reason why there is no agent, until
// the pipe ends: a browser that were answered by a mere exit would know
// nothing.
func (r *relay) refuse(in io.Reader, body []byte, cause error) {
	fmt.Fprintln(os.Stderr, "raccordo-host:", cause) // with its paths, for the browser's log
	code, detail := reason(cause)
	for {
		switch {
		case len(body) == 0:
			r.answer(nil, wire.ErrFrameEmpty, "")
		case !utf8.Valid(body) || !json.Valid(body):
			r.answer(nil, wire.ErrParse, "")
		default:
			r.answer(wire.IDOf(body), code, detail)
		}
		var err error
		if body, err = frame.Read(in, wire.MaxFrame); err != nil {
			r.streamEnd(err)
			return
		}
	}
}

// reason is what a page may know of why there is no agent: no path of this PC.
func reason(cause error) (wire.ErrorCode, string) {
	switch {
	case errors.Is(cause, errPeer):
		return wire.ErrAgentPeer, ""
	case errors.Is(cause, errEnded), errors.Is(cause, errSilent):
		return wire.ErrAgentDown, cause.Error()
	case errors.Is(cause, fs.ErrNotExist):
		return wire.ErrAgentDown, "agent not found"
	}
	return wire.ErrAgentDown, ""
}

func (r *relay) answer(id json.RawMessage, code wire.ErrorCode, detail string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	body, err := json.Marshal(wire.Response{JSONRPC: "2.0", ID: id, Error: wire.NewError(code, detail)})
	if err == nil {
		r.write(body)
	}
}

func (r *relay) write(body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return frame.Write(r.out, body)
}
