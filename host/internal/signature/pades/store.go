package pades

import (
	"crypto/x509"
	"errors"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
)

// Limits of a document security store.
const (
	maxProofs = 1000
	maxProof  = 4 << 20 // bytes of all certificates and answers together
)

// store is what a document brings to prove its signatures later: the DSS (EN 319
// 142-1, section 5.4.2).
type store struct {
	certificates []*x509.Certificate
	crls, ocsps  [][]byte
}

func readStore(file *pdf.File) (s store, err error) {
	_, catalog, err := file.Catalog()
	if err != nil {
		return s, err
	}
	dict, err := file.Dict(catalog["DSS"])
	if err != nil || dict == nil {
		return s, err
	}
	left := int64(maxProof)
	read := func(key pdf.Name, each func([]byte)) error {
		list, err := file.Array(dict[key])
		if err != nil {
			return err
		}
		for _, item := range list[:min(len(list), maxProofs)] {
			o, err := file.Resolve(item)
			if err != nil {
				return err
			}
			stream, ok := o.(*pdf.Stream)
			if !ok {
				continue
			}
			der, err := file.Decoded(stream, left)
			if errors.Is(err, pdf.ErrBroken) {
				continue // it proves nothing; the signatures stand by themselves
			} else if err != nil {
				return err
			}
			left -= int64(len(der))
			each(der)
		}
		return nil
	}
	err = read("Certs", func(der []byte) {
		if c, err := x509.ParseCertificate(der); err == nil {
			s.certificates = append(s.certificates, c)
		}
	})
	if err == nil {
		err = read("CRLs", func(der []byte) { s.crls = append(s.crls, der) })
	}
	if err == nil {
		err = read("OCSPs", func(der []byte) { s.ocsps = append(s.ocsps, der) })
	}
	return s, err
}

// join adds the store to a signature.
func (s store) join(f *signature.Found) {
	f.CRLs = append(f.CRLs, s.crls...)
	f.OCSPs = append(f.OCSPs, s.ocsps...)
	for _, c := range s.certificates {
		known := false
		for _, k := range f.Certificates {
			known = known || k.Equal(c)
		}
		if !known {
			f.Certificates = append(f.Certificates, c)
		}
	}
}

// name tells the kind and the level of a signature (EN 319 142-1, section 6).
func (m *mark) name(s store) {
	if m.filter != "ETSI.CAdES.detached" {
		m.found.Format = "PDF " + string(m.filter)
		return
	}
	m.found.Format = "PAdES-B-B"
	if len(m.found.Stamps) > 0 {
		m.found.Format = "PAdES-B-T"
		if len(s.crls)+len(s.ocsps) > 0 {
			m.found.Format = "PAdES-B-LT"
		}
	}
}
