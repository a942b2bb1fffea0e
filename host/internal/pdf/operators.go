package pdf

import (
	"bytes"
	"io"
)

// maxOperands is more than any operator takes (annex C: 32 components of a colour).
const maxOperands = 64

// Operator is one of a content stream, with what came before it (section 7.8.2). An
// inline image is one operator, "BI", with its dictionary and without its data.
type Operator struct {
	Name     string
	Operands []Object
	End      int // of the operator, in the stream
}

// Operators reads a content stream.
type Operators struct {
	p        *parser
	data     []byte
	operands []Object
}

// NewOperators starts at its beginning.
func NewOperators(data []byte) *Operators {
	o := &Operators{p: newParser(bytes.NewReader(data), 0, int64(len(data))), data: data}
	o.p.placed = false
	return o
}

// Next reads one more; io.EOF: that was all. Its operands are gone with the next.
func (o *Operators) Next() (Operator, error) {
	op := Operator{Operands: o.operands[:0]}
	defer func() { o.operands = op.Operands }()
	for {
		o.p.elements, o.p.text = 0, 0
		if o.p.skip(); o.p.peek() == eof {
			if len(op.Operands) > 0 {
				return op, broken("operands without an operator")
			}
			return op, io.EOF
		}
		operand, err := o.p.token(0)
		if err != nil {
			return op, err
		}
		word, ok := operand.(keyword)
		if !ok {
			if len(op.Operands) == maxOperands {
				return op, broken("too many operands")
			}
			op.Operands = append(op.Operands, operand)
			continue
		}
		if op.Name = string(word); word == "BI" {
			op.Operands, err = o.image()
		}
		op.End = int(o.p.pos)
		return op, err
	}
}

// image reads an inline image up to EI (section 8.9.7).
func (o *Operators) image() ([]Object, error) {
	d := Dict{}
	for {
		key, err := o.p.token(0)
		if err != nil {
			return nil, err
		}
		if key == keyword("ID") {
			break
		}
		name, ok := key.(Name)
		if !ok || len(d) == maxOperands {
			return nil, broken("inline image")
		}
		if d[name], err = o.p.token(0); err != nil {
			return nil, err
		}
	}
	at := o.p.pos + 1 // one white space after ID
	for {
		i := bytes.Index(o.data[min(at, int64(len(o.data))):], []byte("EI"))
		if i < 0 {
			return nil, broken("inline image")
		}
		at += int64(i) + 2
		if isSpace(int(o.data[at-3])) && o.text(at) {
			o.p.pos = at
			return []Object{d}, nil
		}
	}
}

// text tells whether operators may follow, and not more of a picture.
func (o *Operators) text(at int64) bool {
	rest := o.data[at:min(at+16, int64(len(o.data)))]
	if len(rest) > 0 && isRegular(int(rest[0])) {
		return false
	}
	for _, c := range rest {
		if c > '~' || c < ' ' && !isSpace(int(c)) {
			return false
		}
	}
	return true
}
