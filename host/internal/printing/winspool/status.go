package winspool

import (
	"strings"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Attributes of a printer ([MS-RPRN] 2.2.3.12).
const (
	attributeDirect  = 0x2    // PRINTER_ATTRIBUTE_DIRECT: nothing is spooled
	attributeOffline = 0x400  // PRINTER_ATTRIBUTE_WORK_OFFLINE
	attributeFax     = 0x4000 // PRINTER_ATTRIBUTE_FAX: asks for a number
)

// Status of a printer that has no fault ([MS-RPRN] 2.2.3.12).
const (
	printerPaused   = 0x1
	printerDeleting = 0x4
	printerActive   = 0x100 | 0x200 | 0x400 | 0x4000 // IO_ACTIVE, BUSY, PRINTING, PROCESSING
)

// Status of a job ([MS-RPRN] 2.2.3.12).
const (
	statusPaused   = 0x1
	statusDeleting = 0x4
	statusSpooling = 0x8
	statusPrinting = 0x10
	statusPrinted  = 0x80
	statusDeleted  = 0x100
	statusComplete = 0x1000 // at the printer, which may be at it yet
)

// fault is a bit with what it means to people and its name for the log. A table is read from
// the top: what says most comes first.
type fault struct {
	bit  uint32
	code wire.ErrorCode
	name string
}

var printerFaults = []fault{
	{0x8, wire.ErrPrintJam, "PAPER_JAM"},
	{0x10, wire.ErrPrintPaper, "PAPER_OUT"},
	{0x40, wire.ErrPrintPaper, "PAPER_PROBLEM"},
	{0x20, wire.ErrPrintPaper, "MANUAL_FEED"},
	{0x400000, wire.ErrPrintAttention, "DOOR_OPEN"},
	{0x40000, wire.ErrPrintAttention, "NO_TONER"},
	{0x800, wire.ErrPrintAttention, "OUTPUT_BIN_FULL"},
	{0x100000, wire.ErrPrintAttention, "USER_INTERVENTION"},
	{0x80, wire.ErrPrintOffline, "OFFLINE"},
	{0x1000, wire.ErrPrintOffline, "NOT_AVAILABLE"},
	{0x2000000, wire.ErrPrintOffline, "SERVER_OFFLINE"},
	{printerPaused, wire.ErrPrintStopped, "PAUSED"},
	{printerDeleting, wire.ErrPrintReject, "PENDING_DELETION"},
	{0x200000, wire.ErrPrintAttention, "OUT_OF_MEMORY"},
	{0x80000, wire.ErrPrintAttention, "PAGE_PUNT"},
	{0x2, wire.ErrPrintAttention, "ERROR"},
}

var jobFaults = []fault{
	{0x40, wire.ErrPrintPaper, "PAPEROUT"},
	{0x400, wire.ErrPrintAttention, "USER_INTERVENTION"},
	{0x20, wire.ErrPrintOffline, "OFFLINE"},
	{0x200, wire.ErrPrintRefused, "BLOCKED_DEVQ"}, // the driver can not print it
	{0x2, wire.ErrPrintAttention, "ERROR"},
}

func find(table []fault, status uint32) (fault, bool) {
	for _, f := range table {
		if status&f.bit != 0 {
			return f, true
		}
	}
	return fault{}, false
}

// printerFault is why a printer does not print now.
func printerFault(p printerInfo) (fault, bool) {
	if f, ok := find(printerFaults, p.Status); ok {
		return f, true
	}
	if p.Attributes&attributeOffline != 0 {
		return fault{code: wire.ErrPrintOffline, name: "WORK_OFFLINE"}, true
	}
	return fault{}, false
}

// refused says why a printer takes no jobs of ours at all.
func refused(p printerInfo) (code wire.ErrorCode, detail string) {
	if p.Status&printerDeleting != 0 {
		return wire.ErrPrintReject, "PENDING_DELETION"
	}
	// Without a spool file no job can be held, and what reaches the printer can not be told.
	if p.Attributes&attributeDirect != 0 {
		return wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_DIRECT"
	}
	if p.Attributes&attributeFax != 0 {
		return wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_FAX"
	}
	// These ports ask for the name of a file, open a window of their own, or lead nowhere.
	for _, port := range strings.Split(p.Port, ",") {
		switch strings.ToUpper(strings.TrimSpace(port)) {
		case "PORTPROMPT:", "FILE:", "XPSPORT:", "SHRFAX:", "NUL:":
			return wire.ErrPrintRefused, port
		}
	}
	return "", ""
}

// state is a printer as the wire has it.
func state(p printerInfo) (string, wire.ErrorCode) {
	if f, ok := printerFault(p); ok {
		return "stopped", f.code
	}
	if p.Status&printerActive != 0 {
		return "printing", ""
	}
	return "idle", ""
}

// look is a job as the queue has it. A job that is done is deleted in the same breath:
// PRINTED and DELETED together are a sheet that came out.
func look(j jobInfo, p printerInfo) printing.Look {
	l := printing.Look{Held: j.Status&statusPaused != 0}
	switch {
	case j.Status&statusPrinted != 0:
		return printing.Look{State: wire.PrintPrinted}
	case j.Status&(statusDeleted|statusDeleting) != 0:
		return printing.Look{State: wire.PrintCancelled}
	case l.Held:
		l.State, l.Problem, l.Detail = wire.PrintHeld, wire.ErrPrintStopped, "JOB_STATUS_PAUSED"
		return l
	}
	onJob, jobHas := find(jobFaults, j.Status)
	onPrinter, printerHas := printerFault(p)
	switch {
	case jobHas && printerHas && onJob.code == wire.ErrPrintAttention: // the printer knows more
		l.State, l.Problem, l.Detail = wire.PrintHeld, onPrinter.code, "PRINTER_STATUS_"+onPrinter.name
	case jobHas:
		l.State, l.Problem, l.Detail = wire.PrintHeld, onJob.code, "JOB_STATUS_"+onJob.name
	case printerHas:
		l.State, l.Problem, l.Detail = wire.PrintHeld, onPrinter.code, "PRINTER_STATUS_"+onPrinter.name
	case j.Status&(statusPrinting|statusComplete) != 0:
		l.State = wire.PrintPrinting
	default:
		l.State = wire.PrintAccepted
	}
	return l
}
