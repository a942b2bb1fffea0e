package pdf

import (
	"bytes"
	"maps"
	"slices"
)

// Object is null (nil), a bool, an Integer, a Real, a Name, a String, an Array,
// a Dict, a Ref, or a *Stream (ISO 32000-1, section 7.3).
type Object any

// Integer is a whole number.
type Integer int64

// Real is a number with a fraction, as it is written: it is copied, never
// rounded.
type Real string

// Name is without its slash, its escapes resolved.
type Name string

// String keeps where it was read: a signature's /Contents has to be at the very
// place that the signature leaves out.
type String struct {
	Bytes      []byte
	Start, End int64 // in the file, delimiters included; both 0 in an object stream
	Hex        bool
}

// Array is a list.
type Array []Object

// Dict is a dictionary.
type Dict map[Name]Object

// Ref names an indirect object.
type Ref struct {
	Number     int64
	Generation int
}

// Stream is a dictionary, and where its data are in the file.
type Stream struct {
	Dict  Dict
	Start int64
}

// Keys are those of a dictionary in order.
func (d Dict) Keys() []Name { return slices.Sorted(maps.Keys(d)) }

// Equal tells whether two objects say the same: how they are written does not
// matter. Streams are the same only at the same place.
func Equal(a, b Object) bool {
	switch x := a.(type) {
	case String:
		y, ok := b.(String)
		return ok && bytes.Equal(x.Bytes, y.Bytes)
	case Array:
		y, ok := b.(Array)
		return ok && slices.EqualFunc(x, y, Equal)
	case Dict:
		y, ok := b.(Dict)
		return ok && maps.EqualFunc(x, y, Equal)
	case *Stream:
		y, ok := b.(*Stream)
		return ok && x.Start == y.Start && Equal(x.Dict, y.Dict)
	}
	switch b.(type) {
	case String, Array, Dict, *Stream:
		return false
	}
	return a == b
}
