package winspool

import (
	"encoding/binary"
	"errors"
)

// devmode is a DEVMODEW with the driver's own bytes behind it, which nobody but the driver
// may touch. It stays bytes: older drivers have shorter ones (dmSize).
type devmode []byte

// Where the fields of a DEVMODEW are (wingdi.h).
const (
	atSize        = 68
	atDriverExtra = 70
	atFields      = 72
	atOrientation = 76
	atPaperSize   = 78
	atPaperLength = 80
	atPaperWidth  = 82
	atScale       = 84
	atCopies      = 86
	atSource      = 88
	atColor       = 92
	atDuplex      = 94
	atCollate     = 100
	atNup         = 180
)

// Bits of dmFields.
const (
	dmOrientation = 1 << 0
	dmPaperSize   = 1 << 1
	dmPaperLength = 1 << 2
	dmPaperWidth  = 1 << 3
	dmScale       = 1 << 4
	dmNup         = 1 << 6
	dmCopies      = 1 << 8
	dmSource      = 1 << 9
	dmColor       = 1 << 11
	dmDuplex      = 1 << 12
	dmCollate     = 1 << 15
	dmFormName    = 1 << 16
)

// Values of the fields.
const (
	portrait   = 1   // DMORIENT_PORTRAIT
	simplex    = 1   // DMDUP_SIMPLEX
	monochrome = 1   // DMCOLOR_MONOCHROME
	collated   = 1   // DMCOLLATE_TRUE
	oneUp      = 2   // DMNUP_ONEUP
	paperA4    = 9   // DMPAPER_A4
	paperA5    = 11  // DMPAPER_A5
	paperUser  = 256 // DMPAPER_USER
)

var errDevmode = errors.New("the driver's DEVMODE is cut off")

// check refuses what a broken driver may return.
func (d devmode) check() error {
	if len(d) < atFields || len(d) < d.word(atSize)+d.word(atDriverExtra) || !d.has(atColor) {
		return errDevmode
	}
	return nil
}

func (d devmode) word(at int) int { return int(binary.LittleEndian.Uint16(d[at:])) }

// has says whether the driver's version of the structure goes so far.
func (d devmode) has(at int) bool { return at+2 <= d.word(atSize) && at+2 <= len(d) }

func (d devmode) get(at int) int16 {
	if !d.has(at) {
		return 0
	}
	return int16(d.word(at))
}

func (d devmode) fields() uint32 { return binary.LittleEndian.Uint32(d[atFields:]) }

func (d devmode) setFields(f uint32) { binary.LittleEndian.PutUint32(d[atFields:], f) }

// set gives one field a value and says so in dmFields.
func (d devmode) set(bit uint32, at int, value int16) {
	if !d.has(at) {
		return
	}
	binary.LittleEndian.PutUint16(d[at:], uint16(value))
	d.setFields(d.fields() | bit)
}

// without takes fields out.
func (d devmode) without(bits uint32) { d.setFields(d.fields() &^ bits) }
