package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// scripted answers the methods of answers, and keeps what was asked.
func scripted(answers map[string]any, asked *[]string) asker {
	return func(method string, params, result any) error {
		p, err := json.Marshal(params)
		if err != nil {
			return err
		}
		*asked = append(*asked, method+" "+string(p))
		if fault, ok := answers[method].(error); ok {
			return fault
		}
		body, err := json.Marshal(answers[method])
		if err != nil {
			return err
		}
		return json.Unmarshal(body, result)
	}
}

const (
	nre = "0900A4000000001"
	cf  = "RSSMRC82H15X003K"
)

var waiting = wire.OutboxResult{Entries: []wire.OutboxEntry{
	{ID: "aa11bb22cc33dd44", Doctor: "VRDGLI75C41X000D", CodiceAssistito: cf, CognomeNome: "ROSSI MARCO", TipoPrescrizione: "F", Description: "AMOXICILLINA 12CPR", Since: "2026-11-23T08:00:00+01:00",
		PrescriptionResult: wire.PrescriptionResult{State: wire.Queued, NextAttempt: "2026-11-23T08:05:00+01:00", Problem: wire.NewError(wire.ErrRegionDown, "")}},
	{ID: "aa11ff0000000000", Doctor: "VRDGLI75C41X000D", TipoPrescrizione: "P", Since: "2026-11-23T08:01:00+01:00", Decide: true,
		PrescriptionResult: wire.PrescriptionResult{State: wire.Unknown, Problem: wire.NewError(wire.ErrRxUnclear, "")}},
	{ID: "bb00000000000000", Doctor: "VRDGLI75C41X000D", TipoPrescrizione: "F", Since: "2026-11-23T08:02:00+01:00",
		PrescriptionResult: wire.PrescriptionResult{State: wire.Refused, Errors: []wire.Notice{{Code: "1024", Field: "codiceAss", Item: 1, Text: "Codice fiscale errato", Remedy: "Correggere il codice fiscale."}}}},
}}

func TestOutboxText(t *testing.T) {
	var asked []string
	var out bytes.Buffer
	if err := (outboxListCommand{}).list(scripted(map[string]any{"outbox.list": waiting}, &asked), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"aa11bb22cc · farmaci · ROSSI MARCO " + cf + " · AMOXICILLINA 12CPR: in attesa, nuovo tentativo 23/11/2026 08:05\n",
		"  presa in carico 23/11/2026 08:00, medico VRDGLI75C41X000D\n",
		"aa11ff0000 · specialistica: esito ignoto\n", "«raccordo outbox resolve aa11ff0000 --absent»",
		"bb00000000 · farmaci: in errore\n  voce 1: Codice fiscale errato [1024 codiceAss]\n    Correggere il codice fiscale.\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := (outboxListCommand{}).list(scripted(map[string]any{"outbox.list": wire.OutboxResult{}}, &asked), &out); err != nil || out.String() != "Nessuna ricetta in carico.\n" {
		t.Errorf("%v %q", err, out.String())
	}
	out.Reset()
	if err := (outboxListCommand{JSON: true}).list(scripted(map[string]any{"outbox.list": waiting}, &asked), &out); err != nil {
		t.Fatal(err)
	}
	var back wire.OutboxResult
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(waiting, back); diff != "" {
		t.Error(diff)
	}
}

