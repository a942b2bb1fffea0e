package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

type printCommand struct {
	Sheets printSheetsCommand `cmd:"" default:"withargs" help:"Stampa PDF, o il promemoria di una ricetta, senza finestre."`
	Jobs   printJobsCommand   `cmd:"" help:"Elenca le stampe dell'ultimo giorno e perché attendono."`
	Cancel printCancelCommand `cmd:"" help:"Annulla le stampe indicate."`
	Again  printAgainCommand  `cmd:"" help:"Stampa di nuovo."`
}

type printSheetsCommand struct {
	NRE     string   `name:"nre" help:"Stampa il promemoria della ricetta con questo numero." placeholder:"NRE"`
	Profile string   `enum:"rossa,bianca,promemoria" default:"bianca" help:"Profilo con cui stampare i file: rossa, bianca, promemoria."`
	Copies  int      `help:"Copie; altrimenti quelle del profilo." placeholder:"N"`
	JSON    bool     `help:"Stampa in JSON."`
	Files   []string `arg:"" optional:"" help:"PDF da stampare; sono ammessi i modelli (*.pdf)."`
}

// Run ends with 2 when a sheet did not reach its printer.
func (c printSheetsCommand) Run() error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	return c.print(over(conn), os.Stdout)
}

func (c printSheetsCommand) print(talk talker, out io.Writer) error {
	if (c.NRE == "") == (len(c.Files) == 0) {
		return errors.New("indicare i PDF da stampare, oppure il numero di una ricetta con --nre")
	}
	if c.NRE != "" {
		nre := plainNRE(c.NRE)
		if len(nre) != 15 {
			return errNoNRE
		}
		return c.hand(talk, out, []wire.PrintItem{{Kind: "promemoria", NRE: nre, Copies: c.Copies}})
	}
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	var wrong error
	for part := range slices.Chunk(files, printBatch) {
		err := c.files(talk, out, part)
		var ended exit
		if err != nil && !errors.As(err, &ended) {
			return err
		}
		wrong = errors.Join(wrong, err)
	}
	return wrong
}

// printBatch is how many files one request has: the agent keeps them until it is answered.
const printBatch = 20

func (c printSheetsCommand) files(talk talker, out io.Writer, files []string) error {
	var items []wire.PrintItem
	defer func() {
		for _, item := range items {
			letGo(talk, item.Document)
		}
	}()
	for _, f := range files {
		handle, err := handIn(talk, f)
		items = append(items, wire.PrintItem{Kind: "document", Profile: wire.SheetKind(c.Profile), Document: handle, Name: filepath.Base(f), Copies: c.Copies})
		if err != nil {
			return err
		}
	}
	return c.hand(talk, out, items)
}

func (c printSheetsCommand) hand(talk talker, out io.Writer, items []wire.PrintItem) error {
	var r wire.PrintResult
	if err := talk("print", wire.PrintParams{Items: items}, &r, deaf); err != nil {
		return err
	}
	return writeJobs(out, r.Jobs, c.JSON)
}

// writeJobs ends with 2 when one of them failed.
func writeJobs(out io.Writer, jobs []wire.PrintJob, json bool) error {
	if json {
		if err := writeJSON(out, jobs); err != nil {
			return err
		}
	} else if len(jobs) == 0 {
		return writeLines(out, "Nessuna stampa.")
	}
	for _, j := range jobs {
		if json {
			break
		}
		if err := writeLines(out, jobLines(j)...); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(jobs, func(j wire.PrintJob) bool { return j.State == wire.PrintFailed }) {
		return exit{code: 2}
	}
	return nil
}

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
