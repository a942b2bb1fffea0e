package a2f

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

func envelope(name, inside string) []byte {
	return []byte(`<s:Envelope xmlns:s="` + nsEnvelope + `"><s:Body><a:` + name + ` xmlns:a="` + nsAuth + `" xmlns="` + nsTypes + `">` + inside + `</a:` + name + `></s:Body></s:Envelope>`)
}

const period = `<dataInizioValidita>2025-05-30T19:51:31.000+02:00</dataInizioValidita><dataFineValidita>2025-05-31T11:51:31.000+02:00</dataFineValidita>`

func TestDecode(t *testing.T) {
	from, to := time.Date(2025, 5, 30, 17, 51, 31, 0, time.UTC), time.Date(2025, 5, 31, 9, 51, 31, 0, time.UTC)
	for name, row := range map[string]struct {
		inside string
		want   answer
	}{
		"token": {`<a:codEsito>0</a:codEsito><a:info><chiave>emailStatus</chiave><valore>inviata</valore></a:info><a:comunicazioni><comunicazione><codice>token</codice><messaggio> ` + someToken + "\n" + `</messaggio></comunicazione><comunicazione><codice>working-mode</codice><messaggio>TEST</messaggio></comunicazione></a:comunicazioni>`,
			answer{done: true, token: someToken, info: map[string]string{"emailStatus": "inviata"}}},
		"types and service mixed up": {`<codEsito>1</codEsito><errori><a:errore><a:tipoErrore>E</a:tipoErrore><a:codEsito>9998</a:codEsito><a:descrEsito>x</a:descrEsito></a:errore></errori>`,
			answer{errors: []remark{{"9998", "x"}}, info: map[string]string{}}},
		"warning and error": {`<a:codEsito>1</a:codEsito><a:errori><errore><tipoErrore>W</tipoErrore><codEsito>5</codEsito></errore><errore><codEsito>0099</codEsito></errore><errore><tipoErrore>F</tipoErrore><codEsito>9999</codEsito></errore></a:errori>`,
			answer{errors: []remark{{"99", ""}, {"9999", ""}}, warnings: []remark{{"05", ""}}, info: map[string]string{}}},
		"good outcome with a remark": {`<a:codEsito>0</a:codEsito><a:errori><errore><tipoErrore>E</tipoErrore><codEsito>01</codEsito></errore></a:errori>`,
			answer{done: true, warnings: []remark{{"01", ""}}, info: map[string]string{}}},
		"state": {`<a:codEsito>0</a:codEsito><a:infoToken><stato>1</stato><descrizione>Revocato</descrizione>` + period + `</a:infoToken>`,
			answer{done: true, info: map[string]string{}, validity: &tokenInfo{Revoked, from, to}}},
		"times without zone are Rome's": {`<a:codEsito>0</a:codEsito><a:infoToken><stato>0</stato><dataInizioValidita>2025-05-30T19:51:31.000</dataInizioValidita><dataFineValidita>2025-05-31T11:51:31</dataFineValidita></a:infoToken>`,
			answer{done: true, info: map[string]string{}, validity: &tokenInfo{Valid, from, to}}},
		"unknown elements": {`<x/><a:codEsito z="1">0</a:codEsito><codEsito xmlns="urn:other">1</codEsito><!-- c --><a:novita><a:codEsito>1</a:codEsito></a:novita>`,
			answer{done: true, info: map[string]string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(envelope("CreateAuthRes", row.inside), create)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(row.want, got, cmp.AllowUnexported(answer{}, remark{}, tokenInfo{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(envelope("CreateAuthRes", `<a:codEsito>0</a:codEsito>`))
	if _, err := decode([]byte(good), create); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"empty":            "",
		"cut":              good[:len(good)-5],
		"two roots":        good + "<a/>",
		"text after":       good + "</a>",
		"SOAP 1.2":         strings.ReplaceAll(good, nsEnvelope, "http://www.w3.org/2003/05/soap-envelope"),
		"other namespace":  strings.ReplaceAll(good, nsAuth, "urn:other"),
		"other charset":    `<?xml version="1.0" encoding="EBCDIC"?>` + good,
		"entity":           strings.Replace(good, ">0<", ">&zero;<", 1),
		"no outcome":       strings.Replace(good, ">0<", "><", 1),
		"negative outcome": strings.Replace(good, ">0<", ">-1<", 1),
		"odd state":        string(envelope("CreateAuthRes", `<a:codEsito>0</a:codEsito><a:infoToken><stato>3</stato>`+period+`</a:infoToken>`)),
		"odd time":         string(envelope("CreateAuthRes", `<a:codEsito>0</a:codEsito><a:infoToken><stato>0</stato>`+strings.ReplaceAll(period, "T11:", "T33:")+`</a:infoToken>`)),
		"deep":             strings.Repeat("<a>", 20000) + strings.Repeat("</a>", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			if a, err := decode([]byte(body), create); !errors.Is(err, errAnswer) {
				t.Errorf("%+v %v", a, err)
			}
		})
	}
}

func TestTokenStates(t *testing.T) {
	info := func(state string) string {
		return `<a:infoToken><stato>` + state + `</stato>` + period + `</a:infoToken>`
	}
	warn := func(code string) string {
		return `<a:codEsito>1</a:codEsito><a:errori><errore><tipoErrore>W</tipoErrore><codEsito>` + code + `</codEsito></errore></a:errori>`
	}
	for name, row := range map[string]struct {
		inside string
		want   State
		err    wire.ErrorCode
	}{
		"valid":                      {`<a:codEsito>0</a:codEsito>` + info("0"), Valid, ""},
		"revoked, as the manual":     {warn("06") + info("1"), Revoked, ""},
		"expired":                    {warn("07") + info("2"), Expired, ""},
		"revoked, good outcome":      {`<a:codEsito>0</a:codEsito>` + info("1"), Revoked, ""},
		"revoked, only said so":      {warn("06"), Revoked, ""},
		"expired, state not updated": {warn("07") + info("0"), Expired, ""},
		"nothing said":               {`<a:codEsito>0</a:codEsito>`, Valid, wire.ErrRegionAnswer},
		"bad outcome, still valid":   {`<a:codEsito>1</a:codEsito>` + info("0"), Valid, wire.ErrRegionAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := decode(envelope("CheckTokenRes", row.inside), checkToken)
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.tokenState()
			if c, _ := code(err); got.State != row.want || c != row.err {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	for name, row := range map[string]struct {
		in   remark
		want wire.Notice
	}{
		"region":    {remark{"307", "I codici di REGIONE, ASL e SSA dell'utente sono errati."}, wire.Notice{Code: "307", Text: "Regione, ASL o SSA non sono quelle dell'utente."}},
		"address":   {remark{"307", "Impossibile recuperare l'indirizzo IP del client."}, wire.Notice{Code: "307", Text: "Sistema TS non vede l'indirizzo da cui arriva la richiesta."}},
		"unknown":   {remark{"888", "Errato: VRDGLI75C41X000S e BBTMRZ54L19H501"}, wire.Notice{Code: "888", Text: "Errato: … e …"}},
		"no status": {remark{"401", "altro"}, wire.Notice{Code: "401", Text: "altro"}},
		"long":      {remark{"889", strings.Repeat("è ", 300)}, wire.Notice{Code: "889", Text: strings.Repeat("è ", 128)}},
	} {
		t.Run(name, func(t *testing.T) {
			got := explain(row.in)
			if got.Remedy == "" {
				t.Error("no remedy")
			}
			got.Remedy = ""
			if d := cmp.Diff(row.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseToken(t *testing.T) {
	other := "24eed8fe-c3f7-414d-bff8-042ecc3fa646"
	for _, row := range []struct{ name, in, want string }{
		{"itself", someToken, someToken},
		{"spaces", " \t" + someToken + "\r\n", someToken},
		{"capitals", strings.ToUpper(someToken), strings.ToUpper(someToken)},
		{"header", "Authorization2F: Bearer " + someToken, someToken},
		{"mail", "ID-SESSIONE: " + someToken + ", valido fino alle 11:51", someToken},
		{"twice the same", someToken + " (" + strings.ToUpper(someToken) + ")", strings.ToUpper(someToken)},
		{"36 characters of another kind", strings.Repeat("Ab3-", 9), strings.Repeat("Ab3-", 9)},
		{"wildcard", "PROVAX00X00X000Y-2026-11-RICETTA-DEM-PRESCRITTORE", "PROVAX00X00X000Y-2026-11-RICETTA-DEM-PRESCRITTORE"},
		{"wildcard without application", "UV386Q5B-2025-06-RICETTA-DEM", "UV386Q5B-2025-06-RICETTA-DEM"},
		{"two", someToken + " " + other, ""},
		{"empty", "  ", ""},
		{"words", "ID-SESSIONE", ""},
		{"cut", someToken[:35], ""},
		{"glued", "a" + someToken + "b", ""},
		{"wildcard of no month", "UV386Q5B-2025-13-RICETTA-DEM", ""},
		{"header injection", "UV386Q5B-2025-06-RICETTA-DEM\r\nX: y", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ParseToken(row.in)
			if c, _ := code(err); got != row.want || (row.want == "") != (c == wire.ErrTokenForm) {
				t.Errorf("%q %v", got, err)
			}
		})
	}
	if Wildcard(someToken) || !Wildcard("UV386Q5B-2025-06-RICETTA-DEM") {
		t.Error("wildcards are not told from tokens")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(envelope("CreateAuthRes", `<a:codEsito>0</a:codEsito><a:comunicazioni><comunicazione><codice>token</codice><messaggio>`+someToken+`</messaggio></comunicazione></a:comunicazioni>`))
	f.Add(envelope("CheckTokenRes", `<a:codEsito>1</a:codEsito><a:errori><errore><tipoErrore>W</tipoErrore><codEsito>06</codEsito><descrEsito>x</descrEsito></errore></a:errori><a:infoToken><stato>1</stato>`+period+`</a:infoToken>`))
	f.Add(envelope("RevokeAuthRes", `<a:codEsito>1</a:codEsito><a:info><chiave>lastRevokePreviousDate</chiave><valore>30/05/2025 20:51:07</valore></a:info>`))
	f.Add([]byte(`<e:Envelope xmlns:e="` + nsEnvelope + `"><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>x</faultstring></e:Fault></e:Body></e:Envelope>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, op := range []operation{create, checkToken, revoke} {
			a, err := decode(body, op)
			var fault *sac.Fault
			if err != nil {
				if !errors.Is(err, errAnswer) && !errors.As(err, &fault) {
					t.Fatalf("untyped error %v", err)
				}
				continue
			}
			state, err := a.tokenState()
			if err == nil && state.State == Valid && (!a.done || state.To.IsZero()) {
				t.Fatalf("valid out of nothing: %+v", a)
			}
			for _, n := range notices(append(a.errors, a.warnings...)) {
				if n.Code == "" || n.Remedy == "" || len(n.Code) > 40 {
					t.Fatalf("notice %+v", n)
				}
			}
			_ = refused(a)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(someToken)
	f.Add("Bearer " + someToken)
	f.Add("UV386Q5B-2025-06-RICETTA-DEM")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text)
		if err == nil && (len(token) < len("U-2026-11-DE") || strings.Trim(token, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" || !strings.Contains(text, token)) {
			t.Fatalf("%q from %q", token, text)
		}
	})
}
