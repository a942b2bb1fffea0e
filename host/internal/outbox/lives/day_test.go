package lives

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A doctor's Monday: how many prescriptions, and when.
const (
	prescriptionsADay = 114
	lateShare         = 1.0 / 3 // written outside 8–20, mostly as one list in the evening or early
)

// hours are the weights of the hours from 8 to 20: the surgery's morning and
// afternoon.
var hours = []float64{0.9, 1.2, 1.3, 1.3, 1.1, 0.7, 0.5, 0.8, 1.1, 1.2, 1.1, 0.8}

// monday draws the instants, from midnight, at which one doctor hands over his
// prescriptions: in patients of one to four during the day, in two lists
// outside of it. The lists are spread over the doctors evenly, so that some
// doctors show what all do.
func monday(doctor uint64, dice *rand.Rand) []time.Duration {
	_, turn := math.Modf(float64(doctor) * math.Phi)
	var at []time.Duration
	day := int(float64(prescriptionsADay) * (1 - lateShare))
	for len(at) < day {
		instant := 8*time.Hour + hour(dice)
		for range min(1+dice.IntN(4), day-len(at)) {
			at = append(at, instant)
			instant += between(dice, 5*time.Second, 40*time.Second)
		}
	}
	early := dice.IntN(20)
	at = append(at, batch(early, 6*time.Hour+time.Duration(turn*float64(2*time.Hour)))...)
	at = append(at, batch(prescriptionsADay-day-early, 20*time.Hour+time.Duration(turn*float64(3*time.Hour)))...)
	slices.Sort(at)
	return at
}

// hour draws an instant after 8 in the shape of the day.
func hour(dice *rand.Rand) time.Duration {
	total := 0.0
	for _, w := range hours {
		total += w
	}
	at := dice.Float64() * total
	for i, w := range hours {
		if at < w {
			return time.Duration((float64(i) + at/w) * float64(time.Hour))
		}
		at -= w
	}
	return time.Duration(len(hours))*time.Hour - 1
}

// batch is a list that is sent one after the other.
func batch(n int, from time.Duration) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = from + time.Duration(i)*time.Second
	}
	return at
}
