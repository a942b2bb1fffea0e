package a2f

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

// TestAnswers compares whole answers with the shapes of the manual.
func TestAnswers(t *testing.T) {
	s := newStand(t)
	token := s.token()
	validity := func(state, description string) string {
		return "<ns2:infoToken><stato>" + state + "</stato><descrizione>" + description + "</descrizione><dataInizioValidita>2026-11-22T12:20:04.123+01:00</dataInizioValidita><dataFineValidita>2026-11-23T04:20:04.123+01:00</dataFineValidita></ns2:infoToken>"
	}
	notes := "<ns2:comunicazioni>" + verbose + "</ns2:comunicazioni>"
	same := func(name, want, got string) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	same("valid", "<ns2:codEsito>0</ns2:codEsito>"+validity("0", "Valido")+notes, inside(s.call("checkToken", token), "CheckTokenRes"))
	same("revoke", "<ns2:codEsito>0</ns2:codEsito><ns2:info><chiave>revokeStatus</chiave><valore>Revoca dell'ID-SESSIONE eseguita (simulatore)</valore></ns2:info>"+notes, inside(s.call("revoke", token), "RevokeAuthRes"))
	s.now = noon.Add(time.Hour)
	same("revoked", refusal("W", "06", "ID-SESSIONE revocato")+validity("1", "Revocato")+notes, inside(s.call("checkToken", token), "CheckTokenRes"))
	same("revoke again", refusal("W", "05", "ID-SESSIONE già revocato")+"<ns2:info><chiave>lastRevokePreviousDate</chiave><valore>22/11/2026 12:20:04</valore></ns2:info>"+notes, inside(s.call("revoke", token), "RevokeAuthRes"))
	s.now = noon
	token = s.token()
	s.now = noon.Add(Life)
	s.SetProduction(true)
	same("expired, production", refusal("W", "07", "ID-SESSIONE non più valido")+validity("2", "Scaduto"), inside(s.call("checkToken", token), "CheckTokenRes"))
	same("created, production", "<ns2:codEsito>0</ns2:codEsito><ns2:info><chiave>emailStatus</chiave><valore>Email con ID-SESSIONE inviata alla casella certificata (simulatore)</valore></ns2:info>", inside(s.call("create", ""), "CreateAuthRes"))
	if mail := s.Mailbox(s.doctor.CF); len(mail) != 1 || s.Phase(mail[0].Token) != "Validato" || !mail[0].To.Equal(s.now.Add(Life)) {
		t.Errorf("mail %+v", mail)
	}
}

