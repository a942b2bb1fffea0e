package ricetta

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNRE(t *testing.T) {
	tests := []struct {
		name, in string
		want     NRE
		bad      bool
	}{
		{"doctor's own lot", "0900A0123456742", NRE{Lot{"090", "0A", "0", "1234567"}, 42}, false},
		{"thousand", "090AB1123456742", NRE{Lot{"090", "AB", "1", "123456"}, 742}, false},
		{"of the centre, no lot code", "1300A4019294833", NRE{Lot{"130", "0A", "4", ""}, 19294833}, false},
		{"ten millions", "090Z96012345678", NRE{Lot{"090", "Z9", "6", "01"}, 2345678}, false},
		{"fourteen", "0900A012345674", NRE{}, true},
		{"sixteen", "0900A01234567420", NRE{}, true},
		{"kind 8", "0900A8123456742", NRE{}, true},
		{"lower-case grouping", "0900a0123456742", NRE{}, true},
		{"letter in region", "O900A0123456742", NRE{}, true},
		{"letter in code", "0900A0123X56742", NRE{}, true},
		{"sign in progressive", "0900A01234567+2", NRE{}, true},
		{"not ASCII", "0900A01234567é", NRE{}, true},
		{"empty", "", NRE{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseNRE(tt.in)
			if tt.bad {
				if !errors.Is(err, ErrNRE) {
					t.Fatalf("error %v, want ErrNRE", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if got.String() != tt.in {
				t.Errorf("back to %q", got.String())
			}
		})
	}
}

func TestLot(t *testing.T) {
	tests := []struct {
		name, kind, code  string
		size              int
		first, last, wide string
	}{
		{"hundred", "0", "42", 100, "0900A0000004200", "0900A0000004299", "0900A00000042"},
		{"thousand", "1", "123456", 1000, "0900A1123456000", "0900A1123456999", "0900A1123456"},
		{"ten thousand", "2", "12345", 10000, "0900A2123450000", "0900A2123459999", "0900A212345"},
		{"hundred thousand", "3", "1234", 100000, "0900A3123400000", "0900A3123499999", "0900A31234"},
		{"milliard", "4", "0", 1000000000, "0900A4000000000", "0900A4999999999", "0900A4"},
		{"million", "5", "123", 1000000, "0900A5123000000", "0900A5123999999", "0900A5123"},
		{"ten millions", "6", "12", 10000000, "0900A6120000000", "0900A6129999999", "0900A612"},
		{"hundred millions", "7", "1", 100000000, "0900A7100000000", "0900A7199999999", "0900A71"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lot, err := NewLot("090", "0A", tt.kind, tt.code)
			if err != nil {
				t.Fatal(err)
			}
			got := []any{lot.Size(), lot.NRE(0), lot.NRE(tt.size - 1), lot.LotCode(), lot.NRE(tt.size), lot.NRE(-1)}
			if d := cmp.Diff([]any{tt.size, tt.first, tt.last, tt.wide, "", ""}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNewLotRefuses(t *testing.T) {
	for _, parts := range [][4]string{
		{"90", "0A", "0", "1"}, {"090", "A", "0", "1"}, {"090", "0a", "0", "1"}, {"090", "0A", "8", "1"},
		{"090", "0A", "", "1"}, {"090", "0A", "0", "12345678"}, {"090", "0A", "0", "12X"}, {"090", "0A", "0", ""}, {"090", "0A", "4", "7"},
	} {
		if lot, err := NewLot(parts[0], parts[1], parts[2], parts[3]); !errors.Is(err, ErrNRE) {
			t.Errorf("%q became %+v, %v", parts, lot, err)
		}
	}
	if n := (Lot{}).Size(); n != 0 {
		t.Errorf("empty lot has %d numbers", n)
	}
}

func TestParseLotCode(t *testing.T) {
	tests := []struct {
		name, in   string
		want       Lot
		searchable bool
	}{
		{"doctor's own, 13 characters", "0900A01234567", Lot{"090", "0A", "0", "1234567"}, true},
		{"thousand, 12 characters", "0900A1123456", Lot{"090", "0A", "1", "123456"}, true},
		{"ten thousand", "0900A212345", Lot{"090", "0A", "2", "12345"}, false},
		{"of the centre", "1300A4", Lot{"130", "0A", "4", ""}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLotCode(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if got.LotCode() != tt.in || got.Searchable() != tt.searchable || !got.Contains(got.NRE(1)) {
				t.Errorf("%q, searchable %t", got.LotCode(), got.Searchable())
			}
		})
	}
	for _, in := range []string{"", "0900A", "0900A0123456", "0900A012345678", "0900A11234567", "0900A8", "090aA01234567", "0900A0123456X", "0900A0\u00e9123456"} {
		if lot, err := ParseLotCode(in); !errors.Is(err, ErrNRE) {
			t.Errorf("%q became %+v, %v", in, lot, err)
		}
	}
}

func TestLotLeft(t *testing.T) {
	lot := Lot{"090", "0A", "0", "1234567"}
	for next, want := range map[int]int{-3: 100, 0: 100, 1: 99, 80: 20, 99: 1, 100: 0, 2000: 0} {
		if got := lot.Left(next); got != want {
			t.Errorf("from %d on: %d", next, got)
		}
	}
	if (Lot{}).Left(0) != 0 || (Lot{}).Searchable() || (Lot{}).Contains("0900A0123456742") {
		t.Error("an empty lot has numbers")
	}
	if !lot.Contains("0900A0123456742") || lot.Contains("0900A0123456842") || lot.Contains("") {
		t.Error("numbers of another lot")
	}
}

func FuzzParseLotCode(f *testing.F) {
	for _, s := range []string{"0900A01234567", "0900A1123456", "1300A4", "", "0900A", "0900A0123456é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lot, err := ParseLotCode(s)
		if err != nil {
			if !errors.Is(err, ErrNRE) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if lot.LotCode() != s || lot.Size() == 0 || !lot.Contains(lot.NRE(lot.Size()-1)) {
			t.Fatalf("%q read as %+v", s, lot)
		}
	})
}

func FuzzParseNRE(f *testing.F) {
	for _, s := range []string{"0900A0123456742", "1300A4019294833", "090Z96012345678", "", "0900A01234567+2", "0900A0123456é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseNRE(s)
		if err != nil {
			if !errors.Is(err, ErrNRE) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if n.String() != s || n.Progressive < 0 || n.Progressive >= n.Lot.Size() {
			t.Fatalf("%q read as %+v, written %q", s, n, n.String())
		}
	})
}
