package ricetta

import (
	"sync"
	"time"
)

// Timestamp is the form of every date and time in Sistema TS messages
// (aaaa-mm-gg HH:MM:SS, 24 hours, local time of Rome).
const Timestamp = "2006-01-02 15:04:05"

var rome = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return centralEurope
	}
	return loc
})

// centralEurope stands in where the system has no time zone data and the
// program carries none: an hour wrong in summer beats a program that dies.
var centralEurope = time.FixedZone("CET", 3600)

// Rome is the time zone of every instant that a doctor or a region reads.
func Rome() *time.Location { return rome() }
