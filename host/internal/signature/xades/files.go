package xades

import (
	"context"
	"io"
	"net/url"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// File is one that a detached signature is over.
type File struct {
	Name      string // relative to the signature, or to the container's root
	MediaType string // empty: application/octet-stream
	Source    signature.Source
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// detached is a signature that stands alone, or in the element of a container.
type detached struct {
	*built
	before, after string
}

// PrepareFiles readies one signature over several files, of any size. Before and after are
// written around it: the element that a container wants.
func PrepareFiles(ctx context.Context, files []File, opt signature.Options, before, after string) (signature.Prepared, error) {
	if err := xmldsig.CheckIdentity(opt.Identity); err != nil {
		return nil, err
	}
	var objects []object
	for _, f := range files {
		if f.Name == "" {
			return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "a detached signature needs the file's name"}
		}
		sum := opt.Identity.Algorithm.Hash.New()
		if err := cms.Copy(ctx, sum, f.Source); err != nil {
			return nil, err
		}
		mediaType := f.MediaType
		if mediaType == "" {
			mediaType = "application/octet-stream"
		}
		objects = append(objects, object{xmldsig.Reference{URI: Reference(f.Name), Digest: sum.Sum(nil)}, mediaType})
	}
	b, err := build(opt, objects)
	if err != nil {
		return nil, err
	}
	return &detached{b, before, after}, nil
}

// Reference is a file's name as a relative URI (RFC 3986).
func Reference(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	return strings.Join(parts, "/")
}

func (d *detached) Digest() []byte { return d.digest }

func (d *detached) Complete(ctx context.Context, value []byte, w io.Writer) error {
	text, err := d.signature(ctx, value)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xmlHead+d.before+text+d.after+"\n")
	return err
}
