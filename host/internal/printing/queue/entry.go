package queue

import (
	"errors"
	"slices"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// entry is a job in memory. While busy its record belongs to whoever works on it,
// who changes it under the queue's lock.
type entry struct {
	record
	known   bool   // is in the lists
	lane    string // in which it stood when work was given out last
	busy    bool
	cancel  bool  // somebody wants it given up
	refused error // why it could not be
	unsaved bool  // finished, and the disk does not know yet
	written bool  // the disk has a record of it besides the sheet
	bare    bool  // its PDF is gone

	// ready: the spooler has it with its pages, held; the disk does not know the
	// number for certain.
	ready bool
	// lost: an answer was not heard: held jobs of its name may be at the spooler.
	lost bool
	// asked: the spooler may have heard that it is to print.
	asked bool

	fails  int           // in a row
	due    time.Time     // when to look next
	looked time.Time     // last
	pause  time.Duration // between the looks
}

// open tells whether anything is still to be done.
func (e *entry) open() bool { return e.Stage != finished || e.unsaved || e.cancel || e.Stray }

// face is what people see of a job that changes.
type face struct {
	known         bool
	state         wire.PrintState
	problem       wire.ErrorCode
	detail, place string
	repeat        bool
}

func (e *entry) face() face {
	return face{e.known, e.State, e.Problem, e.Detail, e.place(), e.Repeat}
}

// place is the printer that a job is at, or goes to as things stand.
func (e *entry) place() string {
	if e.Ticket.Printer == "" && len(e.Tried) > 0 {
		return e.Tried[len(e.Tried)-1]
	}
	return e.Ticket.Printer
}

// row is the job as people are shown it. The caller holds the lock.
func (q *Queue) row(e *entry) wire.PrintJob {
	j := wire.PrintJob{ID: e.ID, ClientID: e.ClientID, Kind: e.Kind, Profile: e.Profile, Title: e.Title, State: e.State,
		Printer: e.place(), Pages: e.Pages, Copies: e.Copies,
		CreatedAt: e.Created.UTC().Format(time.RFC3339), UpdatedAt: e.Updated.UTC().Format(time.RFC3339)}
	j.Notices = append(slices.Clone(e.Notices), e.Fitted...)
	if e.Problem != "" {
		j.Problem = wire.NewError(e.Problem, e.Detail)
	}
	return j
}

// outcome is what an error means for a job and for those behind it.
type outcome struct {
	code   wire.ErrorCode
	detail string
	final  bool // it would be the same the next time
}

// waits are the faults that end by themselves, or by somebody's hand at the
// printer or in the settings.
var waits = []wire.ErrorCode{
	wire.ErrPrintNone, wire.ErrPrintMissing, wire.ErrPrintSpooler, wire.ErrPrintStopped, wire.ErrPrintReject,
	wire.ErrPrintOffline, wire.ErrPrintPaper, wire.ErrPrintJam, wire.ErrPrintAttention,
	wire.ErrPrintRender, wire.ErrDocDisk, wire.ErrInternal,
}

// judge reads an error of the spooler's or of Prepare's. One that says nothing of
// itself is a service that does not answer.
func judge(err error) outcome {
	var fault *printing.Error
	if !errors.As(err, &fault) {
		return outcome{code: wire.ErrPrintSpooler}
	}
	return outcome{fault.Code, fault.Detail, !slices.Contains(waits, fault.Code)}
}
