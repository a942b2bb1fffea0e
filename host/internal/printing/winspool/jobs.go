package winspool

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// token is a job as the queue keeps it: Windows begins to count anew, so that a number alone
// may be another's job tomorrow.
func token(number int, name string) string { return strconv.Itoa(number) + ":" + name }

func parseToken(job string) (int, string, error) {
	number, name, _ := strings.Cut(job, ":")
	n, err := strconv.Atoi(number)
	if err != nil || n <= 0 || name == "" {
		return 0, "", fmt.Errorf("job %q: %w", number, printing.ErrGone)
	}
	return n, name, nil
}

// known asks for a job, which is gone when its number belongs to another now.
func (s *spooler) known(printer, job string) (jobInfo, error) {
	number, name, err := parseToken(job)
	if err != nil {
		return jobInfo{}, err
	}
	j, err := s.system.job(printer, number)
	switch {
	case err != nil && gone(err):
		return jobInfo{}, printing.ErrGone
	case err != nil:
		return jobInfo{}, tell("GetJob", err)
	case j.Document != name:
		return jobInfo{}, printing.ErrGone
	}
	return j, nil
}

// Release lets a held job print.
func (s *spooler) Release(ctx context.Context, t printing.Ticket, job string) error {
	_, err := await(ctx, func() (struct{}, error) {
		j, err := s.known(t.Printer, job)
		if err == nil && j.Status&statusPaused != 0 {
			err = s.command(t.Printer, j.ID, jobResume)
		}
		return struct{}{}, err
	}, nil)
	return err
}

func (s *spooler) command(printer string, job int, command uint32) error {
	err := s.system.control(printer, job, command)
	if err != nil && gone(err) {
		return printing.ErrGone
	}
	return tell("SetJob", err)
}

// Look tells where a job stands.
func (s *spooler) Look(ctx context.Context, printer, job string) (printing.Look, error) {
	return await(ctx, func() (printing.Look, error) {
		j, err := s.known(printer, job)
		if err != nil {
			return printing.Look{}, err
		}
		p, err := s.system.printer(printer)
		if err != nil {
			return printing.Look{}, tell("GetPrinter", err)
		}
		return look(j, p), nil
	}, nil)
}

// Find looks for held jobs of a name.
func (s *spooler) Find(ctx context.Context, printer, name string) ([]string, error) {
	return await(ctx, func() ([]string, error) {
		all, err := s.system.jobs(printer)
		if err != nil {
			return nil, tell("EnumJobs", err)
		}
		var found []string
		for _, j := range all {
			const over = statusPrinted | statusDeleted | statusDeleting
			if j.Document == name && j.Status&statusPaused != 0 && j.Status&over == 0 {
				found = append(found, token(j.ID, name))
			}
		}
		return found, nil
	}, nil)
}

// Cancel ends a job, also one that has no pages yet.
func (s *spooler) Cancel(ctx context.Context, printer, job string) error {
	_, err := await(ctx, func() (struct{}, error) {
		d, ours := s.take(job)
		if ours {
			d.abort()
		}
		err := s.cancel(printer, job)
		if ours && errors.Is(err, printing.ErrGone) {
			err = nil // with its document
		}
		return struct{}{}, err
	}, nil)
	return err
}

func (s *spooler) cancel(printer, job string) error {
	j, err := s.known(printer, job)
	if err != nil {
		return err
	}
	if state := look(j, printerInfo{}).State; state == wire.PrintPrinted || state == wire.PrintCancelled {
		return printing.ErrGone
	}
	return s.command(printer, j.ID, jobDelete)
}
