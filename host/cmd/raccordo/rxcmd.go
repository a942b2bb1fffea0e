package main

import (
	"io"
	"os"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

type prescriptionCommand struct {
	View   rxViewCommand   `cmd:"" help:"Mostra una ricetta come la regione la conosce."`
	Verify rxVerifyCommand `cmd:"" help:"Dice se una ricetta è valida e se è visibile nel FSE."`
	Cancel rxCancelCommand `cmd:"" help:"Annulla una ricetta non ancora erogata."`
	List   rxListCommand   `cmd:"" help:"Elenca le ricette del medico presso la regione."`
}

// rxOne names one prescription.
type rxOne struct {
	NRE  string `arg:"" name:"nre" help:"Numero della ricetta."`
	JSON bool   `help:"Stampa in JSON."`
}

func (c rxOne) params() (wire.NREParams, error) {
	p := wire.NREParams{NRE: plainNRE(c.NRE)}
	if len(p.NRE) != 15 {
		return p, errNoNRE
	}
	return p, nil
}

// about asks one method about one prescription and writes the answer.
func about[R any](c rxOne, ask asker, out io.Writer, method string, words func(R) []string) error {
	p, err := c.params()
	if err != nil {
		return err
	}
	var r R
	if err := ask(method, p, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	return writeLines(out, words(r)...)
}

type rxViewCommand struct{ rxOne }

func (c rxViewCommand) Run() error {
	return about(c.rxOne, ask, os.Stdout, "prescription.view", viewLines)
}

type rxVerifyCommand struct{ rxOne }

func (c rxVerifyCommand) Run() error {
	return about(c.rxOne, ask, os.Stdout, "prescription.verify", verifyLines)
}

type rxCancelCommand struct{ rxOne }

func (c rxCancelCommand) Run() error {
	return about(c.rxOne, ask, os.Stdout, "prescription.cancel", cancelLines)
}

func cancelLines(r wire.CancelResult) []string {
	return append([]string{"NRE " + r.NRE + ": annullata"}, noticeLines("  Avviso: ", r.Warnings)...)
}

type rxListCommand struct {
	Patient string `help:"Solo dell'assistito con questo codice fiscale." placeholder:"CODICE-FISCALE"`
	Type    string `help:"Solo farmaci (F) o specialistica (P)." enum:"F,P," default:""`
	From    string `help:"Dal giorno (AAAA-MM-GG); senza, 30 giorni fa."`
	To      string `help:"Al giorno (AAAA-MM-GG); senza, oggi."`
	JSON    bool   `help:"Stampa in JSON."`
}

func (c rxListCommand) Run() error { return c.list(ask, os.Stdout, time.Now()) }

func (c rxListCommand) list(ask asker, out io.Writer, now time.Time) error {
	now = now.In(ricetta.Rome())
	p := wire.ListParams{CodiceAssistito: c.Patient, TipoPrescrizione: c.Type, From: c.From, To: c.To}
	if p.From == "" {
		p.From = now.AddDate(0, 0, -30).Format(time.DateOnly)
	}
	if p.To == "" {
		p.To = now.Format(time.DateOnly)
	}
	var r wire.ListResult
	if err := ask("prescription.list", p, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	if len(r.Prescriptions) == 0 {
		return writeLines(out, "Nessuna ricetta.")
	}
	lines := make([]string, len(r.Prescriptions))
	for i, x := range r.Prescriptions {
		lines[i] = listedLine(x)
	}
	return writeLines(out, lines...)
}

type syncCommand struct {
	CodiceFiscale string `arg:"" name:"codice-fiscale" help:"Codice fiscale dell'assistito."`
	TS            string `name:"ts" help:"Ultime 5 cifre della tessera sanitaria, per l'assistito di un altro medico." placeholder:"CIFRE"`
	JSON          bool   `help:"Stampa in JSON."`
}

func (c syncCommand) Run() error { return c.sync(ask, os.Stdout) }

func (c syncCommand) sync(ask asker, out io.Writer) error {
	var r wire.SyncResult
	if err := ask("patient.sync", wire.SyncParams{CodiceFiscale: c.CodiceFiscale, TSLast5: c.TS}, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	return writeLines(out, patientLines(r)...)
}
