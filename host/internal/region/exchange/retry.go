package exchange

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Nobody is asked again within a second, and a region that names a time
// further away than a day has made a mistake.
const (
	leastRetry = time.Second
	mostRetry  = 24 * time.Hour
)

// retryAfter reads Retry-After (RFC 9110, section 10.2.3): seconds, or a date
// by the server's own clock. 0: nothing that can be understood.
func (a Answer) retryAfter() time.Duration {
	text := strings.TrimSpace(a.Header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil { // more than fits
			return mostRetry
		}
		return bounded(time.Duration(seconds) * time.Second)
	}
	when, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return bounded(when.Sub(now))
}

func bounded(d time.Duration) time.Duration { return min(max(d, leastRetry), mostRetry) }
