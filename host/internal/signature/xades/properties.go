package xades

import (
	"bytes"
	"crypto/subtle"
	"crypto/x509"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/signature/xmldsig"
)

// properties are those of XAdES. Signed ones count only when SignedInfo
// references the very element.
type properties struct {
	signed       *xmlc14n.Element // nil: a plain XML signature
	unsigned     *xmlc14n.Element // UnsignedSignatureProperties
	named        func(*x509.Certificate) bool
	claimed      time.Time
	certificates []*x509.Certificate
	crls, ocsps  [][]byte
}

func readProperties(s *xmldsig.Signature) *properties {
	p := &properties{}
	for object := range s.Element.Elements() {
		q := object.Child(space, "QualifyingProperties")
		if !object.Is(xmldsig.Space, "Object") || q == nil || q.Attr("Target") != "#"+s.Element.Attr("Id") {
			continue
		}
		signed := q.Child(space, "SignedProperties")
		for _, r := range s.References {
			if signed != nil && r.Target == signed {
				p.signed = signed
				p.unsigned = q.Find(space, "UnsignedProperties", "UnsignedSignatureProperties")
			}
		}
	}
	if p.signed == nil {
		return p
	}
	own := p.signed.Child(space, "SignedSignatureProperties")
	if own == nil {
		return p
	}
	p.claimed = claimedAt(own.Child(space, "SigningTime").Content())
	p.named = certificateNamed(own)
	if p.unsigned != nil {
		p.values()
	}
	return p
}

// certificateNamed tells the signer's certificate by the digest in SigningCertificateV2 or its
// forerunner; nil: none is named. Where several are, the signer's is the first.
func certificateNamed(own *xmlc14n.Element) func(*x509.Certificate) bool {
	list := own.Child(space, "SigningCertificateV2")
	if list == nil {
		list = own.Child(space, "SigningCertificate")
	}
	if list == nil {
		return nil
	}
	for cert := range list.Elements() {
		digest := cert.Child(space, "CertDigest")
		if digest == nil || digest.Child(xmldsig.Space, "DigestMethod") == nil {
			break
		}
		hash, err := xmldsig.DigestOf(digest.Child(xmldsig.Space, "DigestMethod").Attr("Algorithm"))
		want, err2 := xmldsig.Base64(digest.Child(xmldsig.Space, "DigestValue"))
		if err != nil || err2 != nil {
			break
		}
		return func(c *x509.Certificate) bool {
			sum := hash.New()
			sum.Write(c.Raw)
			return subtle.ConstantTimeCompare(sum.Sum(nil), want) == 1
		}
	}
	return func(*x509.Certificate) bool { return false }
}

// values are certificates and revocation data that later levels bring.
func (p *properties) values() {
	for e := range p.unsigned.All() {
		if e.Space != space {
			continue
		}
		raw, err := xmldsig.Base64(e)
		if err != nil {
			continue
		}
		switch e.Local {
		case "EncapsulatedX509Certificate":
			if c, err := x509.ParseCertificate(raw); err == nil {
				p.certificates = append(p.certificates, c)
			}
		case "EncapsulatedCRLValue":
			p.crls = append(p.crls, raw)
		case "EncapsulatedOCSPValue":
			p.ocsps = append(p.ocsps, raw)
		}
	}
}

// level is the baseline that the signature has the parts of.
func (p *properties) level() string {
	if p.signed == nil {
		return "XML-DSig"
	}
	level := "XAdES-B-B"
	if p.unsigned == nil {
		return level
	}
	if hasChild(p.unsigned, space, "SignatureTimeStamp") {
		level = "XAdES-B-T"
		if len(p.crls)+len(p.ocsps) > 0 {
			level = "XAdES-B-LT"
			if hasChild(p.unsigned, space141, "ArchiveTimeStamp") {
				level = "XAdES-B-LTA"
			}
		}
	}
	return level
}

func hasChild(e *xmlc14n.Element, space, local string) bool {
	for child := range e.Elements() {
		if child.Is(space, local) {
			return true
		}
	}
	return false
}

// maxStamps is how many time-stamps of one signature are looked at.
const maxStamps = 16

// stamps looks at the time-stamps over the signature's value (section 5.3).
func (p *properties) stamps(s *xmldsig.Signature) []signature.Stamp {
	if p.unsigned == nil {
		return nil
	}
	var all []signature.Stamp
	for e := range p.unsigned.Elements() {
		if !e.Is(space, "SignatureTimeStamp") {
			continue
		}
		var over bytes.Buffer
		method, err := xmldsig.Canonicalisation(e.Child(xmldsig.Space, "CanonicalizationMethod"))
		if err == nil {
			err = s.Document.Canonical(&over, method, xmlc14n.Selection{Apex: s.Value})
		}
		for child := range e.Elements() {
			if !child.Is(space, "EncapsulatedTimeStamp") || len(all) == maxStamps {
				continue
			}
			token, err2 := xmldsig.Base64(child)
			switch {
			case err != nil:
				all = append(all, signature.Stamp{Broken: err})
			case err2 != nil:
				all = append(all, signature.Stamp{Broken: err2})
			default:
				all = append(all, timestamp.Check(token, over.Bytes()))
			}
		}
	}
	return all
}
