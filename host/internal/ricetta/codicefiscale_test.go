package ricetta

import "testing"

func TestValidAssistito(t *testing.T) {
	tests := []struct {
		name, in string
		want     bool
	}{
		{"codice fiscale", fiscal("BNCLCU50A41X002"), true},
		{"omocodia", fiscal("BNCLCURLA4MX00N"), true},
		{"published example of the ministry", "PNIMRA70A01H501P", true},
		{"wrong letter", "PNIMRA70A01H501Q", false},
		{"letter where omocodia has none", "PNIMRA7AA01H501P", false},
		{"provisional", "12345678903", true},
		{"provisional with a wrong last digit", "12345678901", false},
		{"test doctor of the ministry, born on no day", "PROVAX00X00X000Y", false},
		{"eleven with a letter", "1234567890A", false},
		{"STP", "STP0900000000012", true},
		{"ENI", "ENI0900000000012", true},
		{"STP with a letter", "STP09000000000A2", false},
		{"lower case", "pnimra70a01h501p", false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ValidAssistito(tt.in); got != tt.want {
				t.Errorf("ValidAssistito(%q) = %t", tt.in, got)
			}
		})
	}
}

func FuzzCodiceFiscale(f *testing.F) {
	for _, s := range []string{"PNIMRA70A01H501P", "PNIMRA70A01H501Q", "", "12345678901", "STP0900000000012", "PNIMRA70A01H501\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !ValidCodiceFiscale(s) {
			return
		}
		// One wrong letter never passes: the values within a column of the
		// table are all different.
		for i := range 15 {
			for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" {
				twisted := s[:i] + string(c) + s[i+1:]
				if ValidCodiceFiscale(twisted) && oddValues[index(s[i])] != oddValues[index(byte(c))] && i%2 == 0 {
					t.Fatalf("%q and %q both pass", s, twisted)
				}
			}
		}
		if ValidAssistito(s) != HasBirthDate(s) {
			t.Fatalf("%q: a patient %t, born on a day %t", s, ValidAssistito(s), HasBirthDate(s))
		}
	})
}

func index(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'A') + 10
}
