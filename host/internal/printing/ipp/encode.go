package ipp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// errLong: a name or value that the two bytes of its length can not tell.
var errLong = errors.New("ipp: more than 65535 bytes in one value")

// Encode writes the message as in RFC 8010 §3.1, without what a request carries behind it.
func (m Message) Encode() ([]byte, error) {
	b := []byte{m.Major, m.Minor}
	b = binary.BigEndian.AppendUint16(b, m.Code)
	b = binary.BigEndian.AppendUint32(b, m.ID)
	var err error
	for _, g := range m.Groups {
		b = append(b, byte(g.Tag))
		for _, a := range g.Attributes {
			if b, err = appendAttribute(b, a); err != nil {
				return nil, fmt.Errorf("%s: %w", a.Name, err)
			}
		}
	}
	return append(b, byte(TagEnd)), nil
}

func appendAttribute(b []byte, a Attribute) ([]byte, error) {
	name := a.Name // of the first value alone; the others follow without (§3.1.5)
	for _, v := range a.Values {
		var err error
		b = append(b, byte(v.Tag))
		if b, err = appendString(b, name); err != nil {
			return nil, err
		}
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
		name = ""
	}
	return b, nil
}

func appendValue(b []byte, v Value) (_ []byte, err error) {
	switch v.Tag {
	case TagInteger, TagEnum:
		return binary.BigEndian.AppendUint32(append(b, 0, 4), uint32(v.Int)), nil
	case TagBoolean:
		return append(b, 0, 1, byte(v.Int)), nil
	case TagRange, TagResolution:
		n := byte(8)
		if v.Tag == TagResolution {
			n = 9
		}
		b = binary.BigEndian.AppendUint32(append(b, 0, n), uint32(v.Int))
		b = binary.BigEndian.AppendUint32(b, uint32(v.Upper))
		if v.Tag == TagResolution {
			b = append(b, v.Units)
		}
		return b, nil
	case TagTextLanguage, TagNameLanguage:
		if len(v.Language)+len(v.Text)+4 > math.MaxUint16 {
			return nil, errLong
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(v.Language)+len(v.Text)+4))
		if b, err = appendString(b, v.Language); err != nil {
			return nil, err
		}
		return appendString(b, v.Text)
	case TagBegin:
		return appendMembers(append(b, 0, 0), v.Members)
	default:
		return appendString(b, v.Text)
	}
}

// appendMembers writes what a collection holds and its end (§3.1.6).
func appendMembers(b []byte, members []Attribute) (_ []byte, err error) {
	for _, m := range members {
		b = append(b, byte(TagMember), 0, 0)
		if b, err = appendString(b, m.Name); err != nil {
			return nil, err
		}
		if b, err = appendAttribute(b, Attribute{Values: m.Values}); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return append(b, byte(TagEndCollection), 0, 0, 0, 0), nil
}

func appendString(b []byte, s string) ([]byte, error) {
	if len(s) > math.MaxUint16 {
		return nil, errLong
	}
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...), nil
}
