package xades

import (
	"context"
	"crypto/x509"
	"errors"
	"net/url"
	"slices"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// Verify reads the signatures of an XML document; original is the file that a
// detached signature is over.
func Verify(ctx context.Context, src, original signature.Source) ([]signature.Found, error) {
	var one string
	all, err := VerifyFiles(ctx, src, func(name string) (signature.Source, error) {
		if original == nil || one != "" && one != name {
			return nil, &signature.Error{Code: wire.ErrNoOriginal}
		}
		one = name
		return original, nil
	})
	if err != nil {
		return nil, err
	}
	var found []signature.Found
	for _, s := range all {
		found = append(found, s.Found)
	}
	return found, nil
}

// Signed is a signature and the names of the files that it is over.
type Signed struct {
	signature.Found
	Files []string
}

// VerifyFiles is Verify where a signature is over several files: file gives one
// by its name, or says why the signature does not hold without it.
func VerifyFiles(ctx context.Context, src signature.Source, file func(name string) (signature.Source, error)) ([]Signed, error) {
	d, err := xmlc14n.Read(src)
	if err != nil {
		return nil, err
	}
	elements, err := xmldsig.All(d)
	if err != nil {
		return nil, err
	}
	if len(elements) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	var all []Signed
	work := 0
	for _, e := range elements {
		s, broken := xmldsig.Parse(d, e)
		if s != nil {
			work += len(s.References) * len(d.Text)
		}
		if work > maxWork {
			return nil, &signature.Error{Code: wire.ErrXMLRefused, Detail: "too many references"}
		}
		found, err := verify(ctx, s, broken, file)
		if err != nil {
			return nil, err
		}
		all = append(all, found)
	}
	return all, nil
}

// maxWork is how many bytes of canonical form a document may ask for.
const maxWork = 4 << 30

// verify looks at one signature. Its error is about the surroundings: a
// cancelled context, a file that can not be read or is not there.
func verify(ctx context.Context, s *xmldsig.Signature, broken error, file func(string) (signature.Source, error)) (Signed, error) {
	f := Signed{Found: signature.Found{Format: "XML-DSig", Covers: signature.Part, Broken: broken}}
	if broken != nil {
		if s != nil {
			f.Certificates = s.Certificates
		}
		return f, nil
	}
	f.Algorithm, f.Certificates = s.Algorithm, s.Certificates
	p := readProperties(s)
	f.Format = p.level()
	f.ClaimedAt, f.CRLs, f.OCSPs = p.claimed, p.crls, p.ocsps
	f.Certificates = append(f.Certificates, p.certificates...)
	f.Stamps = p.stamps(s)
	f.Covers = covers(s, p)
	if f.Certificate, f.Broken = p.signer(s); f.Broken != nil {
		return f, nil
	}
	if f.Broken = s.CheckValue(f.Certificate); f.Broken != nil {
		return f, nil
	}
	for _, r := range s.References {
		if r.Type == signedProperties && r.Target != p.signed {
			f.Broken = malformed("SignedProperties")
			break
		}
		var external signature.Source
		if r.External {
			name, err := url.PathUnescape(r.URI)
			if err != nil || slices.Contains(f.Files, name) {
				f.Broken = malformed("URI")
				break
			}
			if external, f.Broken = file(name); f.Broken != nil {
				break
			}
			f.Files = append(f.Files, name)
		}
		if f.Broken = s.Check(ctx, r, external); f.Broken != nil {
			break
		}
	}
	return f, surroundings(&f)
}

func malformed(what string) error {
	return &signature.Error{Code: wire.ErrSigBroken, Detail: what, Err: cms.ErrMalformed}
}

// surroundings is the error that is not about the signature; f has it as Broken.
func surroundings(f *Signed) error {
	err := f.Broken
	if known := new(signature.Error); errors.As(err, &known) && known.Code != wire.ErrNoOriginal {
		return nil
	}
	if err == nil || errors.Is(err, cms.ErrChanged) || errors.Is(err, cms.ErrWeak) {
		return nil
	}
	return err
}

// covers tells whether a reference is to everything.
func covers(s *xmldsig.Signature, p *properties) signature.Covers {
	whole := s.Document.Root
	for _, r := range s.References {
		switch {
		case r.External, r.URI == "", r.Target == whole:
			return signature.Whole
		case s.Element == whole && r.Target != p.signed && r.Target.Parent == whole && r.Target.Is(xmldsig.Space, "Object"):
			return signature.Whole // enveloping
		}
	}
	return signature.Part
}

// signer is the certificate that the properties name, or, where they name none, the one
// whose key made the value.
func (p *properties) signer(s *xmldsig.Signature) (*x509.Certificate, error) {
	if len(s.Certificates) == 0 && len(p.certificates) == 0 {
		return nil, cms.ErrNoSigner
	}
	for _, c := range append(s.Certificates, p.certificates...) {
		if p.named != nil {
			if p.named(c) {
				return c, nil
			}
			continue
		}
		if s.CheckValue(c) == nil {
			return c, nil
		}
	}
	if p.named != nil {
		return nil, cms.ErrCertificate
	}
	return s.Certificates[0], nil
}

// claimedAt reads xs:dateTime; one without a zone counts as UTC.
func claimedAt(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