func TestOutboxIDs(t *testing.T) {
	none := map[string]any{"outbox.list": waiting, "outbox.retry": wire.OutboxResult{}, "outbox.discard": wire.OutboxResult{}, "outbox.resolve": wire.OutboxResult{}}
	rows := map[string]struct {
		do   func(asker) error
		want string // the last question, or the error
	}{
		"retry all": {func(a asker) error { return changeEntries(a, new(bytes.Buffer), "outbox.retry", nil, false) }, `outbox.retry {}`},
		"retry one": {func(a asker) error { return changeEntries(a, new(bytes.Buffer), "outbox.retry", []string{"BB"}, false) }, `outbox.retry {"ids":["bb00000000000000"]}`},
		"discard two": {func(a asker) error {
			return changeEntries(a, new(bytes.Buffer), "outbox.discard", []string{"bb", "aa11b"}, true)
		}, `outbox.discard {"ids":["bb00000000000000","aa11bb22cc33dd44"]}`},
		"ambiguous": {func(a asker) error {
			return changeEntries(a, new(bytes.Buffer), "outbox.retry", []string{"aa11"}, false)
		}, `"aa11" è l'inizio di più ID: scriverlo più lungo`},
		"none such": {func(a asker) error { return changeEntries(a, new(bytes.Buffer), "outbox.retry", []string{"cc"}, false) }, `nessuna ricetta in carico ha l'ID "cc"`},
		"empty":     {func(a asker) error { return changeEntries(a, new(bytes.Buffer), "outbox.discard", []string{""}, false) }, `nessuna ricetta in carico ha l'ID ""`},
		"resolve absent": {func(a asker) error {
			return outboxResolveCommand{ID: "aa11f", Absent: true}.resolve(a, new(bytes.Buffer))
		}, `outbox.resolve {"id":"aa11ff0000000000","decision":"absent"}`},
		"resolve present": {func(a asker) error {
			return outboxResolveCommand{ID: "aa11f", Present: "0900a 4000000001"}.resolve(a, new(bytes.Buffer))
		}, `outbox.resolve {"id":"aa11ff0000000000","decision":"present","nre":"` + nre + `"}`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var asked []string
			got := ""
			if err := row.do(scripted(none, &asked)); err != nil {
				got = err.Error()
			} else {
				got = asked[len(asked)-1]
			}
			if got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestPrescriptionCommands(t *testing.T) {
	answers := map[string]any{
		"prescription.view": wire.ViewResult{NRE: nre, StateText: "Da erogare", CodAutenticazione: "123", CompiledAt: "2026-11-23 08:00:00", TipoPrescrizione: "F", CognomeNome: "ROSSI MARCO",
			Dettagli: []wire.PrescriptionItem{{Quantita: 2, CodProdPrest: "020096020", DescrProdPrest: "AMOXICILLINA"}, {Quantita: 1, DescrGruppoEquival: "GRUPPO"}}},
		"prescription.verify": wire.VerifyResult{NRE: nre, StateText: "Da erogare", Valid: true, ExpiresOn: "2026-12-23", FSE: "visible", FSESince: "2026-11-23T08:00:10+01:00"},
		"prescription.cancel": wire.CancelResult{NRE: nre, Warnings: []wire.Notice{{Text: "Nota"}}},
		"prescription.list":   wire.ListResult{Prescriptions: []wire.ListedPrescription{{NRE: nre, TipoPrescrizione: "P", CompiledAt: "2026-11-23 08:00:00", CodiceAssistito: cf, Web: true}}},
		"patient.sync": wire.SyncResult{SyncedAt: "2026-11-23T08:00:00+01:00", Demographics: wire.Demographics{CodiceFiscale: cf, Surname: "ROSSI", Name: "MARCO", Sex: "M", BirthDate: "1982-06-15", BirthPlace: "PROVA", Address: "VIA A 1", Town: "FIRENZE", Province: "FI", CAP: "50100", ASL: "090201", Doctor: "VRDGLI75C41X000D", CardExpiry: "2029-11-02"},
			Exemptions: []wire.Exemption{{Code: "E01", Description: "Reddito", From: "2024-03-01", To: "2027-03-31"}}, Problem: wire.NewError(wire.ErrPinCode, "")},
	}
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	rows := map[string]struct {
		do          func(asker, *bytes.Buffer) error
		asked, said string
	}{
		"view": {func(a asker, out *bytes.Buffer) error {
			return about(rxOne{NRE: "0900a-4000000001"}, a, out, "prescription.view", viewLines)
		}, `prescription.view {"nre":"` + nre + `"}`,
			"NRE " + nre + ": Da erogare\n  codice autenticazione: 123\n  compilata: 23/11/2026 08:00\n  tipo: farmaci\n  assistito: ROSSI MARCO\n  2 × 020096020 AMOXICILLINA\n  1 ×  GRUPPO\n"},
		"verify": {func(a asker, out *bytes.Buffer) error {
			return about(rxOne{NRE: nre}, a, out, "prescription.verify", verifyLines)
		}, `prescription.verify {"nre":"` + nre + `"}`,
			"NRE " + nre + ": valida fino al 23/12/2026 – Da erogare\n  visibile nel FSE dal 23/11/2026 08:00\n"},
		"cancel": {func(a asker, out *bytes.Buffer) error {
			return about(rxOne{NRE: nre}, a, out, "prescription.cancel", cancelLines)
		}, `prescription.cancel {"nre":"` + nre + `"}`, "NRE " + nre + ": annullata\n  Avviso: Nota\n"},
		"list": {func(a asker, out *bytes.Buffer) error {
			return rxListCommand{Patient: cf}.list(a, out, now)
		}, `prescription.list {"codice_assistito":"` + cf + `","from":"2026-10-24","to":"2026-11-23"}`,
			nre + "  23/11/2026 08:00  specialistica · " + cf + " · dal sito di Sistema TS\n"},
		"sync": {func(a asker, out *bytes.Buffer) error {
			return syncCommand{CodiceFiscale: cf, TS: "00066"}.sync(a, out)
		},
			`patient.sync {"codice_fiscale":"` + cf + `","ts_last5":"00066"}`,
			"ROSSI MARCO, " + cf + ", M, nascita 15/06/1982 PROVA\n  VIA A 1, 50100 FIRENZE (FI), ASL 090201\n  medico VRDGLI75C41X000D, tessera sanitaria valida fino al 02/11/2029\n" +
				"Esenzione E01 dal 01/03/2024 al 31/03/2027 – Reddito\nLe ricette mancano o non sono tutte: "},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var asked []string
			var out bytes.Buffer
			if err := row.do(scripted(answers, &asked), &out); err != nil {
				t.Fatal(err)
			}
			if len(asked) != 1 || asked[0] != row.asked || !strings.HasPrefix(out.String(), row.said) {
				t.Errorf("asked %q, said\n%s", asked, out.String())
			}
		})
	}
	var asked []string
	if err := about(rxOne{NRE: "0900A"}, scripted(answers, &asked), new(bytes.Buffer), "prescription.view", viewLines); !errors.Is(err, errNoNRE) || len(asked) != 0 {
		t.Errorf("a short NRE: %v %v", err, asked)
	}
}

func TestSendFile(t *testing.T) {
	one := func(id string) string {
		return `{"client_id":"` + id + `","tipo_prescrizione":"F","tipo_visita":"A","dettagli":[]}`
	}
	var many []string
	for i := range 150 {
		many = append(many, one(fmt.Sprint(i)))
	}
	rows := map[string]struct {
		file  string
		later bool
		state wire.SendState
		calls []int // prescriptions in each request
		code  int
		want  string // in the error
	}{
		"a list":            {"[" + one("1") + "," + one("2") + "]", false, wire.Sent, []int{2}, 0, ""},
		"params":            {`{"prescriptions":[` + one("1") + `],"titolare":{"codice_fiscale":"VRDGLI75C41X000D","regione":"090","asl":"201","specializzazione":"F"}}`, false, wire.Sent, []int{1}, 0, ""},
		"for later":         {"[" + one("1") + "]", true, wire.Draft, []int{1}, 0, ""},
		"more than a batch": {"[" + strings.Join(many, ",") + "]", false, wire.Sent, []int{100, 50}, 0, ""},
		"not sent":          {"[" + one("1") + "]", false, wire.Queued, []int{1}, 2, ""},
		"a misspelt field":  {`[{"client_id":"1","quantità":1}]`, false, "", nil, 0, "quantità"},
		"no client_id":      {"[" + one("1") + "," + one("") + "]", false, "", nil, 0, "ricetta 2"},
		"nothing":           {"[]", false, "", nil, 0, "non contiene ricette"},
		"two documents":     {"[" + one("1") + "] []", false, "", nil, 0, "c'è altro"},
		"no JSON":           {"ciao", false, "", nil, 0, "non è un elenco"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var calls []int
			talk := func(method string, params, result any, heard func(string, json.RawMessage) error) error {
				p := params.(wire.SendParams)
				if method != "prescription.send" || (p.Mode == "later") != row.later {
					t.Errorf("%s %q", method, p.Mode)
				}
				calls = append(calls, len(p.Prescriptions))
				r := result.(*wire.SendResult)
				for _, rx := range p.Prescriptions {
					r.Results = append(r.Results, wire.PrescriptionResult{ClientID: rx.ClientID, State: row.state})
				}
				return heard(wire.EventBatch, json.RawMessage(`{"done":1,"total":2,"result":{}}`))
			}
			var out, aside bytes.Buffer
			err := sendCommand{Later: row.later}.send(strings.NewReader(row.file), &out, &aside, talk)
			var code exit
			switch {
			case row.want != "":
				if err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("%v, want %q", err, row.want)
				}
			case row.code != 0:
				if !errors.As(err, &code) || code.code != row.code {
					t.Errorf("%v, want exit %d", err, row.code)
				}
			case err != nil:
				t.Error(err)
			}
			if diff := cmp.Diff(row.calls, calls); diff != "" {
				t.Error(diff)
			}
			if len(row.calls) > 0 && (!strings.Contains(out.String(), "1: "+fateText(row.state)) || !strings.Contains(aside.String(), "1 di 2")) {
				t.Errorf("said %q and %q", out.String(), aside.String())
			}
		})
	}
}

