package pades

import (
	"testing"
	"time"

	_ "time/tzdata"
)

func TestDates(t *testing.T) {
	for text, want := range map[string]time.Time{
		"D:20260714180509+02'00'": time.Date(2026, 7, 14, 16, 5, 9, 0, time.UTC),
		"D:20260714180509+02'00":  time.Date(2026, 7, 14, 16, 5, 9, 0, time.UTC),
		"D:20260114180509-05'30'": time.Date(2026, 1, 14, 23, 35, 9, 0, time.UTC),
		"D:20260714180509+02":     time.Date(2026, 7, 14, 16, 5, 9, 0, time.UTC),
		"20260714180509Z":         time.Date(2026, 7, 14, 18, 5, 9, 0, time.UTC),
		"D:20260714180509Z00'00'": time.Date(2026, 7, 14, 18, 5, 9, 0, time.UTC),
		"D:2026":                  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"D:":                      {},
		"":                        {},
		"D:20261301":              {},
		"D:202":                   {},
		"D:2026071418050900":      {},
	} {
		got, ok := parseDate(text)
		if !got.Equal(want) || ok != !want.IsZero() {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
	for _, at := range []time.Time{time.Date(2026, 1, 5, 23, 30, 0, 0, time.UTC), time.Date(2026, 7, 5, 23, 30, 0, 0, time.UTC)} {
		if got, ok := parseDate(date(at)); !ok || !got.Equal(at) {
			t.Errorf("%s is %v", date(at), got)
		}
	}
	if got := date(time.Date(2026, 1, 5, 23, 30, 0, 0, time.UTC)); got != "D:20260106003000+01'00'" {
		t.Error(got)
	}
}
