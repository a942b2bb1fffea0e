package pdf

// grow counts what strings and names cost.
func (p *parser) grow() error {
	if p.text++; p.text > maxText {
		return broken("object too large")
	}
	return nil
}

func (p *parser) name() (Object, error) {
	p.pos++
	var name []byte
	for isRegular(p.peek()) {
		if err := p.grow(); err != nil {
			return nil, err
		}
		c := p.next()
		if c == '#' {
			at := p.pos
			if high, low := hexDigit(p.next()), hexDigit(p.next()); high >= 0 && low >= 0 {
				c = high<<4 | low
			} else {
				p.pos = at // PDF 1.1 had no escapes
			}
		}
		name = append(name, byte(c))
	}
	return Name(name), nil
}

func (p *parser) string(text []byte, start int64, hex bool) String {
	s := String{Bytes: text, Hex: hex}
	if p.placed {
		s.Start, s.End = start, p.pos
	}
	return s
}

func (p *parser) hex(start int64) (Object, error) {
	var text []byte
	high := -1
	for {
		if err := p.grow(); err != nil {
			return nil, err
		}
		c := p.next()
		digit := hexDigit(c)
		switch {
		case c == '>':
			if high >= 0 {
				text = append(text, byte(high<<4))
			}
			return p.string(text, start, true), nil
		case isSpace(c):
		case digit < 0:
			return nil, broken("bad hexadecimal string")
		case high < 0:
			high = digit
		default:
			text = append(text, byte(high<<4|digit))
			high = -1
		}
	}
}

// literal reads (text), ISO 32000-1, section 7.3.4.2.
func (p *parser) literal() (Object, error) {
	start := p.pos
	p.pos++
	var text []byte
	for open := 1; ; {
		if err := p.grow(); err != nil {
			return nil, err
		}
		c := p.next()
		switch c {
		case eof:
			return nil, broken("string without end")
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return p.string(text, start, false), nil
			}
		case '\r':
			c = '\n'
			if p.peek() == '\n' {
				p.pos++
			}
		case '\\':
			if c = p.escape(); c == eof {
				continue
			}
		}
		text = append(text, byte(c))
	}
}

// escape reads what follows a backslash; eof: nothing.
func (p *parser) escape() int {
	switch c := p.next(); c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case '\r':
		if p.peek() == '\n' {
			p.pos++
		}
		return eof
	case '\n':
		return eof
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := c - '0'
		for range 2 {
			d := p.peek()
			if d < '0' || d > '7' {
				break
			}
			n = n<<3 | (d - '0')
			p.pos++
		}
		return n & 0xff
	default:
		return c
	}
}
