package a2f

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region/exchange"
	sim "raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// TestLife is a day with an ID-SESSIONE in the test environment.
func TestLife(t *testing.T) {
	s := newStand(t)
	first := s.create(t)
	state, err := s.Check(t.Context(), s.who, first)
	if err != nil || state.Err() != nil {
		t.Fatal(state, err)
	}
	// The service writes milliseconds.
	if !state.From.Equal(noon.Truncate(time.Millisecond)) || state.To.Sub(state.From) != 16*time.Hour {
		t.Errorf("valid from %s to %s", state.From, state.To)
	}
	if err := s.ts.Use(first, s.who.CF); err != nil {
		t.Fatal(err)
	}
	second := s.create(t)
	if state, err = s.Check(t.Context(), s.who, first); err != nil || state.State != Valid {
		t.Errorf("the one in use, after another was asked for: %+v %v", state, err)
	}
	if err := s.ts.Use(second, s.who.CF); err != nil {
		t.Fatal(err)
	}
	state, err = s.Check(t.Context(), s.who, first)
	if c, n := code(state.Err()); err != nil || state.State != Revoked || c != wire.ErrDisplaced || n.Code != "06" {
		t.Errorf("displaced: %+v %v %v", state, err, state.Err())
	}
	s.pass(16 * time.Hour)
	state, err = s.Check(t.Context(), s.who, second)
	if c, n := code(state.Err()); err != nil || state.State != Expired || c != wire.ErrLoginNeeded || n.Code != "07" {
		t.Errorf("expired: %+v %v %v", state, err, state.Err())
	}
}

func TestProductionMails(t *testing.T) {
	s := newStand(t)
	s.ts.SetProduction(true)
	c, err := s.Create(t.Context(), s.who)
	if d := cmp.Diff(Created{Mailed: true, Notices: []wire.Notice{}}, c); err != nil || d != "" {
		t.Fatal(err, d)
	}
	mail := s.ts.Mailbox(s.who.CF)
	if len(mail) != 1 {
		t.Fatalf("mail: %+v", mail)
	}
	token, err := ParseToken("Gentile utente,\nil suo ID-SESSIONE è: " + strings.ToUpper(mail[0].Token) + ".\nSistema TS")
	if err != nil || !strings.EqualFold(token, mail[0].Token) {
		t.Fatal(token, err)
	}
	if state, err := s.Check(t.Context(), s.who, mail[0].Token); err != nil || state.State != Valid {
		t.Error(state, err)
	}
	s.ts.SetCertified(s.who.CF, false)
	_, err = s.Create(t.Context(), s.who)
	if c, n := code(err); c != wire.ErrA2F || n.Code != "200" || !strings.Contains(n.Remedy, "Certifica mail") {
		t.Error(err, n)
	}
}

func TestRevoke(t *testing.T) {
	s := newStand(t)
	token := s.create(t)
	for _, when := range []string{"valid", "revoked already"} {
		if err := s.Revoke(t.Context(), s.who, token); err != nil || s.ts.Phase(token) != "Revocato" {
			t.Error(when, err, s.ts.Phase(token))
		}
	}
	old := s.create(t)
	s.ts.ExpireAll()
	if err := s.Revoke(t.Context(), s.who, old); err != nil {
		t.Error("expired:", err)
	}
	other := whoIs(anagrafe.Doctors()[1])
	mine := s.create(t)
	for name, row := range map[string]struct {
		who   Who
		token string
		code  string
	}{
		"never given":      {s.who, "1f6a0702-2cfc-4903-8cfc-609a7e232920", "603"},
		"another doctor's": {other, mine, "04"},
	} {
		for operation, err := range map[string]error{"revoke": s.Revoke(t.Context(), row.who, row.token), "check": second(s.Check(t.Context(), row.who, row.token))} {
			if c, n := code(err); c != wire.ErrTokenForm || n.Code != row.code {
				t.Errorf("%s, %s: %v %+v", name, operation, err, n)
			}
		}
	}
	if s.ts.Phase(mine) != "Validato" {
		t.Error("another doctor revoked the token")
	}
}

