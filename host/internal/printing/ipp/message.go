// Package ipp speaks the Internet Printing Protocol 2.0 (RFC 8010, RFC 8011) as a
// client: messages to bytes and back, and one exchange over HTTP, on a socket of this
// machine or on the network.
//
// It knows no printer and decides nothing: what an answer means is its caller's. What
// comes from a service is foreign; its size and depth are limited, and what can not be
// read is an error.
package ipp

import "slices"

// Tag is how a value or a group is marked (RFC 8010 §3.5).
type Tag byte

// Groups.
const (
	TagOperation   Tag = 0x01
	TagJob         Tag = 0x02
	TagEnd         Tag = 0x03
	TagPrinter     Tag = 0x04
	TagUnsupported Tag = 0x05
)

// Values. Those from 0x10 to 0x1f say that there is none.
const (
	TagNoValue       Tag = 0x13
	TagInteger       Tag = 0x21
	TagBoolean       Tag = 0x22
	TagEnum          Tag = 0x23
	TagOctets        Tag = 0x30
	TagDate          Tag = 0x31
	TagResolution    Tag = 0x32
	TagRange         Tag = 0x33
	TagBegin         Tag = 0x34 // of a collection
	TagTextLanguage  Tag = 0x35
	TagNameLanguage  Tag = 0x36
	TagEndCollection Tag = 0x37
	TagText          Tag = 0x41
	TagName          Tag = 0x42
	TagKeyword       Tag = 0x44
	TagURI           Tag = 0x45
	TagCharset       Tag = 0x47
	TagLanguage      Tag = 0x48
	TagMIME          Tag = 0x49
	TagMember        Tag = 0x4a // the name of a member of a collection
)

// Op is what is asked for (RFC 8011 §5.4.15; those from 0x4000 are of CUPS).
type Op uint16

// Operations.
const (
	CreateJob            Op = 0x0005
	SendDocument         Op = 0x0006
	CancelJob            Op = 0x0008
	GetJobAttributes     Op = 0x0009
	GetJobs              Op = 0x000a
	GetPrinterAttributes Op = 0x000b
	ReleaseJob           Op = 0x000d
	GetPrinters          Op = 0x4002
)

// Message is a request or an answer.
type Message struct {
	Major, Minor byte
	Code         uint16 // Op or Status
	ID           uint32
	Groups       []Group
}

// Group is a run of attributes that belong to one thing.
type Group struct {
	Tag        Tag
	Attributes []Attribute
}

// Attribute is a name with at least one value.
type Attribute struct {
	Name   string
	Values []Value
}

// Value is one value; which fields matter is told by its tag.
type Value struct {
	Tag      Tag
	Int      int32       // integer, enum, boolean; the lower end of a range; dots across
	Upper    int32       // of a range; dots along
	Units    byte        // of a resolution
	Text     string      // of everything that is characters or octets
	Language string      // of text and names that say theirs
	Members  []Attribute // of a collection
}

// Get finds an attribute of the group; without any, its values are none.
func (g Group) Get(name string) Attribute { return find(g.Attributes, name) }

// Group finds the first group of a kind.
func (m Message) Group(t Tag) Group {
	for _, g := range m.Groups {
		if g.Tag == t {
			return g
		}
	}
	return Group{}
}

func find(all []Attribute, name string) Attribute {
	if i := slices.IndexFunc(all, func(a Attribute) bool { return a.Name == name }); i >= 0 {
		return all[i]
	}
	return Attribute{}
}

// Text is the first value's characters, or nothing.
func (a Attribute) Text() string {
	if len(a.Values) == 0 {
		return ""
	}
	return a.Values[0].Text
}

// Texts are the characters of all values that have some.
func (a Attribute) Texts() []string {
	var all []string
	for _, v := range a.Values {
		if v.Text != "" {
			all = append(all, v.Text)
		}
	}
	return all
}

// Int is the first value's number; ok is false where there is none.
func (a Attribute) Int() (n int, ok bool) {
	if len(a.Values) == 0 {
		return 0, false
	}
	switch v := a.Values[0]; v.Tag {
	case TagInteger, TagEnum, TagBoolean:
		return int(v.Int), true
	default:
		return 0, false
	}
}

// Member finds an attribute of a collection.
func (v Value) Member(name string) Attribute { return find(v.Members, name) }

// Strings makes an attribute of characters.
func Strings(t Tag, name string, values ...string) Attribute {
	a := Attribute{Name: name}
	for _, v := range values {
		a.Values = append(a.Values, Value{Tag: t, Text: v})
	}
	return a
}

// Int makes a number, TagInteger or TagEnum.
func Int(t Tag, name string, n int) Attribute {
	return Attribute{name, []Value{{Tag: t, Int: int32(n)}}}
}

// Bool makes a truth value.
func Bool(name string, is bool) Attribute {
	a := Int(TagBoolean, name, 0)
	if is {
		a.Values[0].Int = 1
	}
	return a
}

// Collection makes one of members.
func Collection(name string, members ...Attribute) Attribute {
	return Attribute{name, []Value{{Tag: TagBegin, Members: members}}}
}
