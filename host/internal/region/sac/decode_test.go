package sac

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "risposte", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// told are notices with the remedies of their codes.
func told(list ...wire.Notice) []wire.Notice {
	ricetta.FillRemedies(list)
	return append([]wire.Notice{}, list...)
}

func TestDecodeSend(t *testing.T) {
	none := []wire.Notice{}
	tests := []struct {
		file string
		want ricetta.Receipt
	}{
		{"invio-accettato.xml", ricetta.Receipt{NRE: "0900A0000004200", CodAutenticazione: "221120261820000000000000000001", InsertedAt: "2026-11-22 18:20:00",
			Outcome: "0000", Warnings: none, Errors: none, Promemoria: []byte("%PDF-1.4\n%prova\n%%EOF\n")}},
		{"invio-segnalazioni.xml", ricetta.Receipt{NRE: "0900A0000004200", CodAutenticazione: "221120261820000000000000000002", InsertedAt: "2026-11-22 18:20:00",
			Outcome: "0001", Errors: none, Warnings: told(wire.Notice{Code: "1024", Text: "Carattere di controllo"}, wire.Notice{Code: "1199", Item: 2, Text: "Senza gravità"},
				wire.Notice{Code: "0196", Text: "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE"})}},
		{"invio-rifiutato.xml", ricetta.Receipt{Outcome: "9999", Warnings: told(wire.Notice{Code: "1024", Text: "Carattere di controllo"}),
			Errors: told(wire.Notice{Code: "1233", Item: 1, Text: "Diagnosi mancante"}, wire.Notice{Code: "1020", Text: "ASL del medico errata"})}},
		{"invio-promemoria-rotto.xml", ricetta.Receipt{NRE: "0900A0000004200", CodAutenticazione: "221120261820000000000000000003", Outcome: "0000", Errors: none,
			Warnings: []wire.Notice{{Field: "promemoria", Text: "Il promemoria restituito dalla Regione non è leggibile: la ricetta è valida, scaricare il promemoria dal portale regionale."}}}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got, err := DecodeSend(sample(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if got.Accepted() != (tt.want.CodAutenticazione != "") {
				t.Error("accepted:", got.Accepted())
			}
			for _, n := range append(got.Errors, got.Warnings...) {
				if n.Remedy == "" && n.Code != "1199" && n.Code != "" {
					t.Errorf("%s has no remedy", n.Code)
				}
			}
		})
	}
}

func TestRefusesWhatIsNotAnAnswer(t *testing.T) {
	ok := string(sample(t, "invio-accettato.xml"))
	tests := []struct{ name, body string }{
		{"empty", ""},
		{"spaces", "  \n"},
		{"html", "<html><body>manutenzione</body></html>"},
		{"not XML", "ok"},
		{"cut", ok[:len(ok)-40]},
		{"DTD", `<!DOCTYPE x [<!ENTITY a "b">]>` + strings.TrimPrefix(ok, `<?xml version="1.0" encoding="UTF-8"?>`)},
		{"entity", strings.Replace(ok, "VERDI", "&verdi;", 1)},
		{"soap 1.2", strings.ReplaceAll(ok, nsEnvelope, "http://www.w3.org/2003/05/soap-envelope")},
		{"other namespace", strings.ReplaceAll(ok, nsSendAnswer, nsViewAnswer)},
		{"no outcome", strings.Replace(ok, "<codEsitoInserimento>0000</codEsitoInserimento>", "", 1)},
		{"odd outcome", strings.Replace(ok, "<codEsitoInserimento>0000</codEsitoInserimento>", "<codEsitoInserimento>OK</codEsitoInserimento>", 1)},
		{"deep", strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)},
		{"wide", "<a>" + strings.Repeat("<b/>", maxNodes) + "</a>"},
		{"two roots", ok + "<a/>"},
		{"unknown charset", strings.Replace(ok, "UTF-8", "EBCDIC", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r, err := DecodeSend([]byte(tt.body)); !errors.Is(err, ErrAnswer) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func TestLatin1(t *testing.T) {
	body := strings.Replace(string(sample(t, "invio-accettato.xml")), "UTF-8", "ISO-8859-1", 1)
	body = strings.Replace(body, "<ns2:codice>0199", "<ns2:codice>0999", 1)
	body = strings.Replace(body, "COGNOME_MEDICO=VERDI", "citt\xe0", 1)
	got, err := DecodeSend([]byte(body))
	if err != nil || len(got.Warnings) != 1 || got.Warnings[0].Text != "città" {
		t.Errorf("%+v, %v", got.Warnings, err)
	}
}