func second[T any](_ T, err error) error { return err }

// TestRefusals: what a wrong account is told.
func TestRefusals(t *testing.T) {
	s := newStand(t)
	neri := anagrafe.Doctors()[1]
	for _, row := range []struct {
		name   string
		change func(*Who)
		code   wire.ErrorCode
		notice string
		detail string
	}{
		{"wrong password", func(w *Who) { w.Password = "x" }, wire.ErrCredentials, "401", "HTTP 401"},
		{"unknown user", func(w *Who) { w.User, w.UserID = "NOBODY", w.CF }, wire.ErrCredentials, "500", "HTTP 500 Client"},
		{"somebody else's account", func(w *Who) { w.User, w.Password, w.UserID = neri.CF, sim.Password(neri), w.CF }, wire.ErrCredentials, "602", "602"},
		{"wrong pincode", func(w *Who) { w.PinCode = "1111111111" }, wire.ErrA2F, "302", "302"},
		{"pincode of letters", func(w *Who) { w.PinCode = "abc" }, wire.ErrA2F, "301", "301"},
		{"another's codice fiscale", func(w *Who) { w.CF = neri.CF }, wire.ErrA2F, "306", "306"},
		{"wrong ASL", func(w *Who) { w.ASL = "999" }, wire.ErrA2F, "307", "307"},
		{"no password", func(w *Who) { w.Password = "" }, wire.ErrCredentials, "", ""},
		{"colon in the user name", func(w *Who) { w.User = "a:b" }, wire.ErrCredentials, "", ""},
		{"no pincode", func(w *Who) { w.PinCode = "" }, wire.ErrPinCode, "", ""},
		{"short region", func(w *Who) { w.Region = "9" }, wire.ErrA2F, "", "codRegione"},
		{"short SSA", func(w *Who) { w.SSA = "1" }, wire.ErrA2F, "", "codSsa"},
		{"long nickname", func(w *Who) { w.User = "giulia.verdi.studio" }, wire.ErrA2F, "", "userId"},
	} {
		t.Run(row.name, func(t *testing.T) {
			who := s.who
			row.change(&who)
			_, err := s.Create(t.Context(), who)
			var e *exchange.Error
			if !errors.As(err, &e) || e.Code != row.code || e.Detail != row.detail || e.Unknown {
				t.Fatalf("%v, want %s %q", err, row.code, row.detail)
			}
			if _, n := code(err); n.Code != row.notice || (row.code != wire.ErrPinCode && (n.Text == "" || n.Remedy == "")) {
				t.Errorf("notice %+v", n)
			}
			leaks(t, err, who)
		})
	}
}

// leaks: no secret and no codice fiscale in an error, its notices included.
func leaks(t *testing.T, err error, who Who) {
	t.Helper()
	var e *exchange.Error
	text := err.Error()
	if errors.As(err, &e) {
		for _, n := range e.Notices {
			text += n.Text + n.Remedy
		}
	}
	for _, secret := range []string{who.CF, who.PinCode, who.Password, who.User} {
		if len(secret) > 3 && strings.Contains(text, secret) {
			t.Errorf("%q is in %q", secret, text)
		}
	}
}

