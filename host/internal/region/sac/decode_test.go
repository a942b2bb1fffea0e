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

func TestDecodeSend(t *testing.T) {
	none := []wire.Notice{}
	tests := []struct {
		file string
		want ricetta.Receipt
	}{
		{"invio-accettato.xml", ricetta.Receipt{NRE: "0900A0000004200", CodAutenticazione: "221120261820000000000000000001", InsertedAt: "2026-11-22 18:20:00",
			Outcome: "0000", Warnings: none, Errors: none, Promemoria: []byte("%PDF-1.4\n%prova\n%%EOF\n")}},
		{"invio-segnalazioni.xml", ricetta.Receipt{NRE: "0900A0000004200", CodAutenticazione: "221120261820000000000000000002", InsertedAt: "2026-11-22 18:20:00",
			Outcome: "0001", Errors: none, Warnings: []wire.Notice{{Code: "1024", Text: "Carattere di controllo"}, {Code: "1199", Item: 2, Text: "Senza gravità"},
				{Code: "0196", Text: "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE"}}}},
		{"invio-rifiutato.xml", ricetta.Receipt{Outcome: "9999", Warnings: []wire.Notice{{Code: "1024", Text: "Carattere di controllo"}},
			Errors: []wire.Notice{{Code: "1233", Item: 1, Text: "Diagnosi mancante"}, {Code: "1020", Text: "ASL del medico errata"}}}},
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
		})
	}
}

func TestDecodeView(t *testing.T) {
	got, err := DecodeView(sample(t, "visualizza.xml"))
	if err != nil {
		t.Fatal(err)
	}
	want := ViewAnswer{Outcome: "0000", Errors: []wire.Notice{}, Result: wire.ViewResult{
		NRE: "0900A0000004200", State: "3", StateText: "Da erogare", CodAutenticazione: "221120261820000000000000000001",
		InsertedAt: "2026-11-22 18:20:00", CompiledAt: "2026-11-22 18:19:58", TipoPrescrizione: "F", CognomeNome: "BIANCHI LUCIA", CodEsenzione: "031", Diagnosi: "401.9",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Note: "a stomaco pieno", NonSostituibile: true, CodMotivazione: "1", Quantita: 2}},
		Warnings: []wire.Notice{},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	gone, err := DecodeView(sample(t, "visualizza-sconosciuta.xml"))
	if err != nil || gone.Outcome != "9999" || len(gone.Errors) != 1 || gone.Errors[0].Code != CodeUnknownNRE {
		t.Errorf("unknown number: %+v, %v", gone, err)
	}
}

func TestDecodeCancelAndLot(t *testing.T) {
	c, err := DecodeCancel(sample(t, "annulla.xml"))
	if d := cmp.Diff(CancelAnswer{"0900A0000004200", "0000", []wire.Notice{}, []wire.Notice{}}, c); d != "" || err != nil {
		t.Error(d, err)
	}
	lot, cf, notice, err := DecodeLot(sample(t, "lotto.xml"))
	if lot != (ricetta.Lot{Region: "090", Rag: "0A", Kind: "0", Code: "0000042"}) || cf != "VRDGLI75C41X000S" || notice.Code != "00" || err != nil {
		t.Error(lot, cf, notice, err)
	}
}

func TestFault(t *testing.T) {
	_, err := DecodeSend(sample(t, "fault.xml"))
	var f *Fault
	if !errors.As(err, &f) || !f.Client() || f.Code != "Client" || !strings.Contains(f.Text, "cvc-simple-type") {
		t.Errorf("fault %+v, error %v", f, err)
	}
	if strings.Contains(err.Error(), "12") {
		t.Error("the fault's text, which may quote the request, is in the error:", err)
	}
	server := strings.Replace(string(sample(t, "fault.xml")), "soapenv:Client", "env:Server", 1)
	if _, err := DecodeView([]byte(server)); !errors.As(err, &f) || f.Client() {
		t.Errorf("server fault %+v, error %v", f, err)
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

func FuzzAnswers(f *testing.F) {
	for _, name := range []string{"invio-accettato.xml", "invio-segnalazioni.xml", "invio-rifiutato.xml", "visualizza.xml", "annulla.xml", "lotto.xml", "fault.xml"} {
		f.Add(sample(f, name))
	}
	f.Add([]byte("<a"))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, sendErr := DecodeSend(body)
		_, viewErr := DecodeView(body)
		_, cancelErr := DecodeCancel(body)
		lot, _, _, lotErr := DecodeLot(body)
		if lotErr == nil && lot != (ricetta.Lot{}) && lot.Size() == 0 {
			t.Fatalf("impossible lot %+v", lot)
		}
		for _, err := range []error{sendErr, viewErr, cancelErr, lotErr} {
			var fault *Fault
			if err != nil && !errors.Is(err, ErrAnswer) && !errors.As(err, &fault) {
				t.Fatalf("untyped error %v", err)
			}
		}
	})
}
