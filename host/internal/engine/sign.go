package engine

import (
	"bufio"
	"context"
	"errors"
	"slices"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/prepare"
	"raccordo/host/internal/wire"
)

// signJob is one list of documents, one consent, one PIN or OTP.
type signJob struct {
	e    *Engine
	c    Call
	rows []*signRow
	hand *hand
}

// signRow is a document and what became of it.
type signRow struct {
	want   wire.SignDocument
	src    source // nil: it is not to be had
	ready  signature.Prepared
	result wire.SignedDocument
	done   bool
}

// sign has documents signed. What can not be signed is told beside what was;
// where nothing was, the answer is why.
func (e *Engine) sign(ctx context.Context, c Call, p wire.SignParams) (wire.SignResult, error) {
	if err := e.signTurn.take(ctx); err != nil {
		return wire.SignResult{}, err
	}
	defer e.signTurn.give()
	stoppable, end := e.batches.begin(ctx, c)
	defer end()
	s := &signJob{e: e, c: c}
	defer s.release()
	if err := s.gather(p.Documents); err != nil {
		return wire.SignResult{}, err
	}
	var err error
	if s.hand, err = e.handFor(stoppable, c, p); err != nil {
		return wire.SignResult{}, stopped(stoppable, err)
	}
	defer s.hand.signer.Close()
	return s.run(ctx, stoppable)
}

// run takes the documents from the check to the answer. What was signed when
// stoppable ended is still completed, while ctx lasts.
func (s *signJob) run(ctx, stoppable context.Context) (wire.SignResult, error) {
	if err := s.prepare(stoppable); err != nil {
		return wire.SignResult{}, stopped(stoppable, err)
	}
	approved, err := s.consent(stoppable)
	if err == nil {
		err = s.signAll(ctx, stoppable, approved)
	}
	return s.answer(stopped(stoppable, err))
}

// stopped makes of the end of a batch that was stopped what the caller reads.
func stopped(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), outbox.ErrStopped) {
		return wire.NewError(wire.ErrCancelled, "")
	}
	return err
}

// gather finds the documents. That one is not there is a fault of its own;
// that the request has a wrong form is one of the request.
func (s *signJob) gather(list []wire.SignDocument) error {
	for _, d := range list {
		row := &signRow{want: d, result: wire.SignedDocument{Name: prepare.Clean(d.Name)}}
		s.rows = append(s.rows, row)
		var err error
		if row.src, err = s.e.documents.source(s.c, d.Document, d.Content, "/documents"); err != nil {
			row.src = nil
			if codeOf(err) == wire.ErrParams {
				return err
			}
			s.refuse(row, err)
		}
	}
	return nil
}

func (s *signJob) release() {
	for _, row := range s.rows {
		if row.src != nil {
			row.src.Release()
		}
	}
}

// refuse notes why a document is not signed, and tells it.
func (s *signJob) refuse(row *signRow, err error) {
	row.result.Error = s.e.fault("sign", err)
}

// prepare readies what can be signed. It fails when that is nothing.
func (s *signJob) prepare(ctx context.Context) error {
	stamper, err := s.e.stamper()
	if err != nil {
		return err
	}
	how := prepare.Signing{Identity: s.hand.signer.Identity(), Now: s.e.now(), Stamper: stamper}
	for _, row := range s.rows {
		if row.src == nil {
			continue
		}
		if row.ready, err = prepare.Prepare(ctx, row.want, row.src, how); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			row.ready = nil
			s.refuse(row, err)
		}
	}
	able := s.able()
	if len(able) == 0 {
		return s.rows[0].result.Error
	}
	return s.e.documents.store.Room(s.e.documents.of(s.c), len(able), grown(able))
}

// overhead is how much a signature with its certificates and time-stamp takes.
const overhead = 64 << 10

// grown is about how much the signed documents will take. JWS is base64.
func grown(list []*signRow) (bytes int64) {
	for _, row := range list {
		bytes += row.src.Size() + overhead
		if row.want.Format == "jws" {
			bytes += row.src.Size()
		}
	}
	return bytes
}

// able are the documents that can be signed.
func (s *signJob) able() []*signRow {
	var list []*signRow
	for _, row := range s.rows {
		if row.ready != nil {
			list = append(list, row)
		}
	}
	return list
}

// signature is a value for one of the approved documents.
type signatureValue struct {
	place int
	value []byte
}

// errCount tells that a key gave other values than were asked of it, or fewer.
var errCount = errors.New("the key's signatures are not those that were approved")

// signAll has exactly the approved documents signed. The key goes on to the next
// one while a signed one is still being written and stamped.
func (s *signJob) signAll(ctx, stoppable context.Context, approved []*signRow) error {
	digests := make([][]byte, len(approved))
	for i, row := range approved {
		digests[i] = row.ready.Digest()
	}
	stoppable, halt := context.WithCancelCause(stoppable)
	defer halt(nil)
	values, completed := make(chan signatureValue, len(approved)), make(chan error, 1)
	go func() { completed <- s.completeAll(ctx, approved, values, halt) }()
	given := 0
	err := s.hand.signer.SignAll(stoppable, digests, func(place int, value []byte) {
		if place != given || given == len(approved) {
			halt(errCount)
			return
		}
		given++
		values <- signatureValue{place, slices.Clone(value)}
	})
	close(values)
	if fault := <-completed; fault != nil {
		return fault
	}
	if errors.Is(context.Cause(stoppable), errCount) || err == nil && given < len(approved) {
		return errCount
	}
	return err
}

// completeAll writes the signed documents. The first that fails ends the batch:
// what is wrong with one signature is wrong with the next.
func (s *signJob) completeAll(ctx context.Context, approved []*signRow, values <-chan signatureValue, halt context.CancelCauseFunc) error {
	var fault error
	done := 0
	for v := range values {
		if fault != nil {
			continue
		}
		row := approved[v.place]
		if fault = s.complete(ctx, row, v.value); fault != nil {
			s.refuse(row, fault)
			halt(fault)
		}
		done++
		if s.c.Notify != nil {
			s.c.Notify(event(wire.EventSign, wire.SignProgress{Done: done, Total: len(approved), Name: row.result.Name, Error: row.result.Error}))
		}
	}
	return fault
}

// pieces is how much of a signed document is written at once.
const pieces = 256 << 10

func (s *signJob) complete(ctx context.Context, row *signRow, value []byte) error {
	out, err := s.e.documents.store.Result(s.e.documents.of(s.c))
	if err != nil {
		return err
	}
	defer out.Cancel()
	w := bufio.NewWriterSize(out, pieces)
	err = row.ready.Complete(ctx, value, w)
	if err == nil {
		err = w.Flush()
	}
	if errors.Is(err, signature.ErrValue) && s.hand.via == "card" {
		return wire.NewError(wire.ErrModule, "signature does not verify")
	}
	if err != nil {
		return err
	}
	d := out.Done()
	row.done = true
	row.result = wire.SignedDocument{Name: prepare.Name(row.want), Document: d.ID(), Size: d.Size(), SHA256: d.SHA256()}
	return nil
}