// TestEveryCode lets the service answer each code of the manual to each
// operation: the doctor always reads what it means and what to do.
func TestEveryCode(t *testing.T) {
	s := newStand(t)
	token := s.create(t)
	explained := map[string]Remedy{}
	for _, r := range Remedies() {
		if r.Meaning == "" || r.Advice == "" || !strings.HasSuffix(r.Meaning, ".") || !strings.HasSuffix(r.Advice, ".") {
			t.Errorf("%s: %q %q", r.Code, r.Meaning, r.Advice)
		}
		if _, twice := explained[r.Code]; twice {
			t.Errorf("%s twice", r.Code)
		}
		explained[r.Code] = r
	}
	codes := sim.Codes()
	if len(codes) != len(explained)-2 { // the two of the gateway
		t.Errorf("%d codes, %d remedies", len(codes), len(explained))
	}
	for _, c := range codes {
		want, ok := explained[c]
		if !ok {
			t.Errorf("no remedy for %s", c)
		}
		for name, call := range map[string]func() ([]wire.Notice, error){
			"create": func() ([]wire.Notice, error) { return nil, second(s.Create(t.Context(), s.who)) },
			"check": func() ([]wire.Notice, error) {
				state, err := s.Check(t.Context(), s.who, token)
				return state.Notices, err
			},
			"revoke": func() ([]wire.Notice, error) { return nil, s.Revoke(t.Context(), s.who, token) },
		} {
			s.ts.Refuse(c)
			told, err := call()
			var e *exchange.Error
			if errors.As(err, &e) {
				told = e.Notices
			}
			digits, _, _ := strings.Cut(c, " ")
			wantCode := wire.ErrA2F
			switch {
			case want.Kind == "W" && name == "revoke":
				if err != nil {
					t.Errorf("%s %s: %v", name, c, err)
				}
				continue
			case want.Kind == "W" && name == "check":
				if err != nil {
					t.Errorf("%s %s: %v", name, c, err)
				}
				wantCode = ""
			case slices.Contains(credentials, c):
				wantCode = wire.ErrCredentials
			case slices.Contains(unknownToken, c):
				wantCode = wire.ErrTokenForm
			}
			got, _ := code(err)
			if got != wantCode || len(told) != 1 || told[0].Code != digits || told[0].Text != want.Meaning || told[0].Remedy != want.Advice {
				t.Errorf("%s %s: %v, %+v", name, c, err, told)
			}
		}
	}
}

// TestGateway: what may stand before the service, or in its place.
func TestGateway(t *testing.T) {
	fault := func(code, text string) string {
		return `<?xml version="1.0"?><e:Envelope xmlns:e="` + nsEnvelope + `"><e:Body><e:Fault><faultcode>e:` + code + `</faultcode><faultstring>` + text + `</faultstring></e:Fault></e:Body></e:Envelope>`
	}
	for name, row := range map[string]struct {
		status  int
		body    string
		code    wire.ErrorCode
		unknown bool
	}{
		"500 of the manual":       {500, fault("Client", "Errore generico di\nautenticazione"), wire.ErrCredentials, false},
		"of the test system":      {200, fault("Client", "Credenziali invalide"), wire.ErrCredentials, false},
		"401 without a body":      {401, "", wire.ErrCredentials, false},
		"schema violation":        {500, fault("Client", "cvc-simple-type 1: X"), wire.ErrRegionFault, false},
		"server fault":            {500, fault("Server", "down"), wire.ErrRegionBusy, true},
		"maintenance page":        {503, "<html><body>manutenzione</body></html>", wire.ErrMaintenance, true},
		"page with a good status": {200, "<!DOCTYPE html><html></html>", wire.ErrMaintenance, true},
		"not found":               {404, "", wire.ErrRegionFault, false},
		"redirect":                {302, "", wire.ErrRegionAnswer, true},
		"too many":                {429, "", wire.ErrRegionLimit, false},
		"empty":                   {200, "", wire.ErrRegionAnswer, true},
		"not XML":                 {200, "ok", wire.ErrRegionAnswer, true},
		"other service":           {200, `<e:Envelope xmlns:e="` + nsEnvelope + `"><e:Body><RevokeAuthRes xmlns="` + nsAuth + `"><codEsito>0</codEsito></RevokeAuthRes></e:Body></e:Envelope>`, wire.ErrRegionAnswer, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/xml")
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.body))
			}), func(string) (string, error) { return sealed, nil })
			_, err := s.Create(t.Context(), whoIs(anagrafe.Doctors()[0]))
			var e *exchange.Error
			if !errors.As(err, &e) || e.Code != row.code || e.Unknown != row.unknown {
				t.Errorf("%v, want %s %v", err, row.code, row.unknown)
			}
		})
	}
}

func TestDown(t *testing.T) {
	s := newStand(t)
	s.ts.SetDown(true)
	_, err := s.Create(t.Context(), s.who)
	var e *exchange.Error
	if !errors.As(err, &e) || e.Code != wire.ErrRegionDown || !e.Unknown {
		t.Error(err)
	}
}
