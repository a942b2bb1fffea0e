package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"raccordo/host/internal/frame"
)

// orphanGrace is how long a call of the module may still take after the parent
// is gone.
const orphanGrace = 3 * time.Second

// handle answers one request; secret is nil when none came.
type handle func(req Request, secret []byte) Response

// frames reads in until it ends. The reading goes on while the module works,
// so that the end of the parent is seen even under a call that hangs.
func frames(in io.Reader, ended func()) (<-chan []byte, *error) {
	ch, fault := make(chan []byte), new(error)
	go func() {
		defer close(ch)
		for {
			body, err := frame.Read(in, MaxFrame)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					*fault = err
				}
				ended()
				return
			}
			ch <- body
		}
	}()
	return ch, fault
}

// serve answers requests in order. Every frame is wiped after use: any of them
// may be a PIN, even one that came where a request was due.
func serve(in <-chan []byte, out io.Writer, h handle) error {
	for body := range in {
		answer, err := serveOne(body, in, h)
		clear(body)
		if err != nil {
			drain(in)
			return err
		}
		text, err := json.Marshal(answer)
		if err == nil {
			err = frame.Write(out, text)
		}
		if err != nil {
			drain(in)
			return fmt.Errorf("answering: %w", err)
		}
	}
	return nil
}

// serveOne answers the request in body. A text that is no request ends the
// worker: what follows could be anything, a PIN included.
func serveOne(body []byte, in <-chan []byte, h handle) (Response, error) {
	var req Request
	if json.Unmarshal(body, &req) != nil {
		return Response{}, errors.New("a frame is not a request") // the text itself is never repeated
	}
	if !req.Secret {
		return h(req, nil), nil
	}
	secret, ok := <-in
	if !ok {
		return Response{}, errors.New("the pipe ended before the secret")
	}
	defer clear(secret)
	return h(req, secret), nil
}

// drain wipes what still comes, so that the reader never blocks for ever.
func drain(in <-chan []byte) {
	go func() {
		for body := range in {
			clear(body)
		}
	}()
}
