// Package worker is the child process that draws pages of PDFs: PDFium, compiled to
// WebAssembly, which runs without a file system, a network and a clock of the system's
// and in memory of limited size. It knows nothing of printing, writes nothing but what
// it compiled of PDFium into its folder, and ends with its parent.
//
// It is the only importer of the PDFium binding.
//
// Reference: ISO 32000-1; PDFium, public/fpdfview.h.
package worker

import (
	"errors"
	"io"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/printing/render/protocol"
)

// Main serves until in ends, even where that is in the midst of a page. cache is the
// folder that keeps what was compiled. With warm it is filled, and that is all.
func Main(cache string, warm bool, in io.Reader, out io.Writer) error {
	if warm {
		giveWay()
	}
	requests, ended := listen(in)
	done := make(chan error, 1)
	go func() { done <- serve(cache, warm, requests, out) }()
	select {
	case err := <-done:
		return err
	case err := <-ended:
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
}

// work is a request with its document.
type work struct {
	protocol.Request
	document []byte // nil: the last one
}

// listen reads on while a page is drawn, so that the end of the parent is seen.
func listen(in io.Reader) (<-chan work, <-chan error) {
	requests, ended := make(chan work, 1), make(chan error, 1)
	go func() {
		for {
			w, err := next(in)
			if err != nil {
				ended <- err
				return
			}
			requests <- w
		}
	}()
	return requests, ended
}

var errRequest = errors.New("a request of impossible size")

func next(in io.Reader) (w work, err error) {
	if err := protocol.Hear(in, &w.Request); err != nil {
		return w, err
	}
	if w.Document < 0 || w.Document > protocol.MaxDocument {
		return w, errRequest
	}
	if w.Document > 0 {
		w.document = make([]byte, w.Document)
		if _, err := io.ReadFull(in, w.document); err != nil {
			return w, frame.ErrTruncated
		}
	}
	return w, nil
}

// serve draws what is asked for.
func serve(cache string, warm bool, requests <-chan work, out io.Writer) error {
	p, compiled, err := open(cache, warm)
	if err != nil {
		return err
	}
	if err := protocol.Say(out, protocol.Hello{Compiled: compiled}); err != nil || warm {
		return err
	}
	for w := range requests {
		if err := p.answer(w, out); err != nil {
			return err
		}
	}
	return nil
}
