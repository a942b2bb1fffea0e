package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"raccordo/host/internal/wire"
)

type printJobsCommand struct {
	JSON bool `help:"Stampa in JSON."`
}

func (c printJobsCommand) Run() error { return c.list(ask, os.Stdout) }

func (c printJobsCommand) list(ask asker, out io.Writer) error {
	var r wire.PrintList
	if err := ask("print.list", wire.PrintIDs{}, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	err := writeJobs(out, r.Jobs, false)
	var failed exit
	if errors.As(err, &failed) {
		return nil // an old failure is none of this command
	}
	return err
}

type printCancelCommand struct {
	ID   []string `arg:"" help:"ID della stampa, o il suo inizio."`
	JSON bool     `help:"Stampa in JSON."`
}

func (c printCancelCommand) Run() error { return c.cancel(ask, os.Stdout) }

func (c printCancelCommand) cancel(ask asker, out io.Writer) error {
	ids, err := wholeJobs(ask, c.ID)
	if err != nil {
		return err
	}
	var r wire.PrintList
	if err := ask("print.cancel", wire.PrintIDs{IDs: ids}, &r); err != nil {
		return err
	}
	return writeJobs(out, r.Jobs, c.JSON)
}

type printAgainCommand struct {
	ID   []string `arg:"" help:"ID della stampa, o il suo inizio."`
	JSON bool     `help:"Stampa in JSON."`
}

func (c printAgainCommand) Run() error { return c.again(ask, os.Stdout) }

func (c printAgainCommand) again(ask asker, out io.Writer) error {
	ids, err := wholeJobs(ask, c.ID)
	if err != nil {
		return err
	}
	var r wire.PrintResult
	if err := ask("print.again", wire.PrintIDs{IDs: ids}, &r); err != nil {
		return err
	}
	return writeJobs(out, r.Jobs, c.JSON)
}

// wholeJobs completes the beginnings of ids.
func wholeJobs(ask asker, beginnings []string) ([]string, error) {
	var r wire.PrintList
	if err := ask("print.list", wire.PrintIDs{}, &r); err != nil {
		return nil, err
	}
	var ids []string
	for _, b := range beginnings {
		var found []string
		for _, j := range r.Jobs {
			if strings.HasPrefix(j.ID, strings.ToLower(b)) {
				found = append(found, j.ID)
			}
		}
		switch len(found) {
		case 0:
			return nil, fmt.Errorf("nessuna stampa con l'ID %s: «raccordo print jobs» le elenca", b)
		case 1:
			ids = append(ids, found[0])
		default:
			return nil, fmt.Errorf("più stampe cominciano per %s: indicarne altre cifre", b)
		}
	}
	return ids, nil
}
