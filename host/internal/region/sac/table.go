package sac

import (
	"encoding/base64"
	"fmt"
	"strings"

	"raccordo/host/internal/wire"
)

// maxOptions is how many free options the service takes and gives.
const maxOptions = 5

// EncodeTable writes a ServiceAnagRichiesta: the operation's name is one that
// Sistema TS gives to software houses, and so are its options.
func EncodeTable(pinCode, region string, q wire.TableParams) []byte {
	return envelope("ServiceAnagRichiesta", nsTable, false, func(w *writer) {
		w.text("pinCode", pinCode)
		w.text("tipoOperazione", q.Operation)
		w.text("codiceRegione", region)
		for i, option := range q.Options[:min(len(q.Options), maxOptions)] {
			w.text(optionName(i), option)
		}
	})
}

func optionName(i int) string { return fmt.Sprintf("opzione%d", i+1) }

// TableAnswer is a ServiceAnagRicevuta.
type TableAnswer struct {
	Result  wire.TableResult
	Outcome string
	Errors  []wire.Notice
}

// DecodeTable reads a ServiceAnagRicevuta. A file that is no base64 is no
// answer; nothing depends on it yet, and half a table would mislead.
func DecodeTable(body []byte) (TableAnswer, error) {
	n, err := payload(body, "ServiceAnagRicevuta", nsTableAnswer)
	if err != nil {
		return TableAnswer{}, err
	}
	r, err := readRemarks(n, remarkNames{
		outcome: "codEsitoOperazione", list: "ElencoErroriRicette", entry: "ErroreRicetta", spaces: []string{nsTableAnswer, nsTableTypes},
	})
	if err != nil {
		return TableAnswer{}, err
	}
	get := func(name string) string { return n.value(name, nsTableAnswer, nsTableTypes) }
	csv := strings.Join(strings.Fields(get("fileCSV")), "")
	if _, err := base64.StdEncoding.DecodeString(csv); err != nil {
		return TableAnswer{}, fmt.Errorf("%w: fileCSV is not base64", ErrAnswer)
	}
	a := TableAnswer{Outcome: r.outcome, Errors: r.errors, Result: wire.TableResult{Name: get("nomefileCSV"), CSV: csv, Options: []string{}, Warnings: r.warnings}}
	last := 0
	for i := range maxOptions {
		a.Result.Options = append(a.Result.Options, get(optionName(i)))
		if a.Result.Options[i] != "" {
			last = i + 1
		}
	}
	a.Result.Options = a.Result.Options[:last]
	return a, nil
}
