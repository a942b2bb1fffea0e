package xsd

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

const instance = "http://www.w3.org/2001/XMLSchema-instance"

// Validate checks n against a root element. The error is a *Violation: the
// first one, in document order.
func (e *Element) Validate(n *Node) error {
	if n.Name.Space != e.Space || n.Name.Local != e.Local {
		return &Violation{fmt.Sprintf("cvc-elt.1.a: Cannot find the declaration of element '%s'.", quoted(n.Name))}
	}
	return e.check(n)
}

func (e *Element) check(n *Node) error {
	if err := checkAttributes(n); err != nil {
		return err
	}
	if e.Simple != nil {
		return e.Simple.check(n)
	}
	if strings.Trim(n.Text, " \t\r\n") != "" {
		return &Violation{fmt.Sprintf("cvc-complex-type.2.3: Element '%s' cannot have character [children], because the type's content type is element-only.", n.Name.Local)}
	}
	return e.Complex.check(n)
}

func checkAttributes(n *Node) error {
	for _, a := range n.Attrs {
		if a.Name.Space != instance {
			return &Violation{fmt.Sprintf("cvc-complex-type.3.2.2: Attribute '%s' is not allowed to appear in element '%s'.", a.Name.Local, n.Name.Local)}
		}
		switch a.Name.Local {
		case "nil":
			return &Violation{fmt.Sprintf("cvc-elt.3.1: Attribute '%s,nil' must not appear on element '%s', because the {nillable} property of '%s' is false.", instance, n.Name.Local, n.Name.Local)}
		case "type":
			return &Violation{fmt.Sprintf("cvc-elt.4.2: Cannot resolve '%s' to a type definition for element '%s'.", a.Value, n.Name.Local)}
		}
	}
	return nil
}

func (s *Simple) check(n *Node) error {
	if len(n.Children) > 0 {
		return &Violation{fmt.Sprintf("cvc-type.3.1.2: Element '%s' is a simple type, so it must have no element information item [children].", n.Name.Local)}
	}
	length := utf8.RuneCountInString(n.Text)
	if length < s.Min || s.Max >= 0 && length > s.Max || s.Pattern != nil && !s.Pattern.MatchString(n.Text) {
		return &Violation{fmt.Sprintf("cvc-simple-type 1: element {%s}%s is not a valid instance of type %s. Value is '%s'", n.Name.Space, n.Name.Local, s.Name, n.Text)}
	}
	return nil
}

// check walks the sequence once: particles are distinct names, so one step of
// look-ahead decides (unique particle attribution).
func (c *Complex) check(n *Node) error {
	at, count := 0, 0
	for _, child := range n.Children {
		next := c.find(child.Name, at, count)
		if next < 0 {
			return c.unexpected(child.Name, at, count)
		}
		if next != at {
			at, count = next, 0
		}
		count++
		if err := c.Sequence[at].check(child); err != nil {
			return err
		}
	}
	if missing, expected := c.expected(at, count); missing {
		return &Violation{fmt.Sprintf("cvc-complex-type.2.4.b: The content of element '%s' is not complete. One of '{%s}' is expected.", n.Name.Local, expected)}
	}
	return nil
}

// find returns the particle that takes name from position at, where count
// elements were already taken; -1 when none may.
func (c *Complex) find(name xml.Name, at, count int) int {
	for i := at; i < len(c.Sequence); i++ {
		p := c.Sequence[i]
		taken := 0
		if i == at {
			taken = count
		}
		if p.Space == name.Space && p.Local == name.Local {
			if p.Max == Unbounded || taken < p.Max {
				return i
			}
			return -1
		}
		if taken < p.Min {
			return -1
		}
	}
	return -1
}

func (c *Complex) unexpected(name xml.Name, at, count int) error {
	if _, expected := c.expected(at, count); expected != "" {
		return &Violation{fmt.Sprintf("cvc-complex-type.2.4.a: Invalid content was found starting with element '%s'. One of '{%s}' is expected.", quoted(name), expected)}
	}
	return &Violation{fmt.Sprintf("cvc-complex-type.2.4.d: Invalid content was found starting with element '%s'. No child element is expected at this point.", quoted(name))}
}

// expected lists the names that may come next, and whether one of them must.
func (c *Complex) expected(at, count int) (missing bool, names string) {
	var list []string
	for i := at; i < len(c.Sequence); i++ {
		p := c.Sequence[i]
		taken := 0
		if i == at {
			taken = count
		}
		if p.Max == Unbounded || taken < p.Max {
			list = append(list, fmt.Sprintf("%q:%s", p.Space, p.Local))
		}
		if taken < p.Min {
			missing = true
			break
		}
	}
	return missing, strings.Join(list, ", ")
}

func quoted(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return fmt.Sprintf("{%q:%s}", name.Space, name.Local)
}
