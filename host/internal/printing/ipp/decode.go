package ipp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxDepth is how deep collections may lie in each other; media-col-database needs three.
const maxDepth = 16

// ErrMessage: bytes that are no IPP message.
var ErrMessage = errors.New("no ipp message")

// Decode reads a message; rest is what follows it.
func Decode(b []byte) (m Message, rest []byte, err error) {
	r := reader{b}
	head, err := r.take(8)
	if err != nil {
		return Message{}, nil, err
	}
	m = Message{Major: head[0], Minor: head[1], Code: binary.BigEndian.Uint16(head[2:]), ID: binary.BigEndian.Uint32(head[4:])}
	for {
		t, err := r.tag()
		switch {
		case err != nil:
			return Message{}, nil, err
		case t == TagEnd:
			return m, r.b, nil
		case t > 0x0f:
			if err := m.value(&r, t); err != nil {
				return Message{}, nil, err
			}
		case t == 0:
			return Message{}, nil, fmt.Errorf("%w: group of tag 0", ErrMessage)
		default:
			m.Groups = append(m.Groups, Group{Tag: t})
		}
	}
}

// value reads an attribute or a further value of the last one.
func (m *Message) value(r *reader, t Tag) error {
	if len(m.Groups) == 0 {
		return fmt.Errorf("%w: attribute before any group", ErrMessage)
	}
	g := &m.Groups[len(m.Groups)-1]
	name, err := r.text()
	if err != nil {
		return err
	}
	if t == TagMember || t == TagEndCollection {
		return fmt.Errorf("%w: member outside a collection", ErrMessage)
	}
	v, err := r.value(t, 0)
	if err != nil {
		return err
	}
	if name != "" {
		g.Attributes = append(g.Attributes, Attribute{name, []Value{v}})
		return nil
	}
	if len(g.Attributes) == 0 {
		return fmt.Errorf("%w: value without a name", ErrMessage)
	}
	last := &g.Attributes[len(g.Attributes)-1]
	last.Values = append(last.Values, v)
	return nil
}

// reader takes bytes from the front.
type reader struct{ b []byte }

func (r *reader) take(n int) ([]byte, error) {
	if len(r.b) < n {
		return nil, fmt.Errorf("%w: it ends too early", ErrMessage)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b, nil
}

func (r *reader) tag() (Tag, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	return Tag(b[0]), nil
}

func (r *reader) text() (string, error) {
	b, err := r.take(2)
	if err != nil {
		return "", err
	}
	b, err = r.take(int(binary.BigEndian.Uint16(b)))
	return string(b), err
}

// value reads the length and what a tag says that follows.
func (r *reader) value(t Tag, depth int) (Value, error) {
	text, err := r.text()
	if err != nil {
		return Value{}, err
	}
	v := Value{Tag: t}
	if want, fixed := lengths[t]; fixed && len(text) != want {
		return Value{}, fmt.Errorf("%w: value of tag %#x with %d bytes", ErrMessage, byte(t), len(text))
	}
	number := func(at int) int32 { return int32(binary.BigEndian.Uint32([]byte(text[at : at+4]))) }
	switch t {
	case TagInteger, TagEnum:
		v.Int = number(0)
	case TagBoolean:
		v.Int = int32(text[0])
	case TagRange:
		v.Int, v.Upper = number(0), number(4)
	case TagResolution:
		v.Int, v.Upper, v.Units = number(0), number(4), text[8]
	case TagTextLanguage, TagNameLanguage:
		inner := reader{[]byte(text)}
		if v.Language, err = inner.text(); err == nil {
			v.Text, err = inner.text()
		}
		if err == nil && len(inner.b) > 0 {
			err = fmt.Errorf("%w: bytes behind a text with its language", ErrMessage)
		}
	case TagBegin:
		v.Members, err = r.members(depth + 1)
	default:
		v.Text = text
	}
	return v, err
}

// lengths of the values that have one of their own.
var lengths = map[Tag]int{TagInteger: 4, TagEnum: 4, TagBoolean: 1, TagRange: 8, TagResolution: 9, TagBegin: 0}

// members reads a collection up to its end.
func (r *reader) members(depth int) ([]Attribute, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: collections deeper than %d", ErrMessage, maxDepth)
	}
	var all []Attribute
	for {
		t, err := r.tag()
		if err != nil {
			return nil, err
		}
		if name, err := r.text(); err != nil || name != "" {
			return nil, errors.Join(err, fmt.Errorf("%w: named value in a collection", ErrMessage))
		}
		switch t {
		case TagEndCollection:
			if text, err := r.text(); err != nil || text != "" {
				return nil, errors.Join(err, fmt.Errorf("%w: collection's end with a value", ErrMessage))
			}
			return all, nil
		case TagMember:
			name, err := r.text()
			if err != nil {
				return nil, err
			}
			all = append(all, Attribute{Name: name})
		default:
			v, err := r.value(t, depth)
			if err != nil {
				return nil, err
			}
			if len(all) == 0 || t <= 0x0f {
				return nil, fmt.Errorf("%w: value without a member in a collection", ErrMessage)
			}
			last := &all[len(all)-1]
			last.Values = append(last.Values, v)
		}
	}
}
