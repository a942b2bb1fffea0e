package card

import (
	"testing"

	"raccordo/host/internal/wire"
)

func TestPINRules(t *testing.T) {
	cns := PINRequest{MinLen: 5, MaxLen: 8, Digits: true}
	for _, row := range []struct {
		name   string
		req    PINRequest
		pin    string
		detail string // empty: accepted
	}{
		{"shortest", cns, "12345", ""},
		{"longest", cns, "12345678", ""},
		{"too short", cns, "1234", "5 to 8 digits"},
		{"too long", cns, "123456789", "5 to 8 digits"},
		{"empty", cns, "", "5 to 8 digits"},
		{"letter", cns, "1234a", "5 to 8 digits"},
		{"space", cns, "12345 ", "5 to 8 digits"},
		{"digits of another script", cns, "١٢٣", "5 to 8 digits"},
		{"fixed length", PINRequest{MinLen: 4, MaxLen: 4, Digits: true}, "12345", "4 digits"},
		{"letters where they may be", PINRequest{MinLen: 4, MaxLen: 255}, "Segrètà!", ""},
		{"zero byte", PINRequest{MinLen: 4, MaxLen: 255}, "1234\x005", "4 to 255 characters"},
		{"unknown rules", PINRequest{}, "x", ""},
		{"unknown rules, empty", PINRequest{}, "", "1 or more characters"},
		{"a least length of 0 is still not none", PINRequest{MaxLen: 8}, "", "1 to 8 characters"},
		{"keypad", PINRequest{MinLen: 5, MaxLen: 8, Digits: true, Pinpad: true}, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.req.Check([]byte(row.pin))
			if row.detail == "" && err != nil || row.detail != "" && (err == nil || err.Code != wire.ErrPINFormat || err.Detail != row.detail) {
				t.Errorf("%v, want detail %q", err, row.detail)
			}
		})
	}
}

func TestNumericPINs(t *testing.T) {
	for kind, want := range map[wire.CardKind]bool{
		wire.KindCNS: true, wire.KindTSCNS: true, wire.KindOperator: true, wire.KindCIE: true, wire.KindOther: false, "": false,
	} {
		if numeric(kind) != want {
			t.Errorf("%q: %v", kind, !want)
		}
	}
}
