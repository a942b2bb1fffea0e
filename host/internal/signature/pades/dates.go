package pades

import (
	"strings"
	"time"
)

// date is a date as PDF has it (ISO 32000-1, section 7.9.4).
func date(t time.Time) string {
	t = t.In(rome())
	zone := t.Format("-07:00")
	return t.Format("D:20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// parseDate reads one. Everything after the year may be left out.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimPrefix(s, "D:")
	digits := strings.IndexFunc(s, func(c rune) bool { return c < '0' || c > '9' })
	if digits < 0 {
		digits = len(s)
	}
	zone := strings.ReplaceAll(s[digits:], "'", "")
	const layout = "20060102150405"
	if digits < 4 || digits > len(layout) || digits%2 != 0 {
		return time.Time{}, false
	}
	form, text := layout[:digits], s[:digits]
	if len(zone) == 5 && zone[0] != 'Z' {
		form, text = form+"-0700", text+zone
	} else if len(zone) == 3 && zone[0] != 'Z' {
		form, text = form+"-07", text+zone
	}
	t, err := time.Parse(form, text)
	return t, err == nil
}

// rome is where the hours are told of.
func rome() *time.Location {
	if zone, err := time.LoadLocation("Europe/Rome"); err == nil {
		return zone
	}
	return time.FixedZone("CET", 3600) // a system without zones: an hour wrong in summer
}
