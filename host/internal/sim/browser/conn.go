package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrGone says that the browser has ended or closed its pipe.
var ErrGone = errors.New("the browser is gone")

type params map[string]any

// conn is one DevTools connection: JSON messages, each ended by a NUL byte.
type conn struct {
	write   io.WriteCloser
	read    io.ReadCloser
	writing sync.Mutex
	readEnd chan struct{}

	mu       sync.Mutex
	next     int
	waiting  map[int]call
	sessions map[string]func(method string, params json.RawMessage)
	gone     bool
}

// call is a method that has not been answered.
type call struct {
	session string
	answer  chan message // closed: there will be none
}

// errDetached says that a page or worker went away before it answered.
var errDetached = errors.New("the page is gone")

type message struct {
	ID        int             `json:"id"`
	Session   string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	ErrorData *struct {
		Message string `json:"message"`
	} `json:"error"`
}

func newConn(read io.ReadCloser, write io.WriteCloser) *conn {
	c := &conn{
		read: read, write: write, readEnd: make(chan struct{}), waiting: map[int]call{},
		sessions: map[string]func(string, json.RawMessage){},
	}
	go c.loop()
	return c
}

func (c *conn) loop() {
	defer close(c.readEnd)
	in := bufio.NewReaderSize(c.read, 1<<16)
	for {
		raw, err := in.ReadBytes(0)
		if err != nil {
			break
		}
		var m message
		if json.Unmarshal(raw[:len(raw)-1], &m) == nil {
			c.deliver(m)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for id, w := range c.waiting {
		close(w.answer)
		delete(c.waiting, id)
	}
}

func (c *conn) deliver(m message) {
	c.mu.Lock()
	answer, listener := c.waiting[m.ID].answer, c.sessions[m.Session]
	delete(c.waiting, m.ID)
	c.mu.Unlock()
	switch {
	case answer != nil:
		answer <- m // buffered
	case m.Method == "Target.detachedFromTarget":
		c.detached(m.Params)
	case m.Method != "" && listener != nil:
		listener(m.Method, m.Params)
	}
}

// detached ends the calls of a page that went away: nobody will answer them.
func (c *conn) detached(raw json.RawMessage) {
	var of struct {
		Session string `json:"sessionId"`
	}
	if json.Unmarshal(raw, &of) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, w := range c.waiting {
		if w.session == of.Session {
			close(w.answer)
			delete(c.waiting, id)
		}
	}
}

// listen makes f the reader of the events of a session. f must not call back.
func (c *conn) listen(session string, f func(method string, params json.RawMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[session] = f
}

func (c *conn) forget(session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, session)
}

// call runs one method and decodes its result into out, which may be nil.
func (c *conn) call(ctx context.Context, session, method string, p params, out any) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	answer := make(chan message, 1)
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, ErrGone)
	}
	c.next++
	id := c.next
	c.waiting[id] = call{session, answer}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()
	if err := c.send(id, session, method, p); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, c.why())
		case m.ErrorData != nil:
			return fmt.Errorf("%s: %s", method, m.ErrorData.Message)
		case out == nil:
			return nil
		}
		return json.Unmarshal(m.Result, out)
	}
}

// why there is no answer.
func (c *conn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return ErrGone
	}
	return errDetached
}

func (c *conn) send(id int, session, method string, p params) error {
	frame := params{"id": id, "method": method}
	if p != nil {
		frame["params"] = p
	}
	if session != "" {
		frame["sessionId"] = session
	}
	raw, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := c.write.Write(append(raw, 0)); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil
}

func (c *conn) close() {
	c.write.Close()
	c.read.Close()
	<-c.readEnd
}
