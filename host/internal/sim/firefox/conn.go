package firefox

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// ErrGone says that the browser has ended or closed its door.
var ErrGone = errors.New("the browser is gone")

type params map[string]any

// Error is the browser's refusal of one command (WebDriver section 6.6).
type Error struct {
	Kind    string `json:"error"` // "no such window", "javascript error", …
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// value is where most commands wrap their result.
type value struct {
	Value any `json:"value"`
}

// conn is one Marionette connection: frames "LENGTH:JSON", the length in bytes;
// a request is [0, id, name, params], its answer [1, id, error, result].
type conn struct {
	net     net.Conn
	writing sync.Mutex
	readEnd chan struct{}

	mu      sync.Mutex
	next    int
	waiting map[int]chan answer
	gone    bool
}

type answer struct {
	fault  *Error
	result json.RawMessage
}

// dial connects and reads the server's greeting.
func dial(ctx context.Context, addr string) (*conn, error) {
	var dialer net.Dialer
	stream, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &conn{net: stream, readEnd: make(chan struct{}), waiting: map[int]chan answer{}}
	in := bufio.NewReader(stream)
	if deadline, ok := ctx.Deadline(); ok {
		stream.SetReadDeadline(deadline)
	}
	hello, err := readFrame(in)
	if err != nil {
		stream.Close()
		return nil, fmt.Errorf("marionette greeting: %w", err)
	}
	var greeting struct {
		Protocol int `json:"marionetteProtocol"`
	}
	if err := json.Unmarshal(hello, &greeting); err != nil || greeting.Protocol != 3 {
		stream.Close()
		return nil, fmt.Errorf("marionette greeting %q: not level 3", hello)
	}
	stream.SetReadDeadline(time.Time{})
	go c.loop(in)
	return c, nil
}

// maxFrame is far above a screenshot of a large window.
const maxFrame = 64 << 20

func readFrame(in *bufio.Reader) ([]byte, error) {
	head, err := in.ReadString(':')
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(head[:len(head)-1])
	if err != nil || length < 0 || length > maxFrame {
		return nil, fmt.Errorf("frame length %q", head)
	}
	body := make([]byte, length)
	_, err = io.ReadFull(in, body)
	return body, err
}

func (c *conn) loop(in *bufio.Reader) {
	defer close(c.readEnd)
	for {
		body, err := readFrame(in)
		if err != nil {
			break
		}
		var kind, id int
		var a answer
		if json.Unmarshal(body, &[]any{&kind, &id, &a.fault, &a.result}) != nil || kind != 1 {
			continue
		}
		c.mu.Lock()
		waiting := c.waiting[id]
		delete(c.waiting, id)
		c.mu.Unlock()
		if waiting != nil {
			waiting <- a // buffered
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for id, waiting := range c.waiting {
		close(waiting)
		delete(c.waiting, id)
	}
}

// call runs one command and decodes its result into out, which may be nil.
func (c *conn) call(ctx context.Context, command string, p params, out any) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	waiting := make(chan answer, 1)
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", command, ErrGone)
	}
	c.next++
	id := c.next
	c.waiting[id] = waiting
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()
	if err := c.send(id, command, p); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", command, ctx.Err())
	case a, ok := <-waiting:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", command, ErrGone)
		case a.fault != nil:
			return fmt.Errorf("%s: %w", command, a.fault)
		case out == nil:
			return nil
		}
		return json.Unmarshal(a.result, out)
	}
}

func (c *conn) send(id int, command string, p params) error {
	if p == nil {
		p = params{}
	}
	body, err := json.Marshal([]any{0, id, command, p})
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := fmt.Fprintf(c.net, "%d:%s", len(body), body); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil
}

func (c *conn) close() {
	c.net.Close()
	<-c.readEnd
}

// pollTime is the grain of every wait.
const pollTime = 30 * time.Millisecond

// poll asks until yes, a fault that waiting does not mend, or the end of ctx.
func poll(ctx context.Context, ask func() (bool, error)) error {
	tick := time.NewTicker(pollTime)
	defer tick.Stop()
	var last error
	for {
		yes, err := ask()
		switch {
		case yes && err == nil:
			return nil
		case errors.Is(err, ErrGone):
			return err
		case ctx.Err() == nil:
			last = err
		}
		select {
		case <-ctx.Done():
			if last != nil {
				return fmt.Errorf("%w (last: %w)", ctx.Err(), last)
			}
			return ctx.Err()
		case <-tick.C:
		}
	}
}
