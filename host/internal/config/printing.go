package config

import (
	"fmt"
	"slices"

	"raccordo/host/internal/wire"
)

// Printing has what was set of the three kinds of sheet: in config.toml by the
// administrator, under [printing], or in printing.toml by the user.
type Printing struct {
	Rossa      Sheet `toml:"rossa,omitempty"`
	Bianca     Sheet `toml:"bianca,omitempty"`
	Promemoria Sheet `toml:"promemoria,omitempty"`
}

// Sheet is what was set of one kind; nil: nothing was. Names and units are those of
// wire.PrinterSettings.
type Sheet struct {
	Printer     *string `toml:"printer,omitempty"`
	Paper       *string `toml:"paper,omitempty"`
	Width       *int    `toml:"width,omitempty"`
	Height      *int    `toml:"height,omitempty"`
	Tray        *string `toml:"tray,omitempty"`
	Orientation *string `toml:"orientation,omitempty"`
	Copies      *int    `toml:"copies,omitempty"`
	Scale       *int    `toml:"scale,omitempty"`
	OffsetX     *int    `toml:"offset_x,omitempty"`
	OffsetY     *int    `toml:"offset_y,omitempty"`
}

// standard are the manual's settings: the red form is pre-printed on A5 and never scaled.
var standard = map[wire.SheetKind]wire.PrinterSettings{
	wire.SheetRossa:      {Kind: wire.SheetRossa, Paper: "A5", Orientation: "auto", Copies: 1, Scale: 100},
	wire.SheetBianca:     {Kind: wire.SheetBianca, Paper: "A5", Orientation: "auto", Copies: 1},
	wire.SheetPromemoria: {Kind: wire.SheetPromemoria, Paper: "A4", Orientation: "auto", Copies: 1},
}

// Of is the part of one kind.
func (p *Printing) Of(kind wire.SheetKind) *Sheet {
	switch kind {
	case wire.SheetRossa:
		return &p.Rossa
	case wire.SheetBianca:
		return &p.Bianca
	}
	return &p.Promemoria
}

// Settings are those of a kind: the standard ones, over them the user's, over them the
// administrator's, whose names are told too.
func Settings(kind wire.SheetKind, admin, user Printing) (s wire.PrinterSettings, locked []string) {
	s = standard[kind]
	user.Of(kind).over(&s)
	return s, admin.Of(kind).over(&s)
}

// over lays what was set over s and names it.
func (h *Sheet) over(s *wire.PrinterSettings) (set []string) {
	for _, m := range h.members(s) {
		if m.take() {
			set = append(set, m.name)
		}
	}
	return set
}

// Keep notes what the user wants of s, but for what the administrator has set; the name
// of a member that is set to something else comes back instead.
func (p *Printing) Keep(s wire.PrinterSettings, admin Printing) (refused string) {
	locked := admin.Of(s.Kind)
	wanted := s
	var mine Sheet
	at := mine.members(&wanted)
	for i, m := range locked.members(&s) {
		switch {
		case !m.set():
			at[i].note()
		case !m.same():
			return m.name
		}
	}
	*p.Of(s.Kind) = mine
	return ""
}

// member is one setting, here and in wire.PrinterSettings.
type member struct {
	name string
	set  func() bool
	same func() bool
	take func() bool // from here, if it is set
	note func()      // to here
}

func pair[T comparable](name string, here **T, there *T) member {
	return member{
		name: name,
		set:  func() bool { return *here != nil },
		same: func() bool { return **here == *there },
		note: func() { v := *there; *here = &v },
		take: func() bool {
			if *here != nil {
				*there = **here
			}
			return *here != nil
		},
	}
}

func (h *Sheet) members(s *wire.PrinterSettings) []member {
	return []member{
		pair("printer", &h.Printer, &s.Printer), pair("paper", &h.Paper, &s.Paper), pair("width", &h.Width, &s.Width), pair("height", &h.Height, &s.Height),
		pair("tray", &h.Tray, &s.Tray), pair("orientation", &h.Orientation, &s.Orientation), pair("copies", &h.Copies, &s.Copies),
		pair("scale", &h.Scale, &s.Scale), pair("offset_x", &h.OffsetX, &s.OffsetX), pair("offset_y", &h.OffsetY, &s.OffsetY),
	}
}

// CheckSettings names the member that no sheet can be printed with, and what it may be.
func CheckSettings(s wire.PrinterSettings) error {
	if !slices.Contains([]string{"A4", "A5", "custom"}, s.Paper) {
		return fmt.Errorf("paper is %q, not one of A4, A5, custom", s.Paper)
	}
	if !slices.Contains([]string{"auto", "portrait", "landscape"}, s.Orientation) {
		return fmt.Errorf("orientation is %q, not one of auto, portrait, landscape", s.Orientation)
	}
	type bound struct {
		name           string
		value, low, up int
	}
	bounds := []bound{{"copies", s.Copies, 1, 9}, {"offset_x", s.OffsetX, -500, 500}, {"offset_y", s.OffsetY, -500, 500}}
	if s.Scale != 0 {
		bounds = append(bounds, bound{"scale", s.Scale, 25, 150})
	}
	if s.Paper == "custom" {
		bounds = append(bounds, bound{"width", s.Width, 500, 4200}, bound{"height", s.Height, 500, 5940})
	}
	for _, b := range bounds {
		if b.value < b.low || b.value > b.up {
			return fmt.Errorf("%s is %d, not between %d and %d", b.name, b.value, b.low, b.up)
		}
	}
	return nil
}
