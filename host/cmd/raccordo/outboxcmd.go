package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"raccordo/host/internal/wire"
)

type outboxCommand struct {
	List    outboxListCommand    `cmd:"" default:"withargs" help:"Elenca le ricette in carico e perché attendono."`
	Retry   outboxRetryCommand   `cmd:"" help:"Invia adesso; senza ID, tutte."`
	Discard outboxDiscardCommand `cmd:"" help:"Rinuncia alle ricette indicate: quelle di esito ignoto vengono annullate in regione."`
	Resolve outboxResolveCommand `cmd:"" help:"Dice se una ricetta, di cui la regione non conosce l'esito, c'è o no."`
}

type outboxListCommand struct {
	JSON bool `help:"Stampa in JSON."`
}

func (c outboxListCommand) Run() error { return c.list(ask, os.Stdout) }

func (c outboxListCommand) list(ask asker, out io.Writer) error {
	var r wire.OutboxResult
	if err := ask("outbox.list", wire.OutboxParams{}, &r); err != nil {
		return err
	}
	return writeEntries(out, r, c.JSON)
}

func writeEntries(out io.Writer, r wire.OutboxResult, json bool) error {
	if json {
		return writeJSON(out, r)
	}
	if len(r.Entries) == 0 {
		return writeLines(out, "Nessuna ricetta in carico.")
	}
	for _, e := range r.Entries {
		if err := writeLines(out, entryLines(e)...); err != nil {
			return err
		}
	}
	return nil
}

type outboxRetryCommand struct {
	ID   []string `arg:"" optional:"" help:"ID della ricetta, o il suo inizio."`
	JSON bool     `help:"Stampa in JSON."`
}

func (c outboxRetryCommand) Run() error {
	return changeEntries(ask, os.Stdout, "outbox.retry", c.ID, c.JSON)
}

type outboxDiscardCommand struct {
	ID   []string `arg:"" help:"ID della ricetta, o il suo inizio."`
	JSON bool     `help:"Stampa in JSON."`
}

func (c outboxDiscardCommand) Run() error {
	return changeEntries(ask, os.Stdout, "outbox.discard", c.ID, c.JSON)
}

func changeEntries(ask asker, out io.Writer, method string, ids []string, json bool) error {
	full, err := fullIDs(ask, ids)
	if err != nil {
		return err
	}
	var r wire.OutboxResult
	if err := ask(method, wire.OutboxParams{IDs: full}, &r); err != nil {
		return err
	}
	return writeEntries(out, r, json)
}

type outboxResolveCommand struct {
	ID      string `arg:"" help:"ID della ricetta, o il suo inizio."`
	Absent  bool   `help:"In regione non c'è: viene inviata." xor:"word" required:""`
	Present string `help:"In regione c'è, con questo NRE." placeholder:"NRE" xor:"word" required:""`
	JSON    bool   `help:"Stampa in JSON."`
}

func (c outboxResolveCommand) Run() error { return c.resolve(ask, os.Stdout) }

func (c outboxResolveCommand) resolve(ask asker, out io.Writer) error {
	full, err := fullIDs(ask, []string{c.ID})
	if err != nil {
		return err
	}
	p := wire.ResolveParams{ID: full[0], Decision: "absent"}
	if c.Present != "" {
		p.Decision, p.NRE = "present", plainNRE(c.Present)
	}
	var r wire.OutboxResult
	if err := ask("outbox.resolve", p, &r); err != nil {
		return err
	}
	return writeEntries(out, r, c.JSON)
}

// fullIDs completes what a person typed of the names of entries.
func fullIDs(ask asker, typed []string) ([]string, error) {
	if len(typed) == 0 {
		return nil, nil
	}
	var r wire.OutboxResult
	if err := ask("outbox.list", wire.OutboxParams{}, &r); err != nil {
		return nil, err
	}
	full := make([]string, 0, len(typed))
	for _, start := range typed {
		found := ""
		for _, e := range r.Entries {
			switch {
			case start == "" || !strings.HasPrefix(e.ID, strings.ToLower(start)):
			case found != "":
				return nil, fmt.Errorf("%q è l'inizio di più ID: scriverlo più lungo", start)
			default:
				found = e.ID
			}
		}
		if found == "" {
			return nil, fmt.Errorf("nessuna ricetta in carico ha l'ID %q", start)
		}
		full = append(full, found)
	}
	return full, nil
}

// plainNRE takes out what people put into a number to read it.
func plainNRE(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(s))
}

// errNoNRE: the schema would refuse it, in fewer words.
var errNoNRE = errors.New("l'NRE ha 15 caratteri, per esempio 0900A4000000001")
