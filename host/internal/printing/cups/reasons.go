package cups

import (
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

// patience is how long a printer may be spoken to before it counts as away. Backends
// try for ever and never say more than connecting-to-device.
const patience = 15 * time.Second

const connecting = "connecting-to-device"

// reasons tell what somebody has to do at a printer (RFC 8011 §5.4.12, PWG 5100.9 §6).
// What stands first is said when there are several. Some stop a printer whatever CUPS
// calls them: its backends report that a printer is off, and it warns of a driver of
// which a part is missing.
var reasons = []struct {
	word string
	code wire.ErrorCode
	even bool // as a report or a warning
}{
	{"media-jam", wire.ErrPrintJam, false},
	{"media-empty", wire.ErrPrintPaper, false},
	{"media-needed", wire.ErrPrintPaper, false},
	{"cover-open", wire.ErrPrintAttention, false},
	{"door-open", wire.ErrPrintAttention, false},
	{"interlock-open", wire.ErrPrintAttention, false},
	{"input-tray-missing", wire.ErrPrintAttention, false},
	{"output-tray-missing", wire.ErrPrintAttention, false},
	{"output-area-full", wire.ErrPrintAttention, false},
	{"toner-empty", wire.ErrPrintAttention, false},
	{"marker-supply-empty", wire.ErrPrintAttention, false},
	{"marker-supply-missing", wire.ErrPrintAttention, false},
	{"marker-waste-full", wire.ErrPrintAttention, false},
	{"developer-empty", wire.ErrPrintAttention, false},
	{"opc-life-over", wire.ErrPrintAttention, false},
	{"fuser-over-temp", wire.ErrPrintAttention, false},
	{"cups-missing-filter", wire.ErrPrintRefused, true},
	{"cups-insecure-filter", wire.ErrPrintRefused, true},
	{"offline", wire.ErrPrintOffline, true},
	{"shutdown", wire.ErrPrintOffline, false},
	{"timed-out", wire.ErrPrintOffline, false},
	{"deactivated", wire.ErrPrintStopped, false},
	{"paused", wire.ErrPrintStopped, false},
	{"moving-to-paused", wire.ErrPrintStopped, false},
	{"hold-new-jobs", wire.ErrPrintStopped, false},
}

// trouble finds what keeps a printer from printing, and the printer's word for it.
// Reports and warnings do not; neither does what this table does not know, unless it
// is called an error.
func trouble(words []string) (wire.ErrorCode, string) {
	for _, r := range reasons {
		for _, w := range words {
			name, severity := split(w)
			if name == r.word && (severity == "error" || severity == "" || r.even) {
				return r.code, w
			}
		}
	}
	for _, w := range words {
		if _, severity := split(w); severity == "error" {
			return wire.ErrPrintAttention, w
		}
	}
	return "", ""
}

// split takes the severity off a reason.
func split(word string) (name, severity string) {
	for _, s := range []string{"error", "warning", "report"} {
		if name, ok := strings.CutSuffix(word, "-"+s); ok {
			return name, s
		}
	}
	return word, ""
}

// silent is what the backends of CUPS say in words of a printer that does not answer;
// most have no reason for it. They speak the language of the job, which is English.
var silent = []string{
	"The printer may not exist or is unavailable at this time", "The printer is unreachable at this time", "The printer is not responding",
	"The printer did not respond", "The printer is not connected", "Unable to locate printer", "Waiting for printer to become available",
	"The printer configuration is incorrect or the printer no longer exists",
}

// unreachable is said in the place of a reason.
const unreachable = "not-responding"

// answers tells by the last words of a printer at work whether there is one.
func answers(message string) bool {
	return !slices.ContainsFunc(silent, func(s string) bool { return strings.HasPrefix(message, s) })
}

// away tells a printer that has been spoken to in vain since a time of the service's clock.
func away(words []string, since, now int) bool {
	return slices.Contains(words, connecting) && now-since > int(patience.Seconds())
}
