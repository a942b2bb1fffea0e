package cms

import (
	"crypto/x509/pkix"
	"encoding/asn1"
)

// parseName reads a Name as text, whatever its string types.
func parseName(der []byte) (string, error) {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(der, &sequence); err != nil {
		return "", err
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name.String(), nil
}
