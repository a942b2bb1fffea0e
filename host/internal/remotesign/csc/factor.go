package csc

import (
	"cmp"
	"slices"
	"strings"
)

// object is a factor of v2 (section 11.5, auth/objects).
type object struct {
	Type        text `json:"type"`
	ID          text `json:"id"`
	Format      text `json:"format"`
	Label       text `json:"label"`
	Description text `json:"description"`
	Generator   text `json:"generator"`
}

// factors reads the objects that the expression wants; without an expression
// all of them.
func factors(expression string, objects []object) []Factor {
	wanted := chosen(expression, objects)
	var all []Factor
	for _, o := range objects {
		if wanted != nil && !slices.Contains(wanted, string(o.ID)) {
			continue
		}
		f := Factor{ID: string(o.ID), Numeric: o.Format == "N", Label: string(o.Label), Hint: string(cmp.Or(o.Description, o.Label))}
		switch kind := strings.ToLower(string(o.Type)); {
		case strings.HasSuffix(kind, "oob"):
			f.Kind, f.Ask = Outside, strings.HasPrefix(kind, "challenge")
		case strings.HasPrefix(kind, "challenge"):
			f.Kind, f.Ask = OTP, true
		case o.Generator != "" || strings.Contains(strings.ToLower(string(o.ID)+" "+string(o.Label)), "otp"):
			f.Kind = OTP
		default:
			f.Kind = PIN
		}
		all = append(all, f)
	}
	inOrder(all)
	return all
}

// inOrder puts what is soon out of date last: the PIN is asked for before a
// one-time password is sent.
func inOrder(all []Factor) {
	slices.SortStableFunc(all, func(a, b Factor) int { return cmp.Compare(a.Kind, b.Kind) })
}

// chosen reads "PIN AND OTP", "PIN AND (OTP OR APP)": of alternatives the first
// whose objects are known. Nil: the expression says nothing that is understood,
// and all objects are wanted.
func chosen(expression string, objects []object) []string {
	known := func(id string) bool {
		return slices.ContainsFunc(objects, func(o object) bool { return string(o.ID) == id })
	}
	p := &reader{tokens: tokens(expression), known: known}
	ids, ok := p.either()
	if !ok || len(p.tokens) > 0 {
		return nil
	}
	return ids
}

// tokens splits an expression into words and parentheses.
func tokens(expression string) []string {
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(expression)
	all := strings.Fields(spaced)
	return all[:min(len(all), 64)]
}

// reader reads an expression by recursive descent.
type reader struct {
	tokens []string
	known  func(string) bool
}

func (p *reader) take(word string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], word) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *reader) either() ([]string, bool) {
	first, ok := p.both()
	for p.take("OR") {
		other, otherOK := p.both()
		if !ok {
			first, ok = other, otherOK
		}
	}
	return first, ok
}

func (p *reader) both() ([]string, bool) {
	all, ok := p.one()
	for p.take("AND") {
		next, nextOK := p.one()
		all, ok = append(all, next...), ok && nextOK
	}
	return all, ok
}

func (p *reader) one() ([]string, bool) {
	if p.take("(") {
		ids, ok := p.either()
		return ids, p.take(")") && ok
	}
	if len(p.tokens) == 0 {
		return nil, false
	}
	id := p.tokens[0]
	p.tokens = p.tokens[1:]
	return []string{id}, p.known(id)
}
