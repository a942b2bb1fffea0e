// Package sheet draws what Raccordo itself puts on paper: the fields of the red
// form (nothing of what is pre-printed), the white prescription, the promemoria
// where a region returns none, and the test page. Where things stand is data
// (manifests/sheets, see docs/sheets.md); what they say is decided here.
//
// It never cuts a text that matters: what does not fit is refused, naming the
// field. The same input gives the same bytes. It asks nobody, and knows no printer.
//
// Red form: DM 17 March 2008, disciplinare tecnico della ricetta SSN e SASN.
// Promemoria: DM 2 November 2011, as measured on the ministry's own.
package sheet

import "raccordo/host/internal/wire"

// Layout says where things stand on one sheet. Lengths are millimetres from the
// upper left corner of the sheet as it is read.
type Layout struct {
	ID        string         `toml:"-"`
	Name      string         `toml:"name"` // for people
	Kind      wire.SheetKind `toml:"kind"`
	Width     float64        `toml:"width"`
	Height    float64        `toml:"height"`
	Known     []string       `toml:"known"`      // what the measures rest on
	ToMeasure []string       `toml:"to_measure"` // what is to be checked on real paper
	Fields    []Field        `toml:"field"`
	Lists     []List         `toml:"list"`
	Texts     []Text         `toml:"text"`
	Rules     []Rule         `toml:"rule"`
}

// Box is an area.
type Box struct {
	X      float64 `toml:"x"`
	Y      float64 `toml:"y"`
	Width  float64 `toml:"width"`
	Height float64 `toml:"height"`
}

// Type is how letters look. Sizes are points.
type Type struct {
	Font    string  `toml:"font"`     // helvetica, courier, times; empty: helvetica
	Style   string  `toml:"style"`    // bold, italic; empty: upright
	Size    float64 `toml:"size"`     // 0: 9
	MinSize float64 `toml:"min_size"` // shrunk down to it before it is too much; 0: Size
}

// Field is where one value goes. One line stands in the middle of its box's
// height; several begin at its top.
type Field struct {
	Name string `toml:"name"`
	Box
	Type
	Align   string `toml:"align"`   // left, center, right; empty: left
	Cells   int    `toml:"cells"`   // one letter in the middle of each of so many equal cells
	Lines   int    `toml:"lines"`   // 0: 1
	Prefix  string `toml:"prefix"`  // before the value
	Always  bool   `toml:"always"`  // the prefix stands there without a value as well
	Shorten bool   `toml:"shorten"` // what is too long ends in an ellipsis instead of being refused
	Code39  *Code  `toml:"code39"`
}

// Code is the geometry of a bar code; Height of the box is the bars'.
type Code struct {
	Module float64 `toml:"module"` // width of a narrow bar; a wide one has twice as much
	Text   float64 `toml:"text"`   // size of the letters below it, points; 0: none
}

// List is where rows go, one below the other.
type List struct {
	Name string `toml:"name"`
	Box
	Type
	Gap     float64  `toml:"gap"`   // between rows
	Row     float64  `toml:"row"`   // least height of a row
	Rules   bool     `toml:"rules"` // lines around and between rows and columns, for own paper
	Pages   bool     `toml:"pages"` // rows that do not fit go onto a further sheet, for own paper
	Columns []Column `toml:"column"`
}

// Column is one part of a row. X is absolute.
type Column struct {
	Name  string  `toml:"name"`
	X     float64 `toml:"x"`
	Width float64 `toml:"width"`
	Align string  `toml:"align"`
	Style string  `toml:"style"` // empty: the list's
	Below bool    `toml:"below"` // begins under the lines of the column before it
}

// Text is printed as it stands, for own paper.
type Text struct {
	X float64 `toml:"x"`
	Y float64 `toml:"y"` // of the line on which the letters stand
	Type
	Align string `toml:"align"` // about X
	Text  string `toml:"text"`
	With  string `toml:"with"` // only with this value
}

// Rule is a line, or a box when it has both a width and a height; for own paper.
type Rule struct {
	Box
	Line float64 `toml:"line"` // thickness; 0: 0.2
	Dash float64 `toml:"dash"` // 0: none
	With string  `toml:"with"` // only with this value
}

// Lying tells whether the sheet is read with its longer side across.
func (l Layout) Lying() bool { return l.Width > l.Height }
