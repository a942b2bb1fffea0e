package xmlc14n

import (
	"strings"
)

// Limits beyond the size: what a small text may cost.
const (
	maxDepth = 200
	maxNodes = 1 << 20 // elements, attributes, texts
)

// parser goes through a text once. Namespaces in force are in scope, what an element
// hid comes back at its end.
type parser struct {
	s     string
	pos   int
	nodes int
	depth int
	scope map[string]string
	hid   [][]declaration
}

// declaration reads the XML declaration, if there is one, and returns the encoding it names.
func (p *parser) declaration() (encoding string, err error) {
	if !strings.HasPrefix(p.s, "<?xml") || len(p.s) < 6 || !isSpace(p.s[5]) {
		return "", nil
	}
	end := strings.Index(p.s[:min(len(p.s), 512)], "?>")
	if end < 0 {
		return "", refuse("declaration")
	}
	rest := p.s[5:end]
	p.pos = end + 2
	var names []string
	for strings.TrimLeft(rest, " \t\r\n") != "" {
		name, value, left, ok := pseudo(rest)
		if !ok {
			return "", refuse("declaration")
		}
		switch name {
		case "version":
			ok = value == "1.0"
		case "standalone":
			ok = value == "yes" || value == "no"
		case "encoding":
			encoding = value
			ok = value != ""
		}
		if !ok {
			return "", refuse("declaration")
		}
		names, rest = append(names, name), left
	}
	switch strings.Join(names, " ") {
	case "version", "version encoding", "version standalone", "version encoding standalone":
		return encoding, nil
	}
	return "", refuse("declaration")
}

// pseudo reads a pseudo-attribute with the white space before it.
func pseudo(s string) (name, value, rest string, ok bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == s {
		return "", "", "", false
	}
	name, rest, ok = strings.Cut(trimmed, "=")
	name, rest = strings.TrimRight(name, " \t\r\n"), strings.TrimLeft(rest, " \t\r\n")
	if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return "", "", "", false
	}
	value, rest, ok = strings.Cut(rest[1:], rest[:1])
	return name, value, rest, ok
}

// document reads everything after the declaration.
func (p *parser) document(d *Document) error {
	p.scope = map[string]string{"xml": XMLSpace}
	var open *Element
	for p.pos < len(p.s) {
		if p.nodes++; p.nodes > maxNodes {
			return refuse("too many nodes")
		}
		node, err := p.node(&open)
		if err != nil {
			return err
		}
		switch e, is := node.(*Element); {
		case node == nil: // an end tag, or white space around the root
		case open != nil && (!is || open != e):
			open.Children = append(open.Children, node)
		case is && e.Parent != nil:
			e.Parent.Children = append(e.Parent.Children, e)
		case is && d.Root != nil:
			return refuse("two roots")
		case is:
			d.Root = e
		case d.Root == nil:
			d.before = append(d.before, node)
		default:
			d.after = append(d.after, node)
		}
	}
	if open != nil || d.Root == nil {
		return refuse("ends early")
	}
	return nil
}

// node reads the next one; a start tag becomes the open element, an end tag
// closes it.
func (p *parser) node(open **Element) (Node, error) {
	rest := p.s[p.pos:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return p.comment()
	case strings.HasPrefix(rest, "<![CDATA["):
		return p.section(*open)
	case strings.HasPrefix(rest, "<!"):
		return nil, refuse("dtd")
	case strings.HasPrefix(rest, "<?"):
		return p.instruction()
	case strings.HasPrefix(rest, "</"):
		return nil, p.endTag(open)
	case rest[0] == '<':
		return p.startTag(open)
	}
	return p.text(*open)
}

// until takes what is before mark, and skips both.
func (p *parser) until(skip int, mark string) (string, error) {
	content, _, ok := strings.Cut(p.s[p.pos+skip:], mark)
	if !ok {
		return "", refuse("ends early")
	}
	p.pos += skip + len(content) + len(mark)
	return content, nil
}

func ends(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func (p *parser) comment() (Node, error) {
	content, err := p.until(len("<!--"), "--")
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(p.s[p.pos:], ">") {
		return nil, refuse("comment")
	}
	p.pos++
	return Comment(ends(content)), nil
}

func (p *parser) section(open *Element) (Node, error) {
	content, err := p.until(len("<![CDATA["), "]]>")
	if err != nil {
		return nil, err
	}
	if open == nil {
		return nil, refuse("text outside the root")
	}
	return Text(ends(content)), nil
}

func (p *parser) instruction() (Node, error) {
	content, err := p.until(len("<?"), "?>")
	if err != nil {
		return nil, err
	}
	n := nameEnd(content)
	if n == 0 || strings.EqualFold(content[:n], "xml") || n < len(content) && !isSpace(content[n]) {
		return nil, refuse("processing instruction")
	}
	return &Instruction{content[:n], ends(strings.TrimLeft(content[n:], " \t\r\n"))}, nil
}

func (p *parser) text(open *Element) (Node, error) {
	content := p.s[p.pos:]
	if end := strings.IndexByte(content, '<'); end >= 0 {
		content = content[:end]
	}
	p.pos += len(content)
	if open == nil {
		if strings.Trim(content, " \t\r\n") != "" {
			return nil, refuse("text outside the root")
		}
		return nil, nil
	}
	if strings.Contains(content, "]]>") {
		return nil, refuse("text")
	}
	text, err := decode(content, false)
	return Text(text), err
}
