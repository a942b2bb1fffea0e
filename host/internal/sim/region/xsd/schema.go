package xsd

import "regexp"

// Unbounded is the maxOccurs of a list.
const Unbounded = -1

// Simple is a restriction of xs:string. Lengths count characters.
type Simple struct {
	Name     string // qualified, {namespace}local: what a violation names
	Min, Max int    // Max < 0: no limit
	Pattern  *regexp.Regexp
}

// Complex is an element-only xs:sequence without attributes.
type Complex struct{ Sequence []Element }

// Element is one particle of a sequence, or a root. Exactly one of Simple and
// Complex is set.
type Element struct {
	Space, Local string
	Min, Max     int
	Simple       *Simple
	Complex      *Complex
}

// Violation is one breach of the schema, in Xerces' words.
type Violation struct{ Message string }

func (v *Violation) Error() string { return v.Message }
