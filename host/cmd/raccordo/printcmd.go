package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

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
	Once    string   `help:"Nome di questa richiesta: ripetuta con lo stesso nome entro un giorno non viene stampata due volte." placeholder:"NOME"`
	Preview string   `help:"Non stampa: scrive in questo file PNG il primo foglio come uscirebbe." placeholder:"FILE"`
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
		return c.hand(talk, out, []wire.PrintItem{{Kind: "promemoria", NRE: nre, ClientID: c.name(nre), Copies: c.Copies}})
	}
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	if c.Preview != "" && len(files) > 1 {
		return errors.New("--preview: indicare un file solo")
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
		items = append(items, wire.PrintItem{Kind: "document", Profile: wire.SheetKind(c.Profile), Document: handle, Name: filepath.Base(f), ClientID: c.name(f), Copies: c.Copies})
		if err != nil {
			return err
		}
	}
	return c.hand(talk, out, items)
}

// name is the request's own name of a file, empty where it has none.
func (c printSheetsCommand) name(file string) string {
	if c.Once == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(c.Once + "\n" + file))
	return hex.EncodeToString(sum[:])
}

func (c printSheetsCommand) hand(talk talker, out io.Writer, items []wire.PrintItem) error {
	if c.Preview != "" {
		return c.preview(talk, out, items[0])
	}
	var r wire.PrintResult
	if err := talk("print", wire.PrintParams{Items: items}, &r, deaf); err != nil {
		return err
	}
	return writeJobs(out, r.Jobs, c.JSON)
}

// preview writes the picture of a sheet.
func (c printSheetsCommand) preview(talk talker, out io.Writer, item wire.PrintItem) error {
	var r wire.PreviewResult
	if err := talk("print.preview", wire.PreviewParams{Item: item}, &r, deaf); err != nil {
		return err
	}
	picture, err := base64.StdEncoding.DecodeString(r.PNG)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Preview, picture, 0o600); err != nil {
		return err
	}
	return writeLines(out, append([]string{fmt.Sprintf("%s: foglio %d di %d", c.Preview, r.Page, r.Pages)}, noticeLines("  Avviso: ", r.Notices)...)...)
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
