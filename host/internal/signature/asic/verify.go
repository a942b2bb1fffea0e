package asic

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// Verify reads the signatures of a container; it needs no original.
func Verify(ctx context.Context, src, _ signature.Source) ([]signature.Found, error) {
	o, err := open(src)
	if err != nil {
		return nil, err
	}
	var all []signature.Found
	for _, name := range o.signatures() {
		raw, err := o.read(name)
		if err != nil {
			return nil, err
		}
		verify := o.xades
		if strings.HasSuffix(name, ".p7s") {
			verify = func(ctx context.Context, raw []byte) ([]signature.Found, error) { return o.cades(ctx, name, raw) }
		}
		found, err := verify(ctx, raw)
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); len(all) > maxSignatures {
			return nil, bad("too many signatures")
		}
	}
	if len(all) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	return all, nil
}

// signatures are the entries that are some (section 4.3.3.2 and 4.4.3.2), sorted.
func (o *opened) signatures() []string {
	var names []string
	for name := range o.entries {
		base, ok := strings.CutPrefix(strings.ToLower(name), "meta-inf/")
		if ok && (strings.Contains(base, "signatures") && strings.HasSuffix(base, ".xml") || strings.Contains(base, "signature") && strings.HasSuffix(base, ".p7s")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (o *opened) form() string {
	if o.simple {
		return "ASiC-S with "
	}
	return "ASiC-E with "
}

// covers tells whether all documents are among names.
func (o *opened) covers(names []string) signature.Covers {
	for _, n := range o.names {
		if !slices.Contains(names, n) {
			return signature.Part
		}
	}
	return signature.Whole
}

func (o *opened) xades(ctx context.Context, raw []byte) ([]signature.Found, error) {
	var open []*entry
	defer func() {
		for _, e := range open {
			e.close()
		}
	}()
	signed, err := xades.VerifyFiles(ctx, bytes.NewReader(raw), func(name string) (signature.Source, error) {
		f := o.entries[name]
		if f == nil {
			return nil, cms.ErrChanged
		}
		e := &entry{file: f}
		open = append(open, e)
		return e, nil
	})
	if err != nil {
		return nil, err
	}
	var all []signature.Found
	for _, s := range signed {
		f := s.Found
		f.Format, f.Covers = o.form()+f.Format, o.covers(s.Files)
		all = append(all, f)
	}
	return all, nil
}

// cades looks at a CMS signature: over the manifest that names it, or, in a
// simple container, over the one document.
func (o *opened) cades(ctx context.Context, name string, raw []byte) ([]signature.Found, error) {
	var content signature.Source
	var broken error
	covers := signature.Whole
	if o.simple {
		if len(o.names) != 1 {
			return nil, bad("not one document")
		}
		e := &entry{file: o.entries[o.names[0]]}
		defer e.close()
		content = e
	} else {
		manifest, references, err := o.manifestOf(name)
		if err != nil {
			return nil, err
		}
		var files []string
		files, broken, err = o.check(ctx, references)
		if err != nil {
			return nil, err
		}
		content, covers = bytes.NewReader(manifest), o.covers(files)
	}
	all, err := cades.Verify(ctx, bytes.NewReader(raw), content)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Format = o.form() + all[i].Format
		if covers == signature.Part {
			all[i].Covers = covers
		}
		if all[i].Broken == nil {
			all[i].Broken = broken
		}
	}
	return all, nil
}

// manifestOf finds the one ASiCManifest that names a signature.
func (o *opened) manifestOf(name string) (raw []byte, root *xmlc14n.Element, err error) {
	for entry := range o.entries {
		if base, ok := strings.CutPrefix(entry, metaFolder); !ok || !strings.HasPrefix(base, "ASiCManifest") || !strings.HasSuffix(base, ".xml") {
			continue
		}
		text, err := o.read(entry)
		if err != nil {
			return nil, nil, err
		}
		d, err := xmlc14n.Parse(text)
		if err != nil {
			return nil, nil, err
		}
		reference := d.Root.Child(space, "SigReference")
		if !d.Root.Is(space, "ASiCManifest") || reference == nil {
			continue
		}
		if uri, err := url.PathUnescape(reference.Attr("URI")); err != nil || uri != name {
			continue
		}
		if root != nil {
			return nil, nil, bad("two manifests of the signature")
		}
		raw, root = text, d.Root
	}
	if root == nil {
		return nil, nil, bad("no manifest of the signature")
	}
	return raw, root, nil
}

// check computes the digests that a manifest tells.
func (o *opened) check(ctx context.Context, manifest *xmlc14n.Element) (names []string, broken, err error) {
	for reference := range manifest.Elements() {
		if !reference.Is(space, "DataObjectReference") {
			continue
		}
		name, unescaped := url.PathUnescape(reference.Attr("URI"))
		method := reference.Child(xmldsig.Space, "DigestMethod")
		want, decoded := xmldsig.Base64(reference.Child(xmldsig.Space, "DigestValue"))
		if unescaped != nil || decoded != nil || method == nil || slices.Contains(names, name) {
			return nil, nil, bad("manifest")
		}
		hash, err := xmldsig.DigestOf(method.Attr("Algorithm"))
		if err != nil {
			return nil, err, nil
		}
		if hash.Size() < 32 {
			return nil, cms.ErrWeak, nil
		}
		f := o.entries[name]
		if f == nil {
			return nil, cms.ErrChanged, nil
		}
		e := &entry{file: f}
		sum := hash.New()
		err = cms.Copy(ctx, sum, e)
		e.close()
		if fault := new(signature.Error); err != nil && !errors.As(err, &fault) {
			return nil, nil, err
		}
		if err != nil || subtle.ConstantTimeCompare(sum.Sum(nil), want) != 1 {
			return nil, cms.ErrChanged, nil
		}
		names = append(names, name)
	}
	return names, nil, nil
}
