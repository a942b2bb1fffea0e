package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

type sendCommand struct {
	File  string `arg:"" help:"File JSON: un elenco di ricette, o un oggetto con «prescriptions» e, per un sostituto, «titolare». Con - lo standard input."`
	Later bool   `help:"Le conserva per più tardi: partono con «raccordo outbox retry»."`
	JSON  bool   `help:"Stampa in JSON."`
}

// Run ends with 2 when not every prescription went where it was to go.
func (c sendCommand) Run() error {
	in := io.Reader(os.Stdin)
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	return c.send(in, os.Stdout, os.Stderr, converse)
}

// mostInOne is how many prescriptions one request may carry.
const mostInOne = 100

// talker asks one question and passes on the events that come before its answer.
type talker func(method string, params, result any, heard func(event string, params json.RawMessage) error) error

func (c sendCommand) send(in io.Reader, out, aside io.Writer, talk talker) error {
	whole, err := readPrescriptions(in)
	if err != nil {
		return err
	}
	want := wire.Sent
	if c.Later {
		whole.Mode, want = "later", wire.Draft
	}
	all := wire.SendResult{Results: []wire.PrescriptionResult{}}
	for list := range slices.Chunk(whole.Prescriptions, mostInOne) {
		part := whole
		part.Prescriptions = list
		var r wire.SendResult
		if err := talk("prescription.send", part, &r, hear(aside)); err != nil {
			return err
		}
		all.Results = append(all.Results, r.Results...)
		if !c.JSON {
			for _, one := range r.Results {
				if err := writeLines(out, resultLines(one.ClientID, one)...); err != nil {
					return err
				}
			}
		}
	}
	if c.JSON {
		if err := writeJSON(out, all); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(all.Results, func(r wire.PrescriptionResult) bool { return r.State != want }) {
		return exit{code: 2}
	}
	return nil
}

// hear writes how far a batch has come.
func hear(aside io.Writer) func(string, json.RawMessage) error {
	return func(event string, params json.RawMessage) error {
		var b wire.BatchProgress
		if event != wire.EventBatch {
			return nil
		}
		if err := json.Unmarshal(params, &b); err != nil {
			return err
		}
		text := fmt.Sprintf("%d di %d", b.Done, b.Total)
		if b.Paused != "" {
			m := texts.Of(b.Paused)
			text = "In pausa: " + m.Text + " " + m.Remedy
		}
		return writeLines(aside, text)
	}
}

// readPrescriptions takes a list, or the params of prescription.send. A
// misspelt field is an error that names it: it must not be silently lost.
func readPrescriptions(in io.Reader) (wire.SendParams, error) {
	var p wire.SendParams
	text, err := io.ReadAll(in)
	if err != nil {
		return p, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		err = dec.Decode(&p.Prescriptions)
	} else {
		err = dec.Decode(&p)
	}
	if err == nil && dec.More() {
		err = errors.New("dopo l'elenco c'è altro")
	}
	if err != nil {
		return p, fmt.Errorf("il file non è un elenco di ricette: %w", err)
	}
	if len(p.Prescriptions) == 0 {
		return p, errors.New("il file non contiene ricette")
	}
	for i, rx := range p.Prescriptions {
		if rx.ClientID == "" {
			return p, fmt.Errorf("ricetta %d: manca client_id, il nome che impedisce di inviarla due volte", i+1)
		}
	}
	return p, nil
}
