package cups

import (
	"context"
	"errors"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// States of jobs (RFC 8011 §5.3.7).
const (
	jobHeld       = 4
	jobProcessing = 5
	jobStopped    = 6
	jobCanceled   = 7
	jobAborted    = 8
	jobCompleted  = 9
)

// held tells a job that waits for our Release. One that the service holds by itself,
// to try again or until somebody has said who he is, was released.
func held(job ipp.Group) bool {
	state, _ := job.Get("job-state").Int()
	return state == jobHeld && job.Get("job-hold-until").Text() == "indefinite"
}

// Look tells where a job stands, and what is wrong with its printer if that keeps it
// from printing.
func (s *Spooler) Look(ctx context.Context, printer, job string) (printing.Look, error) {
	_, g, err := s.find(ctx, job, "job-name", "job-state", "job-state-reasons", "job-hold-until", "time-at-processing", "job-printer-up-time")
	if err != nil {
		return printing.Look{}, err
	}
	state, _ := g.Get("job-state").Int()
	words := g.Get("job-state-reasons").Texts()
	switch state {
	case jobCompleted:
		return printing.Look{State: wire.PrintPrinted}, nil
	case jobCanceled:
		return printing.Look{State: wire.PrintCancelled, Detail: first(words)}, nil
	case jobAborted:
		return printing.Look{State: wire.PrintFailed, Problem: wire.ErrPrintRefused, Detail: first(words)}, nil
	}
	look := printing.Look{Held: held(g), State: wire.PrintAccepted}
	if look.Held {
		return look, nil
	}
	if state == jobProcessing {
		look.State = wire.PrintPrinting
	}
	code, word, err := s.waits(ctx, printer, g)
	if err != nil {
		return printing.Look{}, err
	}
	if code == "" {
		code, word = stuck(state, words)
	}
	if code != "" {
		look.State, look.Problem, look.Detail = wire.PrintHeld, code, word
	}
	return look, nil
}

// stuck tells why a job that was released does not go on although its printer could.
func stuck(state int, words []string) (wire.ErrorCode, string) {
	switch {
	case state == jobStopped: // a filter failed or is not there
		return wire.ErrPrintRefused, first(words)
	case state == jobHeld && slices.Contains(words, "resources-are-not-ready"): // the backend gave up and will try again
		return wire.ErrPrintOffline, first(words)
	case state == jobHeld:
		return wire.ErrPrintAttention, first(words)
	default:
		return "", ""
	}
}

// waits tells why a released job does not print yet, if somebody has to do something.
func (s *Spooler) waits(ctx context.Context, printer string, job ipp.Group) (wire.ErrorCode, string, error) {
	m, err := s.ask(ctx, ipp.Request{Op: ipp.GetPrinterAttributes, Path: printerPath(printer), Groups: []ipp.Group{
		s.operation(uri("printer-uri", printerPath(printer)),
			ipp.Strings(ipp.TagKeyword, "requested-attributes", "printer-state", "printer-state-reasons", "printer-state-message")),
	}})
	var fault *printing.Error
	switch err := printerFault(err); {
	case errors.As(err, &fault) && fault.Code == wire.ErrPrintMissing:
		return wire.ErrPrintMissing, fault.Detail, nil
	case err != nil:
		return "", "", err
	}
	g := m.Group(ipp.TagPrinter)
	words := g.Get("printer-state-reasons").Texts()
	if code, word := trouble(words); code != "" {
		return code, word, nil
	}
	switch state, _ := g.Get("printer-state").Int(); {
	case state == printerStopped:
		return wire.ErrPrintStopped, first(words), nil
	case state == printerProcessing && !answers(g.Get("printer-state-message").Text()):
		return wire.ErrPrintOffline, unreachable, nil
	}
	since, began := job.Get("time-at-processing").Int()
	now, _ := job.Get("job-printer-up-time").Int()
	if began && away(words, since, now) {
		return wire.ErrPrintOffline, connecting, nil
	}
	return "", "", nil
}

// first is the first reason that says something.
func first(words []string) string {
	if i := slices.IndexFunc(words, func(w string) bool { return w != "none" }); i >= 0 {
		return words[i]
	}
	return ""
}