func TestPausedBatchIsTold(t *testing.T) {
	var aside bytes.Buffer
	if err := hear(&aside)(wire.EventBatch, json.RawMessage(`{"paused":"session.login_needed"}`)); err != nil || !strings.HasPrefix(aside.String(), "In pausa: ") {
		t.Errorf("%v %q", err, aside.String())
	}
	aside.Reset()
	if err := hear(&aside)(wire.EventOutbox, nil); err != nil || aside.Len() != 0 {
		t.Errorf("%v %q", err, aside.String())
	}
}

// An answer that events come before.
func TestConverse(t *testing.T) {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		if _, err := frame.Read(theirs, wire.MaxFrame); err != nil {
			return
		}
		for _, a := range []string{`{"jsonrpc":"2.0","method":"batch.progress","params":{"done":1,"total":1}}`, `{"jsonrpc":"2.0","id":1,"result":{"results":[]}}`} {
			if frame.Write(theirs, []byte(a)) != nil {
				return
			}
		}
	}()
	var heard []string
	var r wire.SendResult
	err := discuss(ours, "prescription.send", wire.SendParams{}, &r, func(event string, _ json.RawMessage) error { heard = append(heard, event); return nil })
	if err != nil || r.Results == nil || len(heard) != 1 || heard[0] != wire.EventBatch {
		t.Errorf("%v %+v %v", err, r, heard)
	}
}

func TestPrescriptionCommandLine(t *testing.T) {
	for line, want := range map[string]string{
		"outbox": "outbox list", "outbox --json": "outbox list", "outbox retry": "outbox retry", "outbox retry aa bb": "outbox retry <id>", "outbox discard aa": "outbox discard <id>",
		"outbox discard": "", "outbox resolve aa --absent": "outbox resolve <id>", "outbox resolve aa --present " + nre: "outbox resolve <id>",
		"outbox resolve aa": "", "outbox resolve aa --absent --present " + nre: "",
		"prescription view " + nre: "prescription view <nre>", "prescription verify " + nre + " --json": "prescription verify <nre>", "prescription cancel " + nre: "prescription cancel <nre>",
		"prescription list --type F --from 2026-01-01": "prescription list", "prescription list --type X": "",
		"sync " + cf + " --ts 00066": "sync <codice-fiscale>", "send file.json --later": "send <file>", "send -": "send <file>", "send": "",
	} {
		parser, err := kong.New(&commands{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parser.Parse(strings.Fields(line))
		switch {
		case want == "" && err == nil:
			t.Errorf("%s was taken for %s", line, got.Command())
		case want != "" && (err != nil || got.Command() != want):
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}
