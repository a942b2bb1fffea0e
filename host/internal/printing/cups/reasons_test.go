package cups

import (
	"errors"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// An answer's status decides whether trying again makes sense.
func TestWhatAnswersMean(t *testing.T) {
	rows := map[ipp.Status][2]wire.ErrorCode{ // of a printer, of a job; empty: the job is gone
		ipp.NotFound:           {wire.ErrPrintMissing, ""},
		ipp.Gone:               {wire.ErrPrintMissing, ""},
		ipp.NotPossible:        {wire.ErrPrintReject, wire.ErrPrintRefused},
		ipp.NotAccepting:       {wire.ErrPrintReject, wire.ErrPrintReject},
		ipp.ValuesUnsupported:  {wire.ErrPrintMedia, wire.ErrPrintMedia},
		ipp.Busy:               {wire.ErrPrintSpooler, wire.ErrPrintSpooler},
		ipp.ServerError:        {wire.ErrPrintSpooler, wire.ErrPrintSpooler},
		ipp.ServiceUnavailable: {wire.ErrPrintSpooler, wire.ErrPrintSpooler},
		ipp.TemporaryError:     {wire.ErrPrintSpooler, wire.ErrPrintSpooler},
		ipp.DeviceError:        {wire.ErrPrintSpooler, wire.ErrPrintSpooler},
		ipp.NotAuthenticated:   {wire.ErrPrintRefused, wire.ErrPrintRefused},
		ipp.Forbidden:          {wire.ErrPrintRefused, wire.ErrPrintRefused},
		ipp.FormatUnsupported:  {wire.ErrPrintRefused, wire.ErrPrintRefused},
		0x04ff:                 {wire.ErrPrintRefused, wire.ErrPrintRefused},
	}
	for status, want := range rows {
		t.Run(status.String(), func(t *testing.T) {
			said := &ipp.Error{Op: ipp.CreateJob, Status: status}
			wantFault(t, printerFault(said), want[0])
			if want[1] == "" {
				if err := jobFault(said); !errors.Is(err, printing.ErrGone) {
					t.Errorf("of a job: %v", err)
				}
				return
			}
			wantFault(t, jobFault(said), want[1])
		})
	}
}

func TestTrouble(t *testing.T) {
	rows := []struct {
		words string
		code  wire.ErrorCode
		word  string
	}{
		{"none", "", ""},
		{"", "", ""},
		{"toner-low-report media-low-warning", "", ""},
		{"toner-empty", wire.ErrPrintAttention, "toner-empty"},
		{"toner-empty-warning", "", ""},
		{"cover-open media-empty-error", wire.ErrPrintPaper, "media-empty-error"},
		{"media-empty media-jam-error", wire.ErrPrintJam, "media-jam-error"},
		{"offline-report", wire.ErrPrintOffline, "offline-report"},
		{"paused", wire.ErrPrintStopped, "paused"},
		{"connecting-to-device", "", ""},
		{"com.vendor.thing", "", ""},
		{"com.vendor.thing-error", wire.ErrPrintAttention, "com.vendor.thing-error"},
		{"cups-missing-filter-warning", wire.ErrPrintRefused, "cups-missing-filter-warning"},
	}
	for _, row := range rows {
		t.Run(row.words, func(t *testing.T) {
			if code, word := trouble(strings.Fields(row.words)); code != row.code || word != row.word {
				t.Errorf("%q %q", code, word)
			}
		})
	}
}

func TestWordsOfBackends(t *testing.T) {
	for message, want := range map[string]bool{
		"": true, "Connected to printer.": true, "The printer is in use.": true, "The printer is now connected.": true,
		"The printer is not responding.": false, `Unable to locate printer "laser.example".`: false, "Waiting for printer to become available.": false,
	} {
		t.Run(message, func(t *testing.T) {
			if answers(message) != want {
				t.Errorf("answers: %v", !want)
			}
		})
	}
}

func TestAPrinterThatIsSpokenToInVain(t *testing.T) {
	words := []string{connecting}
	for _, row := range []struct {
		name       string
		words      []string
		since, now int
		want       bool
	}{
		{"at first", words, 100, 115, false},
		{"after a while", words, 100, 116, true},
		{"another word", []string{"none"}, 100, 1000, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := away(row.words, row.since, row.now); got != row.want {
				t.Errorf("away: %v", got)
			}
		})
	}
}
