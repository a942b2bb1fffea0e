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
