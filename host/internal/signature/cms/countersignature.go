package cms

import (
	"slices"

	"raccordo/host/internal/signature"
)

// maxCountersigned is how many countersignatures stand above each other.
const maxCountersigned = 4

// countersignatures verifies the signatures over a signature's value (RFC 5652,
// section 11.4), and those over them.
func (d *SignedData) countersignatures(s *SignerInfo, depth int) []signature.Found {
	var all []signature.Found
	for _, raw := range s.unsigned.all(oidCountersignature) {
		c, err := parseSigner(raw)
		if err != nil || depth == maxCountersigned {
			all = append(all, signature.Found{Format: Countersignature, Covers: signature.Whole, Broken: broken(orMalformed(err))})
			continue
		}
		f := d.describe(c)
		f.Format = Countersignature
		if f.Broken == nil {
			f.Broken = broken(c.verifyOver(f, f.Algorithm.Digest(s.Value)))
		}
		all = slices.Concat(all, []signature.Found{f}, d.countersignatures(c, depth+1))
	}
	return all
}

func orMalformed(err error) error {
	if err == nil {
		return ErrMalformed
	}
	return err
}

// verifyOver verifies a countersignature, which has no content type.
func (s *SignerInfo) verifyOver(f signature.Found, digest []byte) error {
	if s.attrs == nil {
		return s.checkValue(f, digest)
	}
	if err := s.checkDigest(digest); err != nil {
		return err
	}
	return s.checkAttributes(f)
}
