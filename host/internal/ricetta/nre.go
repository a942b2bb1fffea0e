package ricetta

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrNRE is wrapped by every complaint of ParseNRE.
var ErrNRE = errors.New("not an NRE")

// lotDigits gives, for each kind of lot, how many of the nine last digits of an
// NRE are the progressive; the others are the lot's code (SPEC24 section
// 5.1).
var lotDigits = map[string]int{"0": 2, "1": 3, "2": 4, "3": 5, "4": 9, "5": 6, "6": 7, "7": 8}

// Lot is a lot of NRE: AAA BB C and the digits that are not the progressive.
type Lot struct {
	Region string `json:"region"` // three digits
	Rag    string `json:"rag"`    // grouping, two letters or digits
	Kind   string `json:"kind"`   // "0" 100 numbers .. "7", the only kind a doctor may ask for himself is "0"
	Code   string `json:"code"`   // digits, as many as the kind leaves; none for kind "4"
}

// NRE is one number: a lot and a progressive in it.
type NRE struct {
	Lot         Lot
	Progressive int
}

// NewLot checks the parts of a lot. A code that came without its leading zeros
// gets them back.
func NewLot(region, rag, kind, code string) (Lot, error) {
	width, ok := lotDigits[kind]
	if !ok {
		return Lot{}, fmt.Errorf("%w: lot kind %q", ErrNRE, kind)
	}
	// A lot of kind 4 has no code of its own; the answer's schema wants a digit
	// all the same.
	if kind == "4" && strings.Trim(code, "0") == "" {
		code = ""
	}
	if missing := 9 - width - len(code); missing > 0 && digits(code) {
		code = strings.Repeat("0", missing) + code
	}
	lot := Lot{region, rag, kind, code}
	if !lot.valid() {
		return Lot{}, fmt.Errorf("%w: lot %q %q %q %q", ErrNRE, region, rag, kind, code)
	}
	return lot, nil
}

func (l Lot) valid() bool {
	width, ok := lotDigits[l.Kind]
	if !ok || len(l.Region) != 3 || !digits(l.Region) || len(l.Rag) != 2 || len(l.Code) != 9-width {
		return false
	}
	for i := range 2 {
		if c := l.Rag[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return l.Code == "" || digits(l.Code)
}

// LotCode is the NRE without its progressive ("codice lotto").
func (l Lot) LotCode() string { return l.Region + l.Rag + l.Kind + l.Code }

// ParseLotCode reads a lot code as the region lists it. Doctors are given lots
// of kind 0, with 13 characters, and of kind 1, with 12 (SPEC24 section 4.2.4).
func ParseLotCode(s string) (Lot, error) {
	if len(s) < 6 {
		return Lot{}, fmt.Errorf("%w: lot code of %d characters", ErrNRE, len(s))
	}
	lot := Lot{Region: s[:3], Rag: s[3:5], Kind: s[5:6], Code: s[6:]}
	if !lot.valid() {
		return Lot{}, fmt.Errorf("%w: lot code outside the grammar", ErrNRE)
	}
	return lot, nil
}

// Searchable tells whether a doctor may look for used numbers by this lot:
// kinds 0 and 1 only (SPEC24 section 4.2.4).
func (l Lot) Searchable() bool { return l.valid() && (l.Kind == "0" || l.Kind == "1") }

// Left is how many numbers are left from progressive next on.
func (l Lot) Left(next int) int { return max(l.Size()-max(next, 0), 0) }

// Contains tells whether an NRE is one of the lot's.
func (l Lot) Contains(nre string) bool {
	n, err := ParseNRE(nre)
	return err == nil && n.Lot == l
}

// Size is how many numbers the lot holds; 0 for a lot that NewLot refuses.
func (l Lot) Size() int {
	if !l.valid() {
		return 0
	}
	size := 1
	for range lotDigits[l.Kind] {
		size *= 10
	}
	return size
}

// NRE is the number at progressive, counted from 0; empty outside the lot.
func (l Lot) NRE(progressive int) string {
	if progressive < 0 || progressive >= l.Size() {
		return ""
	}
	return fmt.Sprintf("%s%0*d", l.LotCode(), lotDigits[l.Kind], progressive)
}

// ParseNRE reads the 15 characters AAA BB C DDDDDDD EE. There is no check
// digit.
func ParseNRE(s string) (NRE, error) {
	if len(s) != 15 {
		return NRE{}, fmt.Errorf("%w: %d characters instead of 15", ErrNRE, len(s))
	}
	width, ok := lotDigits[s[5:6]]
	if !ok {
		return NRE{}, fmt.Errorf("%w: lot kind %q", ErrNRE, s[5:6])
	}
	lot := Lot{Region: s[:3], Rag: s[3:5], Kind: s[5:6], Code: s[6 : 15-width]}
	if !lot.valid() || !digits(s[15-width:]) {
		return NRE{}, fmt.Errorf("%w: a character outside the grammar", ErrNRE)
	}
	n, err := strconv.Atoi(s[15-width:])
	if err != nil {
		return NRE{}, fmt.Errorf("%w: %w", ErrNRE, err)
	}
	return NRE{lot, n}, nil
}

func (n NRE) String() string { return n.Lot.NRE(n.Progressive) }
