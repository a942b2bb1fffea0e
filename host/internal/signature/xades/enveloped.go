package xades

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// enveloped is a document and where its signature goes. The document stays where it is.
type enveloped struct {
	*built
	src signature.Source
	at  insertion
	sum [sha256.Size]byte // of the document
}

// insertion replaces the bytes from..to, which are place..until in the text; both
// are the same place unless an empty-element tag has to be opened.
type insertion struct {
	place, until  int // in the text
	from, to      int64
	before, after string
	wrapped       bool // inside of another signature
}

func envelop(src signature.Source, opt signature.Options) (signature.Prepared, error) {
	raw, err := xmlc14n.Load(src)
	if err != nil {
		return nil, err
	}
	d, err := xmlc14n.Parse(raw)
	if err != nil {
		return nil, err
	}
	place, err := freePlace(d)
	if err != nil {
		return nil, err
	}
	at, err := insertAt(d, place)
	if err != nil {
		return nil, err
	}
	covered, err := at.without(d)
	if err != nil {
		return nil, err
	}
	digest := opt.Identity.Algorithm.Hash.New()
	if err := covered.Canonical(digest, xmlc14n.Exclusive, xmlc14n.Selection{}); err != nil {
		return nil, err
	}
	mediaType := opt.MediaType
	if mediaType == "" {
		mediaType = "text/xml"
	}
	b, err := build(opt, []object{{xmldsig.Reference{Transforms: []string{xmldsig.Enveloped, xmldsig.ExcC14N}, Digest: digest.Sum(nil)}, mediaType}})
	if err != nil {
		return nil, err
	}
	return &enveloped{b, src, at, sha256.Sum256(raw)}, nil
}

// freePlace is the element at whose end a signature breaks none of those that
// are there: the root, or else a signature that does not cover itself.
func freePlace(d *xmlc14n.Document) (*xmlc14n.Element, error) {
	all, err := xmldsig.All(d)
	if err != nil {
		return nil, err
	}
	earlier := make([]*xmldsig.Signature, len(all))
	for i, e := range all {
		if earlier[i], err = xmldsig.Parse(d, e); err != nil {
			return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "earlier signature", Err: err}
		}
	}
	for _, place := range append([]*xmlc14n.Element{d.Root}, all...) {
		if free(place, earlier) {
			return place, nil
		}
	}
	return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "no place beside the earlier signatures"}
}

func free(place *xmlc14n.Element, earlier []*xmldsig.Signature) bool {
	if place.Is(xmldsig.Space, "Signature") {
		for e := range place.All() {
			if e.Local == "ArchiveTimeStamp" { // covers every ds:Object
				return false
			}
		}
	}
	for _, s := range earlier {
		for _, r := range s.References {
			if s.Covers(r, place) {
				return false
			}
		}
	}
	return true
}

// wrapping is what a signature needs around it inside of another one.
const (
	wrapOpen  = `<ds:Object xmlns:ds="` + xmldsig.Space + `">`
	wrapClose = "</ds:Object>"
)

// insertAt says how to put something at the end of an element.
func insertAt(d *xmlc14n.Document, e *xmlc14n.Element) (at insertion, err error) {
	at.place, at.until = e.ContentEnd, e.ContentEnd
	if e.ContentStart == e.End { // <a/>
		at.place, at.before, at.after = e.End-len("/>"), ">", "</"+e.Name()+">"
	}
	if at.wrapped = e.Is(xmldsig.Space, "Signature"); at.wrapped {
		at.before, at.after = at.before+wrapOpen, wrapClose+at.after
	}
	at.from, at.to = d.Offset(at.place), d.Offset(at.until)
	at.after, err = d.Encode(at.after)
	return at, err
}

// without is the document as the signature covers it: everything but the signature, and so
// what is wrapped around it too.
func (at insertion) without(d *xmlc14n.Document) (*xmlc14n.Document, error) {
	if !at.wrapped {
		return d, nil
	}
	text := d.Text[:at.place] + at.before + at.after + d.Text[at.until:]
	if strings.HasPrefix(text, "<?xml") && strings.ContainsAny(text[5:6], " \t\r\n") {
		_, text, _ = strings.Cut(text, "?>") // its encoding is not this text's
	}
	return xmlc14n.Parse([]byte(text))
}

// part is the document from one place to another.
func (e *enveloped) part(from, to int64) signature.Source {
	return io.NewSectionReader(e.src, from, to-from)
}

func (e *enveloped) Digest() []byte { return e.digest }

func (e *enveloped) Complete(ctx context.Context, value []byte, w io.Writer) error {
	text, err := e.signature(ctx, value)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := cms.Copy(ctx, io.MultiWriter(w, sum), e.part(0, e.at.from)); err != nil {
		return err
	}
	if _, err := io.WriteString(w, e.at.before+text+e.at.after); err != nil {
		return err
	}
	if err := cms.Copy(ctx, sum, e.part(e.at.from, e.at.to)); err != nil {
		return err
	}
	if err := cms.Copy(ctx, io.MultiWriter(w, sum), e.part(e.at.to, e.src.Size())); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), e.sum[:]) {
		return &signature.Error{Code: wire.ErrSignChanged}
	}
	return nil
}
