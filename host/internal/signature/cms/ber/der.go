package ber

import (
	"bytes"
	"errors"
	"io"
)

// Header is identifier and length octets, as short as they can be.
func Header(tag byte, length int64) []byte { return appendLength([]byte{tag}, length) }

func appendLength(out []byte, length int64) []byte {
	if length < 0x80 {
		return append(out, byte(length))
	}
	var octets []byte
	for n := length; n > 0; n >>= 8 {
		octets = append([]byte{byte(n)}, octets...)
	}
	return append(append(out, 0x80|byte(len(octets))), octets...)
}

// DER rewrites one element with definite, minimal lengths and its OCTET STRINGs in
// one piece. What is DER comes back as it is. The order of sets and the values
// stay as they are.
func DER(raw []byte) ([]byte, error) {
	w := NewWalker(bytes.NewReader(raw), int64(len(raw)))
	out, err := w.der(raw)
	if err != nil {
		return nil, err
	}
	if _, err := w.Peek(); !errors.Is(err, io.EOF) {
		return nil, ErrMalformed
	}
	return out, nil
}

// der rewrites the next element of raw, in which the walker stands.
func (w *Walker) der(raw []byte) ([]byte, error) {
	e, err := w.Peek()
	if err != nil {
		return nil, err
	}
	identifier := raw[e.Start : e.Start+int64(e.identifier)]
	var body []byte
	switch {
	case e.Tag == 0x24:
		octets, err := w.ReadOctets()
		if err != nil {
			return nil, err
		}
		identifier = []byte{0x04}
		body = make([]byte, octets.Size())
		if _, err := octets.ReadAt(body, 0); err != nil && len(body) > 0 {
			return nil, err
		}
	case !e.Constructed():
		body = raw[e.Body:e.End]
		w.pos = e.End
	default:
		if body, err = w.children(raw, e.Tag); err != nil {
			return nil, err
		}
	}
	return append(appendLength(bytes.Clone(identifier), int64(len(body))), body...), nil
}

func (w *Walker) children(raw []byte, tag byte) ([]byte, error) {
	if _, err := w.Enter(tag); err != nil {
		return nil, err
	}
	var body []byte
	for {
		child, err := w.der(raw)
		if errors.Is(err, io.EOF) {
			return body, w.Leave()
		}
		if err != nil {
			return nil, err
		}
		body = append(body, child...)
	}
}