// TestGatewayAnswers: the two refusals of the manual's last page.
func TestGatewayAnswers(t *testing.T) {
	s := newStand(t)
	// As the gateway spells it; the recorder keeps names as they were set.
	challenge := strings.ReplaceAll("WWW Authenticate", " ", "-")
	fault := func(text string) string {
		return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><env:Fault><faultcode>env:Client</faultcode><faultstring>` + text + `</faultstring></env:Fault></env:Body></env:Envelope>`
	}
	for name, row := range map[string]struct {
		change    func(*http.Request)
		status    int
		body      string
		challenge string
	}{
		"no credentials": {func(q *http.Request) { q.Header.Del("Authorization") }, 401, fault("Rejected by policy. (from client)"), "Basic realm=login"},
		"wrong password": {func(q *http.Request) { q.SetBasicAuth(s.doctor.CF, "x") }, 401, fault("Rejected by policy. (from client)"), "Basic realm=login"},
		"empty password": {func(q *http.Request) { q.SetBasicAuth(s.doctor.CF, "") }, 401, fault("Rejected by policy. (from client)"), "Basic realm=login"},
		"unknown user":   {func(q *http.Request) { q.SetBasicAuth("NOBODY", Password(s.doctor)) }, 500, fault("Errore generico di autenticazione"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			q := s.request("create", s.body("create", ""))
			row.change(q)
			status, header, body := s.serve(q)
			if status != row.status || body != row.body || strings.Join(header[challenge], "|") != row.challenge ||
				header.Get("X-Backside-Transport") != "FAIL FAIL" || header.Get("Connection") != "close" || header.Get("Content-Type") != "text/xml" {
				t.Errorf("%d %v %s", status, header, body)
			}
		})
	}
}

// TestBadInput goes through the codes that a request can deserve.
func TestBadInput(t *testing.T) {
	s := newStand(t)
	neri := anagrafe.Doctors()[1]
	mine, d := s.token(), s.doctor
	s.doctor = neri
	others := s.token()
	s.doctor = d
	for _, row := range []struct {
		name, op, token string
		pairs           []string
		code            string
	}{
		{"no user", "create", "", []string{"<a:userId>" + d.CF + "</a:userId>", ""}, "300"},
		{"no context", "create", "", []string{"<a:contesto>RICETTA-DEM</a:contesto>", ""}, "300"},
		{"empty pincode", "create", "", []string{"[" + d.PinCode + "]", ""}, "300"},
		{"no region", "create", "", []string{"<a:codRegione>090</a:codRegione>", ""}, "300"},
		{"sealed too long", "create", "", []string{"[", strings.Repeat("x", 257)}, "02"},
		{"another user", "create", "", []string{"userId>" + d.CF, "userId>" + neri.CF}, "602"},
		{"other context", "create", "", []string{"RICETTA-DEM", "730"}, "9998"},
		{"other application", "checkToken", mine, []string{"PRESCRITTORE", "ALTRO"}, "9998"},
		{"options", "create", "", []string{"</a:CreateAuthReq>", "<a:opzioni><d:opzione><d:chiave>k</d:chiave><d:valore>v</d:valore></d:opzione></a:opzioni></a:CreateAuthReq>"}, "10"},
		{"no kind", "create", "", []string{"<d:tipo>P</d:tipo>", "<d:tipo/>"}, "21"},
		{"other kind", "create", "", []string{"<d:tipo>P<", "<d:tipo>I<"}, "303"},
		{"15 characters, as in the manual", "create", "", []string{"cfUtente>" + d.CF, "cfUtente>" + d.CF[:15]}, "306"},
		{"another's code", "checkToken", mine, []string{"cfUtente>" + d.CF, "cfUtente>" + neri.CF}, "306"},
		{"not sealed", "create", "", []string{"[" + d.PinCode + "]", d.PinCode}, "700"},
		{"pincode of letters", "create", "", []string{"[" + d.PinCode + "]", "[abc]"}, "301"},
		{"wrong pincode", "revoke", mine, []string{"[" + d.PinCode + "]", "[9999999999]"}, "302"},
		{"wrong region", "create", "", []string{"codRegione>090", "codRegione>010"}, "307"},
		{"wrong ASL", "create", "", []string{"codAslAo>201", "codAslAo>202"}, "307"},
		{"wrong SSA", "create", "", []string{"codSsa>000000", "codSsa>78909"}, "307"},
		{"no token", "checkToken", "", nil, "01"},
		{"long token", "checkToken", mine + "x", nil, "02"},
		{"unknown token", "revoke", "1f6a0702-2cfc-4903-8cfc-609a7e232920", nil, "603"},
		{"another doctor's token", "revoke", others, nil, "04"},
		{"token of another application", "checkToken", mine, []string{"PRESCRITTORE", "EROGATORE"}, "04"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := s.call(row.op, row.token, row.pairs...)
			if !strings.Contains(got, "<tipoErrore>E</tipoErrore><codEsito>"+row.code+"</codEsito>") {
				t.Errorf("want %s: %s", row.code, got)
			}
		})
	}
	if s.Phase(mine) != "Validato" || s.Phase(others) != "Validato" {
		t.Error("a refused request did something")
	}
	s.SetProduction(true)
	s.SetCertified(d.CF, false)
	if got := s.call("create", ""); !strings.Contains(got, "<codEsito>200<") || len(s.Mailbox(d.CF)) != 0 {
		t.Error(got)
	}
}

// TestNotSOAP posts what is no request of the service.
func TestNotSOAP(t *testing.T) {
	s := newStand(t)
	good := s.body("create", "")
	for name, row := range map[string]struct {
		change func(*http.Request)
		body   string
		status int
		want   string
	}{
		"GET":            {func(q *http.Request) { q.Method = http.MethodGet }, good, 405, ""},
		"JSON":           {func(q *http.Request) { q.Header.Set("Content-Type", "application/json") }, good, 415, "text/xml"},
		"too large":      {func(*http.Request) {}, good + strings.Repeat(" ", maxRequest), 413, ""},
		"no action":      {func(q *http.Request) { q.Header.Del("SOAPAction") }, good, 500, "SOAP action"},
		"other action":   {func(q *http.Request) { q.Header.Set("SOAPAction", actions+"revoke") }, good, 500, "cvc-elt.1.a"},
		"not XML":        {func(*http.Request) {}, "{}", 500, "env:Client"},
		"no body":        {func(*http.Request) {}, `<e:Envelope xmlns:e="` + nsSOAP + `"/>`, 500, "SOAP 1.1"},
		"empty body":     {func(*http.Request) {}, `<e:Envelope xmlns:e="` + nsSOAP + `"><e:Body/></e:Envelope>`, 500, "soap:Body"},
		"SOAP 1.2":       {func(*http.Request) {}, strings.Replace(good, nsSOAP, "http://www.w3.org/2003/05/soap-envelope", 1), 500, "SOAP 1.1"},
		"wrong order":    {func(*http.Request) {}, strings.Replace(good, "<a:codRegione>090</a:codRegione>", "", 1)[:len(good)-200], 500, "env:Client"},
		"unknown member": {func(*http.Request) {}, strings.Replace(good, "a:cfUtente>", "a:codiceFiscale>", 2), 500, "cvc-complex-type.2.4.a"},
	} {
		t.Run(name, func(t *testing.T) {
			q := s.request("create", row.body)
			row.change(q)
			if status, _, body := s.serve(q); status != row.status || !strings.Contains(body, row.want) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

// TestLife follows chapter 5: at most one in use and one in reserve, and the
// first use of the newer ends the older.
func TestLife(t *testing.T) {
	s := newStand(t)
	cf := s.doctor.CF
	phases := func(want string, tokens ...string) {
		t.Helper()
		var got []string
		for _, token := range tokens {
			got = append(got, s.Phase(token))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	use := func(token, cf string, want error) {
		t.Helper()
		if err := s.Use(token, cf); !errors.Is(err, want) {
			t.Errorf("use: %v, want %v", err, want)
		}
	}
	a := s.token()
	b := s.Issue(cf) // at the portal: a was not used and gives way
	phases("Revocato Validato", a, b)
	use(a, cf, ErrRevoked)
	use(b, cf, nil)
	c := s.token()
	phases("Attivo Validato", b, c)
	use(b, cf, nil)
	d := s.token()
	phases("Attivo Revocato Validato", b, c, d)
	use(d, cf, nil)
	phases("Revocato Attivo", b, d)
	use(b, cf, ErrRevoked)
	use(d, cf, nil)
	use(d, anagrafe.Doctors()[1].CF, ErrUnknown)
	use("", cf, ErrUnknown)
	s.now = noon.Add(Life - time.Nanosecond)
	use(d, cf, nil)
	s.now = noon.Add(Life)
	use(d, cf, ErrExpired)
	phases("Scaduto", d)
	phases("", "unknown")

	e, f := s.token(), ""
	use(e, cf, nil)
	f = s.token()
	if n := s.RevokeAll(); n != 2 {
		t.Errorf("%d revoked", n)
	}
	phases("Revocato Revocato", e, f)
	g := s.token()
	if n := s.ExpireAll(); n != 1 {
		t.Errorf("%d expired", n)
	}
	use(g, cf, ErrExpired)
	dispenser := s.call("create", "", "PRESCRITTORE", "EROGATORE")
	_, rest, _ := strings.Cut(dispenser, "<codice>token</codice><messaggio>")
	h, _, _ := strings.Cut(rest, "<")
	use(h, cf, ErrUnknown)
	phases("Validato", h)
}

func TestWildcards(t *testing.T) {
	s := newStand(t)
	cf := s.doctor.CF
	for token, want := range map[string]error{
		cf + "-2026-11-RICETTA-DEM":               nil,
		cf + "-2026-11-RICETTA-DEM-PRESCRITTORE":  nil,
		cf + "-2026-11-RICETTA-DEM-EROGATORE":     ErrUnknown,
		cf + "-2026-10-RICETTA-DEM-PRESCRITTORE":  ErrUnknown,
		"NOBODY-2026-11-RICETTA-DEM-PRESCRITTORE": ErrUnknown,
	} {
		if err := s.Use(token, cf); !errors.Is(err, want) {
			t.Errorf("%s: %v", token, err)
		}
	}
	s.SetProduction(true)
	if err := s.Use(cf+"-2026-11-RICETTA-DEM", cf); !errors.Is(err, ErrUnknown) {
		t.Error("production takes a wildcard:", err)
	}
}

func TestPlanned(t *testing.T) {
	s := newStand(t)
	s.Refuse("9999")
	s.Refuse(NoAddress)
	for _, want := range []string{refusal("F", "9999", "Errore interno"), refusal("E", "307", "Indirizzo IP del client non disponibile")} {
		if got := inside(s.call("create", ""), "CreateAuthRes"); !strings.HasPrefix(got, want) {
			t.Error(got)
		}
	}
	s.token()
	if n := len(Codes()); n != 42 {
		t.Errorf("%d codes", n)
	}
	s.SetDown(true)
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the connection was not dropped")
		}
	}()
	s.call("create", "")
}

func FuzzRequest(f *testing.F) {
	s := newStand(&testing.T{})
	for _, op := range operations {
		f.Add(op.name, []byte(s.body(op.name, "1f6a0702-2cfc-4903-8cfc-609a7e232920")))
	}
	f.Fuzz(func(t *testing.T, action string, body []byte) {
		c, err := read([]string{actions + action}, body)
		if err != nil {
			return
		}
		c.doctor = s.doctor
		r := s.answer(c)
		if got := r.envelope(c.op); !strings.HasPrefix(inside(got, c.op.answer), "<ns2:codEsito>") {
			t.Fatal(got)
		}
	})
}

// TestAskedWhileRevoked: an answer tells what was so when it was asked, whoever
// changes it meanwhile (the race detector says).
func TestAskedWhileRevoked(t *testing.T) {
	s := newStand(t)
	var all sync.WaitGroup
	for range 20 {
		token := s.Issue(s.doctor.CF)
		all.Go(func() {
			answer := httptest.NewRecorder()
			s.ServeHTTP(answer, s.request("checkToken", s.body("checkToken", token)))
			if !strings.Contains(answer.Body.String(), "<ns2:infoToken>") {
				t.Error(answer.Body)
			}
		})
		all.Go(func() { s.RevokeAll() })
	}
	all.Wait()
}
