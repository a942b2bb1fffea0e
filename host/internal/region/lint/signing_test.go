package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region/lint"
)

// TestSigningLines: each of several services has its own lines.
func TestSigningLines(t *testing.T) {
	p := newPractice(t)
	text := good + `[signature]
trust = ["elenco.xml"]
ca = ["firma.crt"]
[[signature.remote]]
id = "uno"
name = "Uno"
kind = "csc"
url = "http://firma.example/csc/v1"
[signature.remote.paths]
"credentials/elenco" = "GET credentials"
[[signature.remote]]
id = "uno"
kind = "arss"
url = "https://firma.example/arss"
otp_domain = "prova"
`
	line := strings.Count(good, "\n")
	want := []lint.Finding{
		{Line: line + 3, Text: "firma.crt: il file non c'è (autorità dei servizi di firma)"},
		{Line: line + 8, Text: `signature.remote[1].url è "http://firma.example/csc/v1": serve un indirizzo https senza utente, parametri (?) e frammento (#)`},
		{Line: line + 9, Text: `signature.remote[1].paths è "credentials/elenco": questa versione conosce solo info, auth/login, auth/revoke, credentials/list, credentials/info, credentials/authorize, credentials/authorizeCheck, credentials/sendOTP, credentials/getChallenge, credentials/extendTransaction, signatures/signHash, signatures/signPolling`},
		{Line: line + 11, Text: "signature.remote[2].name manca: senza, il profilo non funziona (se può darlo solo la Regione, status = \"adhesion\")"},
		{Line: line + 12, Text: `signature.remote[2].id: "uno" è già il nome di un altro servizio`},
	}
	r := p.check(text)
	if d := cmp.Diff(want, r.Faults); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]lint.Finding{{Line: line + 2, Text: "elenco.xml: il file non si legge: non esiste; le firme che si fondano su di esso non risulteranno affidabili"}}, r.Warnings); d != "" {
		t.Error(d)
	}
	p.write("firma.crt", string(p.ca.PEM()))
	p.write("elenco.xml", "<x/>")
	text = strings.NewReplacer("http://", "https://", "credentials/elenco", "credentials/list", "id = \"uno\"\nkind", "id = \"due\"\nname = \"Due\"\nkind").Replace(text)
	if r := p.check(text); r.Outcome() != lint.Complete || len(r.Warnings) != 0 || len(r.Certificates) != 3 {
		t.Errorf("%+v", r)
	}
}
