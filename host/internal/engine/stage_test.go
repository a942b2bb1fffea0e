package engine

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/config"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// stage is an engine without a card before a simulated region with its
// identity provider.
type stage struct {
	t      *testing.T
	e      *Engine
	login  *idp.Provider
	region *region.Region
	web    *http.Client // a browser that stops where it is sent away
	doctor anagrafe.Doctor
	opened []string // addresses that the engine wanted to show by itself
	tray   *tray    // where its sheets come out
	paste  string   // file with what the person types into the next window
}

// personScript is a person before a pinentry (GnuPG, Assuan) who types what a file
// says, and without the file closes the window; who says yes to a question unless
// there is a file with .no behind its name; and who writes down in another, .seen,
// what he was asked.
const personScript = `#!/bin/sh
echo OK
while read -r word rest; do
	case $word in
	GETPIN) if [ -f '%[1]s' ]; then printf 'D %%s\nOK\n' "$(cat '%[1]s')"; else echo 'ERR 83886179 cancelled'; fi ;;
	CONFIRM) if [ -f '%[1]s.no' ]; then echo 'ERR 83886179 cancelled'; else echo OK; fi ;;
	SETDESC) printf '%%s\n' "$rest" >> '%[1]s.seen'; echo OK ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
`

const cloudProfile = `name = "Prova"
code = "090"
nre = "lot"
status = "complete"
[trust]
ca = [%[1]q]
[envelope]
kind = "sac"
cipher = %[2]q
[cloud]
driver = "oidc"
[cloud.oidc]
issuer = %[3]q
client_id = "raccordo"
scopes = ["openid", "profile"]
redirect = %[4]q
[cloud.endpoints]
session = "%[5]s/sessione/v1"
patients = "%[5]s/anagrafe/v1/assistiti"
prescriptions = "%[5]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[5]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
used = "%[5]s/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati"
tables = "%[5]s/DemRicettaServiceAnagWeb/services/demServiceAnag"
substitution = "%[5]s/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico"
fse = "%[5]s/fse/v1"
`

func newStage(t *testing.T, redirect string) *stage {
	t.Helper()
	return raise(t, func(s *stage, ca, cipher string) string {
		return fmt.Sprintf(cloudProfile, ca, cipher, s.login.Issuer(), redirect, s.region.CloudURL())
	})
}

// raise makes a stage whose region profile is what profile says.
func raise(t *testing.T, profile func(s *stage, ca, cipher string) string) *stage {
	t.Helper()
	s := &stage{t: t, doctor: anagrafe.Doctors()[0]}
	servers, err := testca.New("server")
	s.must(err)
	cards, err := testca.New("carte")
	s.must(err)
	log := zerolog.New(zerolog.NewTestWriter(t))
	s.login, err = idp.New(idp.Options{ServerCA: servers, CardCA: cards, Log: zerolog.Nop()})
	s.must(err)
	s.must(s.login.Start(context.Background()))
	t.Cleanup(func() { _ = s.login.Close() })
	s.region, err = region.New(region.Options{Log: zerolog.Nop(), Now: time.Now, ServerCA: servers, CardCA: cards, Introspector: s.login})
	s.must(err)
	s.must(s.region.Start(context.Background()))
	t.Cleanup(func() { _ = s.region.Close() })

	dir := t.TempDir()
	ca, cipher, regions := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "cifra.cer"), filepath.Join(dir, "regions")
	s.must(os.Mkdir(regions, 0o700))
	s.must(os.WriteFile(ca, servers.PEM(), 0o600))
	s.must(os.WriteFile(cipher, s.region.CipherCertificatePEM(), 0o600))
	s.must(os.WriteFile(filepath.Join(regions, "prova.toml"), []byte(profile(s, ca, cipher)), 0o600))
	s.paste = filepath.Join(dir, "typed")
	person := filepath.Join(dir, "pinentry")
	s.must(os.WriteFile(person, fmt.Appendf(nil, personScript, s.paste), 0o700))

	conf := config.Config{Region: "prova", AllowedOrigins: []string{clinic}, OnCardRemoval: config.Logout, OnScreenLock: config.Keep, AutoConnect: config.AutoNever, Prompt: person}
	secrets, err := secret.Open(filepath.Join(dir, "state", "secret"))
	s.must(err)
	s.tray = newTray()
	s.e, err = New(Options{
		Secrets: secrets, Spooler: s.tray.spooler,
		Version: "test", Config: conf, Log: log, Now: time.Now,
		Paths:  config.Paths{Regions: []string{regions}, State: filepath.Join(dir, "state")},
		Browse: func(address string) error { s.opened = append(s.opened, address); return nil },
	})
	s.must(err)
	t.Cleanup(func() {
		s.e.disconnect(context.Background(), "")
		_ = s.e.press.end()
		s.e.printCrier.end()
		_ = s.e.journal.close()
		s.e.documents.shut()
		s.e.outside.end()
	})
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: servers.Pool()}}
	t.Cleanup(transport.CloseIdleConnections)
	s.web = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) caller() wire.Caller {
	return wire.Caller{Kind: "browser", Browser: "chromium", Extension: s.e.rules.chromium}
}

// ask is one request of the extension: for a page, or with an empty origin of
// its own.
func (s *stage) ask(caller wire.Caller, origin, method string, params any) (wire.LoginResult, wire.ErrorCode) {
	s.t.Helper()
	text, err := json.Marshal(params)
	s.must(err)
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	result, fault := s.e.Do(ctx, Call{Request: wire.Request{Method: method, Params: text, Origin: origin, UserGesture: true}, Caller: caller})
	if fault != nil {
		return wire.LoginResult{}, fault.Data.Code
	}
	body, err := json.Marshal(result)
	s.must(err)
	var out wire.LoginResult
	s.must(json.Unmarshal(body, &out))
	return out, ""
}

// begin asks for a login at the region's page.
func (s *stage) begin() string {
	s.t.Helper()
	got, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())})
	if code != "" || got.AuthorizeURL == "" || got.State != wire.Connecting || got.Step != "browser" {
		s.t.Fatalf("login: %s %+v", code, got)
	}
	return got.AuthorizeURL
}

// enter goes through the region's page as a person does and returns where it
// sends the browser.
func (s *stage) enter(authorize, door, cf string) *url.URL {
	s.t.Helper()
	query := authorize[strings.Index(authorize, "?")+1:]
	answer, err := s.web.Post(s.login.Issuer()+"/authorize/"+door+"?"+query, "application/x-www-form-urlencoded", strings.NewReader(url.Values{"medico": {cf}}.Encode()))
	s.must(err)
	defer answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	s.must(err)
	if answer.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(answer.Body)
		s.t.Fatalf("%d %s", answer.StatusCode, body)
	}
	return back
}

func returned(back *url.URL) wire.CompleteParams {
	q := back.Query()
	return wire.CompleteParams{State: q.Get("state"), Code: q.Get("code"), Iss: q.Get("iss"), Error: q.Get("error")}
}

func (s *stage) complete(p wire.CompleteParams) (wire.LoginResult, wire.ErrorCode) {
	s.t.Helper()
	return s.ask(s.caller(), "", "session.complete", p)
}
