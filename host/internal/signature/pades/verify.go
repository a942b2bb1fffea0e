package pades

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Why a signature of a PDF is broken, besides what package cms knows.
var (
	ErrRange    = errors.New("the signature does not cover a whole revision of the document")
	ErrModified = errors.New("the document was changed after it was signed")
)

// maxSignatures bounds how often a document is read.
const maxSignatures = 200

// Verify reads every signature of the document, the oldest first. A PDF holds
// what it signs: there is no original.
//
// Covers is Whole when nothing comes after the signature but what proves
// signatures (DSS, time-stamps of the document) and metadata, Revision when further
// signatures do, and Part when more was added: notes, values of fields, another
// structure. What was changed, and not added, breaks the signature, and so does
// what its author did not permit.
//
// A time-stamp of the document counts for the signatures before it. It is a row of
// its own when there are none, or when it is broken.
func Verify(ctx context.Context, src signature.Source, _ signature.Source) ([]signature.Found, error) {
	file, err := pdf.Open(src, src.Size())
	if err != nil {
		return nil, fault(err)
	}
	form, err := readFields(file)
	if err != nil {
		return nil, fault(err)
	}
	var marks []*mark
	for _, f := range form.signatures {
		if f.value == nil {
			continue
		}
		if len(marks) == maxSignatures {
			return nil, &signature.Error{Code: wire.ErrPDFBroken, Detail: "too many signatures"}
		}
		m := &mark{file: file, src: src, field: f}
		if err := cmp.Or(m.check(ctx), ctx.Err()); err != nil {
			return nil, err
		}
		marks = append(marks, m)
	}
	if len(marks) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	slices.SortStableFunc(marks, func(a, b *mark) int { return cmp.Compare(a.end, b.end) })
	return gather(file, marks)
}

// gather lets document time-stamps and what the document brings to prove its
// signatures count for them.
func gather(file *pdf.File, marks []*mark) ([]signature.Found, error) {
	proof, err := readStore(file)
	if err != nil {
		return nil, fault(err)
	}
	var list []signature.Found
	for i, m := range marks {
		if m.stamp {
			continue
		}
		for _, later := range marks[i+1:] {
			if later.stamp && later.found.Broken == nil {
				m.found.Stamps = append(m.found.Stamps, later.token)
			}
		}
		proof.join(&m.found)
		m.name(proof)
		list = append(append(list, m.found), m.beside...)
	}
	for _, m := range marks {
		if m.stamp && (len(list) == 0 || m.found.Broken != nil) {
			list = append(list, m.found)
		}
	}
	return list, nil
}
