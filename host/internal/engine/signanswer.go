package engine

import (
	"encoding/base64"
	"errors"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/spool"
	"raccordo/host/internal/wire"
)

// answer says what became of each document, and why the rest was not signed.
func (s *signJob) answer(why error) (wire.SignResult, error) {
	r := wire.SignResult{Documents: make([]wire.SignedDocument, len(s.rows)), Via: s.hand.via, Signer: s.hand.who}
	for _, row := range s.rows {
		if row.done {
			r.Signed++
		}
	}
	if r.Signed == 0 {
		return wire.SignResult{}, why
	}
	var rest *wire.Error
	if why != nil {
		rest = s.e.fault("sign", why)
	}
	s.inline()
	for i, row := range s.rows {
		if !row.done && row.result.Error == nil {
			row.result.Error = rest
		}
		r.Documents[i] = row.result
	}
	return r, nil
}

// inlineRoom is how much of an answer's frame signed documents may fill.
const inlineRoom = wire.MaxFrame - 128<<10

// inline puts the signed documents into the answer where those to be signed came
// within the request, if all of them fit.
func (s *signJob) inline() {
	var fit []*signRow
	total := 0
	for _, row := range s.rows {
		if row.done && row.want.Document == "" {
			fit = append(fit, row)
			total += base64.StdEncoding.EncodedLen(int(row.result.Size))
		}
	}
	if total > inlineRoom {
		return
	}
	store, owner := s.e.documents.store, s.e.documents.of(s.c)
	for _, row := range fit {
		d, err := store.Get(owner, row.result.Document)
		if err != nil {
			continue // the caller has gone
		}
		content := make([]byte, d.Size())
		_, err = d.ReadAt(content, 0)
		d.Release()
		if err == nil && store.Close(owner, row.result.Document) == nil {
			row.result.Content, row.result.Document = base64.StdEncoding.EncodeToString(content), ""
		}
	}
}

// documentFault is the wire's word for what documents and signatures go wrong
// with; nil: err is none of theirs.
func documentFault(err error) *wire.Error {
	var kept *spool.Error
	if errors.As(err, &kept) {
		return wire.NewError(kept.Code, kept.Detail)
	}
	var format *signature.Error
	if errors.As(err, &format) {
		return wire.NewError(format.Code, format.Detail)
	}
	return nil
}
