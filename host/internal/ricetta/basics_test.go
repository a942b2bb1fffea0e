package ricetta

import (
	"testing"
	"time"
)

func TestValidAIC(t *testing.T) {
	for in, want := range map[string]bool{
		"000000000": true, "012745093": true, "020096020": true, "012745094": false, "021745093": false, "01274509": false, "0127450933": false, "A12745093": false, "": false,
	} {
		if got := ValidAIC(in); got != want {
			t.Errorf("ValidAIC(%q) = %t", in, got)
		}
	}
}

func TestRome(t *testing.T) {
	summer := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC).In(Rome()).Format(Timestamp)
	winter := time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC).In(Rome()).Format(Timestamp)
	if summer != "2026-07-02 00:30:00" || winter != "2026-11-22 18:20:00" {
		t.Error(summer, winter)
	}
}

func TestAccepted(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Receipt
		want bool
	}{
		{"done", Receipt{Outcome: OutcomeOK, CodAutenticazione: "1"}, true},
		{"done with remarks", Receipt{Outcome: OutcomeWarnings, CodAutenticazione: "1"}, true},
		{"refused", Receipt{Outcome: OutcomeRefused, CodAutenticazione: "1"}, false},
		{"done without codAutenticazione", Receipt{Outcome: OutcomeOK}, false},
	} {
		if tt.r.Accepted() != tt.want {
			t.Error(tt.name)
		}
	}
}

func TestCheckLetterRefuses(t *testing.T) {
	for _, body := range []string{"", "PNIMRA70A01H50", "PNIMRA70A01H5011", "pNIMRA70A01H501", "PNIMRA70A01H50!", "PNIMRA70A01H50[", "PNIMRA70A01H50:", "PNIMRA70A01H50@"} {
		if letter, ok := CheckLetter(body); ok {
			t.Errorf("%q has the letter %c", body, letter)
		}
	}
}

// A and Z are letters, and a figure is none where a letter has to be: in each
// of the eight places, with a check letter that is right.
func TestLettersOfCodiceFiscale(t *testing.T) {
	const body = "PNIMRA70A01H501"
	for _, i := range []int{0, 1, 2, 3, 4, 5, 8, 11} {
		for c, want := range map[string]bool{"A": true, "Z": true, "0": false, "9": false} {
			if code := fiscal(body[:i] + c + body[i+1:]); ValidCodiceFiscale(code) != want {
				t.Errorf("%s: %t", code, !want)
			}
		}
	}
}

func TestHasBirthDate(t *testing.T) {
	for code, want := range map[string]bool{
		"PNIMRA70A01H501P": true, "PNIMRA70A10H501P": true, "PNIMRA70A41H501P": true, "PNIMRA70B29H501P": true, "PNIMRA70TPMH501P": true,
		"PNIMRA70X01H501P": false, "PNIMRA70AA1H501P": false, "PNIMRA70A0AH501P": false, "PNIMRA70A01H501": false, "": false,
	} {
		if HasBirthDate(code) != want {
			t.Errorf("%q: %t", code, !want)
		}
	}
}
