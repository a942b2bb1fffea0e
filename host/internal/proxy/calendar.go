package proxy

import (
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// The calendar of PAC files: ranges that include both ends, in the PC's time or,
// with "GMT" as the last argument, in that. A range whose end comes before its
// begin goes round.

var (
	weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	months   = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
)

// arguments are the call's without a final "GMT", and the time that counts.
func (c *calls) arguments(call goja.FunctionCall) ([]goja.Value, time.Time) {
	args, now := call.Arguments, c.opt.Now()
	if n := len(args); n > 0 && strings.EqualFold(args[n-1].String(), "GMT") {
		return args[:n-1], now.UTC()
	}
	return args, now.Local()
}

func between(x, from, to int) bool {
	if from <= to {
		return from <= x && x <= to
	}
	return x >= from || x <= to
}

func (c *calls) weekdayRange(call goja.FunctionCall) goja.Value {
	args, now := c.arguments(call)
	if len(args) == 0 || len(args) > 2 {
		return c.vm.ToValue(false)
	}
	from := slices.Index(weekdays, strings.ToUpper(args[0].String()))
	to := slices.Index(weekdays, strings.ToUpper(args[len(args)-1].String()))
	return c.vm.ToValue(from >= 0 && to >= 0 && between(int(now.Weekday()), from, to))
}

// timeRange takes hour; hours; hour, minute, hour, minute; or with seconds. A
// lone hour is the whole of it, an end is a moment.
func (c *calls) timeRange(call goja.FunctionCall) goja.Value {
	args, now := c.arguments(call)
	var n []int
	for _, a := range args {
		n = append(n, int(a.ToInteger()))
	}
	second := now.Hour()*3600 + now.Minute()*60 + now.Second()
	in := false
	switch len(n) {
	case 1:
		in = now.Hour() == n[0]
	case 2:
		in = between(second, n[0]*3600, n[1]*3600)
	case 4:
		in = between(second, n[0]*3600+n[1]*60, n[2]*3600+n[3]*60)
	case 6:
		in = between(second, n[0]*3600+n[1]*60+n[2], n[3]*3600+n[4]*60+n[5])
	}
	return c.vm.ToValue(in)
}

// day is a date of which parts may not be given: 0, in a year or in all.
type day struct{ year, month, day int }

// dateRange takes one or two of: day, month, year, day and month, month and
// year, all three.
func (c *calls) dateRange(call goja.FunctionCall) goja.Value {
	args, now := c.arguments(call)
	from, ok := parseDay(args)
	to := from
	if !ok && len(args)%2 == 0 {
		half := len(args) / 2
		var ok2 bool
		from, ok = parseDay(args[:half])
		to, ok2 = parseDay(args[half:])
		ok = ok && ok2 && from.form() == to.form()
	}
	if !ok {
		return c.vm.ToValue(false)
	}
	today := day{now.Year(), int(now.Month()), now.Day()}.only(from)
	return c.vm.ToValue(between(today.number(), from.number(), to.number()))
}

// parseDay reads at most one day, one month and one year.
func parseDay(args []goja.Value) (day, bool) {
	var d day
	for _, a := range args {
		n := int(a.ToInteger())
		month := slices.Index(months, strings.ToUpper(a.String())) + 1
		switch {
		case month > 0 && d.month == 0:
			d.month = month
		case 1 <= n && n <= 31 && d.day == 0:
			d.day = n
		case n > 31 && d.year == 0:
			d.year = n
		default:
			return day{}, false
		}
	}
	return d, len(args) > 0
}

func (d day) form() [3]bool { return [3]bool{d.year > 0, d.month > 0, d.day > 0} }

// only leaves of d what like has.
func (d day) only(like day) day {
	if like.year == 0 {
		d.year = 0
	}
	if like.month == 0 {
		d.month = 0
	}
	if like.day == 0 {
		d.day = 0
	}
	return d
}

func (d day) number() int { return d.year*10000 + d.month*100 + d.day }
