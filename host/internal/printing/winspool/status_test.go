package winspool

import (
	"errors"
	"syscall"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

func TestLook(t *testing.T) {
	for name, row := range map[string]struct {
		job     uint32
		printer printerInfo
		want    printing.Look
	}{
		"waiting":                   {0, printerInfo{}, printing.Look{State: wire.PrintAccepted}},
		"being spooled":             {0x8, printerInfo{}, printing.Look{State: wire.PrintAccepted}},
		"held while being spooled":  {0x9, printerInfo{}, printing.Look{Held: true, State: wire.PrintHeld, Problem: wire.ErrPrintStopped, Detail: "JOB_STATUS_PAUSED"}},
		"printing":                  {0x10, printerInfo{Status: 0x400}, printing.Look{State: wire.PrintPrinting}},
		"at the printer":            {0x1000, printerInfo{}, printing.Look{State: wire.PrintPrinting}},
		"printed":                   {0x80, printerInfo{}, printing.Look{State: wire.PrintPrinted}},
		"printed and kept":          {0x2080, printerInfo{}, printing.Look{State: wire.PrintPrinted}},
		"printed, being deleted":    {0x84, printerInfo{}, printing.Look{State: wire.PrintPrinted}},
		"printed, deleted":          {0x180, printerInfo{}, printing.Look{State: wire.PrintPrinted}},
		"being deleted":             {0x4, printerInfo{}, printing.Look{State: wire.PrintCancelled}},
		"deleted while held":        {0x101, printerInfo{}, printing.Look{State: wire.PrintCancelled}},
		"no paper, by the job":      {0x52, printerInfo{}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper, Detail: "JOB_STATUS_PAPEROUT"}},
		"no paper, by the printer":  {0x12, printerInfo{Status: 0x410}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper, Detail: "PRINTER_STATUS_PAPER_OUT"}},
		"jam, the job knows less":   {0x402, printerInfo{Status: 0x8}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintJam, Detail: "PRINTER_STATUS_PAPER_JAM"}},
		"error without a reason":    {0x2, printerInfo{}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintAttention, Detail: "JOB_STATUS_ERROR"}},
		"switched off":              {0x20, printerInfo{}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintOffline, Detail: "JOB_STATUS_OFFLINE"}},
		"used offline":              {0, printerInfo{Attributes: 0x400}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintOffline, Detail: "PRINTER_STATUS_WORK_OFFLINE"}},
		"printer paused":            {0, printerInfo{Status: 0x1}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintStopped, Detail: "PRINTER_STATUS_PAUSED"}},
		"driver can not print it":   {0x200, printerInfo{}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintRefused, Detail: "JOB_STATUS_BLOCKED_DEVQ"}},
		"toner low is no fault":     {0x10, printerInfo{Status: 0x20000}, printing.Look{State: wire.PrintPrinting}},
		"saving power is no fault":  {0, printerInfo{Status: 0x1000000}, printing.Look{State: wire.PrintAccepted}},
		"our pause before a fault":  {0x1, printerInfo{Status: 0x10}, printing.Look{Held: true, State: wire.PrintHeld, Problem: wire.ErrPrintStopped, Detail: "JOB_STATUS_PAUSED"}},
		"waiting to be fed by hand": {0x10, printerInfo{Status: 0x20}, printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper, Detail: "PRINTER_STATUS_MANUAL_FEED"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := look(jobInfo{Status: row.job}, row.printer); got != row.want {
				t.Errorf("%+v, not %+v", got, row.want)
			}
		})
	}
}

func TestState(t *testing.T) {
	for name, row := range map[string]struct {
		printer printerInfo
		state   string
		code    wire.ErrorCode
	}{
		"idle":       {printerInfo{}, "idle", ""},
		"busy":       {printerInfo{Status: 0x200}, "printing", ""},
		"processing": {printerInfo{Status: 0x4000}, "printing", ""},
		"door open":  {printerInfo{Status: 0x400400}, "stopped", wire.ErrPrintAttention},
		"offline":    {printerInfo{Status: 0x80}, "stopped", wire.ErrPrintOffline},
		"server":     {printerInfo{Status: 0x2000000}, "stopped", wire.ErrPrintOffline},
	} {
		t.Run(name, func(t *testing.T) {
			if state, code := state(row.printer); state != row.state || code != row.code {
				t.Errorf("%s %s", state, code)
			}
		})
	}
}

func TestTell(t *testing.T) {
	for no, want := range map[syscall.Errno]wire.ErrorCode{
		1801: wire.ErrPrintMissing, 1905: wire.ErrPrintMissing, 1722: wire.ErrPrintSpooler, 1726: wire.ErrPrintSpooler,
		5: wire.ErrPrintRefused, 63: wire.ErrPrintRefused, 1223: wire.ErrPrintRefused, 112: "",
	} {
		err := tell("StartDoc", no)
		if code(err) != want || !errors.Is(err, no) {
			t.Errorf("%d: %v", uint(no), err)
		}
	}
	if err := tell("StartDoc", nil); err != nil {
		t.Error(err)
	}
	if own := printing.Fault(wire.ErrPrintMedia, "", nil); tell("StartDoc", own) != own {
		t.Error("an error of ours was changed")
	}
}
