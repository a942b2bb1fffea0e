package pades

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// mark is a signature of the document.
type mark struct {
	file  *pdf.File
	src   signature.Source
	field *field

	dict      pdf.Dict
	filter    pdf.Name // SubFilter
	gap       [2]int64 // of /Contents, brackets included
	end       int64    // of the signed revision
	contents  []byte
	found     signature.Found
	beside    []signature.Found // countersignatures
	stamp     bool              // of the document
	token     signature.Stamp
	permitted int
	locks     []lock
}

// check fills found. Only what keeps the file from being read is an error.
func (m *mark) check(ctx context.Context) error {
	m.found = signature.Found{Format: "PDF", Covers: signature.Part}
	err := m.read()
	var old *pdf.File
	if err == nil {
		old, err = m.revision()
	}
	if err != nil {
		m.claim(ctx)
		m.found.Broken = err
		return reading(err)
	}
	if err = m.value(ctx); err != nil {
		m.found.Broken = cmp.Or(m.found.Broken, err)
		return reading(err)
	}
	covers, err := m.since(ctx, old)
	m.found.Covers = covers
	for i := range m.beside {
		m.beside[i].Covers = covers
	}
	m.found.Broken = cmp.Or(m.found.Broken, err)
	return reading(err)
}

// claim says whose signature a broken one claims to be.
func (m *mark) claim(ctx context.Context) {
	data, err := cms.Parse(bytes.NewReader(m.contents))
	if err != nil || data.Content != nil {
		return
	}
	if found := data.Verify(ctx, bytes.NewReader(nil)); len(data.Signers) == 1 && len(found) > 0 {
		m.found = found[0]
		m.found.Covers = signature.Part
	}
}

// reading tells faults of reading from those of the signature.
func reading(err error) error {
	var file *fs.PathError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &file) {
		return err
	}
	return nil
}

// value verifies what is in /Contents.
func (m *mark) value(ctx context.Context) error {
	covered := ranges{m.src, m.gap, m.end}
	switch m.filter {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached":
	case "ETSI.RFC3161":
		return m.timeStamp(ctx, covered)
	case "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1":
		return cms.ErrWeak
	default:
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "SubFilter"}
	}
	data, err := cms.Parse(bytes.NewReader(m.contents))
	if err != nil {
		return err
	}
	if data.Content != nil { // it would be verified instead of the document
		return fmt.Errorf("%w: it brings a content of its own", cms.ErrMalformed)
	}
	found := data.Verify(ctx, covered)
	if len(data.Signers) != 1 || len(found) == 0 { // EN 319 142-1, section 4.1: a single SignerInfo
		return fmt.Errorf("%w: %d signers", cms.ErrMalformed, len(data.Signers))
	}
	m.found, m.beside = found[0], found[1:]
	m.found.Covers = signature.Part
	if s, ok := m.dict["M"].(pdf.String); ok {
		if at, ok := parseDate(string(s.Bytes)); ok {
			m.found.ClaimedAt = at
		}
	}
	m.permitted, m.locks, err = m.restrictions()
	return err
}

// restrictions are what this signature permits to be changed afterwards.
func (m *mark) restrictions() (int, []lock, error) {
	permitted, locks, err := restrictions(m.file, m.dict)
	if err != nil {
		return 0, nil, err
	}
	l, err := m.file.Dict(m.field.dict["Lock"])
	return min(permitted, permission(l, permitAll)), locks, err
}
