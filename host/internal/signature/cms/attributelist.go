package cms

import (
	"encoding/asn1"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// attributeList is a SET OF Attribute as it was read.
type attributeList []readAttribute

type readAttribute struct {
	oid    asn1.ObjectIdentifier
	values [][]byte // each an element, DER
}

// parseAttributes reads a SET OF Attribute under whatever tag.
func parseAttributes(der []byte) (attributeList, error) {
	s := cryptobyte.String(der)
	var set cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&set, &tag) || !s.Empty() {
		return nil, fmt.Errorf("%w: attributes", ErrMalformed)
	}
	var list attributeList
	for !set.Empty() {
		var one, values cryptobyte.String
		var a readAttribute
		if !set.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&a.oid) ||
			!one.ReadASN1(&values, cbasn1.SET) || !one.Empty() {
			return nil, fmt.Errorf("%w: attributes", ErrMalformed)
		}
		for !values.Empty() {
			var value cryptobyte.String
			if !values.ReadAnyASN1Element(&value, &tag) {
				return nil, fmt.Errorf("%w: attribute %s", ErrMalformed, a.oid)
			}
			a.values = append(a.values, value)
		}
		list = append(list, a)
	}
	return list, nil
}

// all returns the values of an attribute, of all its instances.
func (l attributeList) all(oid asn1.ObjectIdentifier) [][]byte {
	var values [][]byte
	for _, a := range l {
		if a.oid.Equal(oid) {
			values = append(values, a.values...)
		}
	}
	return values
}

// one returns the value of an attribute that must be there once, with one
// value (RFC 5652, section 11); nil: it is not there.
func (l attributeList) one(oid asn1.ObjectIdentifier) (cryptobyte.String, error) {
	var found *readAttribute
	for i, a := range l {
		if !a.oid.Equal(oid) {
			continue
		}
		if found != nil || len(a.values) != 1 {
			return nil, fmt.Errorf("%w: attribute %s has several values", ErrMalformed, oid)
		}
		found = &l[i]
	}
	if found == nil {
		return nil, nil
	}
	return found.values[0], nil
}

// octets returns an attribute that is an OCTET STRING, and must be there.
func (l attributeList) octets(oid asn1.ObjectIdentifier) ([]byte, error) {
	value, err := l.one(oid)
	if err != nil {
		return nil, err
	}
	var octets cryptobyte.String
	if !value.ReadASN1(&octets, cbasn1.OCTET_STRING) || !value.Empty() {
		return nil, fmt.Errorf("%w: attribute %s", ErrMalformed, oid)
	}
	return octets, nil
}

// time returns an attribute that is a Time; zero: it is not there.
func (l attributeList) time(oid asn1.ObjectIdentifier) (time.Time, error) {
	value, err := l.one(oid)
	if err != nil || value == nil {
		return time.Time{}, err
	}
	var t time.Time
	if value.PeekASN1Tag(cbasn1.UTCTime) && value.ReadASN1UTCTime(&t) || value.ReadASN1GeneralizedTime(&t) {
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%w: attribute %s", ErrMalformed, oid)
}
