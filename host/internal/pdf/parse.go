package pdf

import (
	"io"
	"strconv"
)

// What one object may be made of: enough for the page list of a book, and for a
// signature with its chain and revocation lists.
const (
	maxDepth    = 64
	maxElements = 500_000
	maxText     = 16 << 20 // bytes of strings and names
)

// keyword is a word that is no object: obj, R, endobj, stream…
type keyword string

// parser reads objects. Every one costs of the same purse, which bounds memory.
type parser struct {
	*scanner
	elements, text int
	twice          bool // a dictionary had a key twice
	placed         bool // positions are those of the file
}

func newParser(src io.ReaderAt, pos, end int64) *parser {
	return &parser{scanner: newScanner(src, pos, end), placed: true}
}

// object reads one object; "12 0 R" is one. A keyword is returned as it is.
func (p *parser) object(depth int) (Object, error) {
	o, err := p.token(depth)
	if err != nil {
		return nil, err
	}
	number, ok := o.(Integer)
	if !ok || number < 0 {
		return o, nil
	}
	// Two more words decide whether it is a reference.
	back := p.pos
	if generation, ok := p.integer(); ok {
		p.skip()
		if p.word() == "R" {
			return ref(number, Integer(generation))
		}
	}
	p.pos = back
	return o, nil
}

// token reads one object, of which "12 0 R" is three.
func (p *parser) token(depth int) (Object, error) {
	p.skip()
	if p.elements++; p.elements > maxElements {
		return nil, broken("object too large")
	}
	start := p.pos
	switch c := p.peek(); {
	case c == eof:
		if p.err != nil {
			return nil, p.err
		}
		return nil, broken("unexpected end of file")
	case c == '/':
		return p.name()
	case c == '(':
		return p.literal()
	case c == '<':
		p.pos++
		if p.peek() == '<' {
			p.pos++
			return p.dict(depth)
		}
		return p.hex(start)
	case c == '[':
		p.pos++
		return p.array(depth)
	case isRegular(c):
		return number(p.word()), nil
	}
	return nil, broken("unexpected character")
}

// number reads what a word says: a number, true, false, null, or a keyword.
func number(word string) Object {
	switch word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return Integer(n)
	}
	if c := word[0]; c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		if isReal(word) {
			return Real(word)
		}
	}
	return keyword(word)
}

// isReal: digits with one point and a sign; exponents are not PDF.
func isReal(word string) bool {
	points, digits := 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case c == '.':
			points++
		case c >= '0' && c <= '9':
			digits++
		case i > 0 || c != '+' && c != '-':
			return false
		}
	}
	return points <= 1 && digits > 0
}

// items reads up to the closing delimiter, joining references.
func (p *parser) items(depth int, closing string) (Array, error) {
	if depth >= maxDepth {
		return nil, broken("nested too deeply")
	}
	var list Array
	for {
		p.skip()
		if p.peek() == int(closing[0]) {
			for range closing {
				if p.next() != int(closing[0]) {
					return nil, broken("unclosed object")
				}
			}
			return list, nil
		}
		o, err := p.token(depth + 1)
		if err != nil {
			return nil, err
		}
		if word, ok := o.(keyword); ok {
			if word != "R" || len(list) < 2 {
				return nil, broken("unexpected keyword in an object")
			}
			r, err := ref(list[len(list)-2], list[len(list)-1])
			if err != nil {
				return nil, err
			}
			list, o = list[:len(list)-2], r
		}
		list = append(list, o)
	}
}

func (p *parser) array(depth int) (Object, error) {
	list, err := p.items(depth, "]")
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (p *parser) dict(depth int) (Object, error) {
	list, err := p.items(depth, ">>")
	if err != nil {
		return nil, err
	}
	if len(list)%2 != 0 {
		return nil, broken("key without value")
	}
	d := make(Dict, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		key, ok := list[i].(Name)
		if !ok {
			return nil, broken("key that is not a name")
		}
		if _, again := d[key]; again {
			p.twice = true
		}
		if list[i+1] == nil {
			delete(d, key) // null is the same as not being there
			continue
		}
		d[key] = list[i+1]
	}
	return d, nil
}

func ref(number, generation Object) (Ref, error) {
	n, ok := number.(Integer)
	g, also := generation.(Integer)
	if !ok || !also || n < 0 || n > maxNumber || g < 0 || g > 65535 {
		return Ref{}, broken("bad reference")
	}
	return Ref{int64(n), int(g)}, nil
}

// integer reads a whole number that is not negative.
func (p *parser) integer() (int64, bool) {
	p.skip()
	n, err := strconv.ParseInt(p.word(), 10, 64)
	return n, err == nil && n >= 0
}
