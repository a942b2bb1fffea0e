package vcard

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

const (
	maxDelay      = 10 * time.Second
	insertTimeout = 2 * time.Second
	maxForm       = 4 << 10
)

// State is what GET /state answers and every POST answers to a program.
type State struct {
	Holder        string `json:"holder"`
	CodiceFiscale string `json:"codice_fiscale"`
	Serial        string `json:"serial"`
	Inserted      bool   `json:"inserted"`
	TriesLeft     int    `json:"tries_left"`
	Blocked       bool   `json:"blocked"`
	Signs         bool   `json:"signs"` // has a signing key
	SignTriesLeft int    `json:"sign_tries_left"`
	SignBlocked   bool   `json:"sign_blocked"`
	DelayMS       int64  `json:"delay_ms"`
	Signatures    int    `json:"signatures"`
	APDUs         int    `json:"apdus"`
}

// State is a snapshot of the card as its control page shows it.
func (c *Card) State() State {
	tries, signTries := c.TriesLeft(), c.SignTriesLeft()
	return State{
		Holder: c.doctor.Name + " " + c.doctor.Surname, CodiceFiscale: c.doctor.CF, Serial: c.doctor.CardSerial,
		Inserted: c.Inserted(), TriesLeft: tries, Blocked: tries == 0,
		Signs: c.SignCertificate() != nil, SignTriesLeft: signTries, SignBlocked: signTries == 0, DelayMS: c.Delay().Milliseconds(),
		Signatures: c.Signatures(), APDUs: c.APDUs(),
	}
}

// control is the card's page and its HTTP interface.
type control struct {
	card *Card
	slot string
	page *template.Template
}

// Handler is the control page of a card that goes into the reader at slot:
// GET / for people, GET /state, and POST /insert, /remove, /block,
// /block-sign, /unblock and /delay?ms= for both. It answers only under a loopback host name (a
// foreign name that resolves to this machine is somebody's DNS rebinding), and
// takes POSTs from its own pages and from programs that are no browser.
func Handler(card *Card, slot string) (http.Handler, error) {
	page, err := template.ParseFS(pageFiles, "page/index.html")
	if err != nil {
		return nil, err
	}
	ctl := control{card, slot, page}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", ctl.index)
	mux.HandleFunc("GET /page.css", ctl.file)
	mux.HandleFunc("GET /page.js", ctl.file)
	mux.HandleFunc("GET /state", ctl.state)
	mux.HandleFunc("POST /insert", ctl.action(ctl.insert))
	mux.HandleFunc("POST /remove", ctl.action(func(*http.Request) error { card.Remove(); return nil }))
	mux.HandleFunc("POST /block", ctl.action(func(*http.Request) error { card.Block(); return nil }))
	mux.HandleFunc("POST /block-sign", ctl.action(func(*http.Request) error { card.BlockSign(); return nil }))
	mux.HandleFunc("POST /unblock", ctl.action(func(*http.Request) error { card.Unblock(); return nil }))
	mux.HandleFunc("POST /delay", ctl.action(ctl.delay))
	return loopbackOnly(http.NewCrossOriginProtection().Handler(mux)), nil
}

func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) {
			refuse(w, http.StatusForbidden, errors.New("questa pagina risponde solo a localhost"))
			return
		}
		head := w.Header()
		head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}

func (ctl control) index(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer
	data := struct {
		State
		PIN, PUK, SignPIN string
	}{ctl.card.State(), ctl.card.secret(pinAuth), ctl.card.secret(pukAuth), ctl.card.secret(pinSign)}
	if err := ctl.page.Execute(&page, data); err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // a reader that went away is no error of ours
}

func (ctl control) file(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page"+r.URL.Path)
}

func (ctl control) state(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, ctl.card.State())
}

// action answers a browser's form with the page again, and a program with the
// state.
func (ctl control) action(do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := do(r); err != nil {
			refuse(w, http.StatusConflict, err)
			return
		}
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			w.Header().Set("Location", "./")
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		ctl.state(w, r)
	}
}

func (ctl control) insert(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), insertTimeout)
	defer cancel()
	err := ctl.card.Insert(ctx, ctl.slot)
	switch {
	case errors.Is(err, ErrInserted):
		return errors.New("la carta è già nel lettore")
	case err != nil:
		return errors.New("il lettore virtuale non risponde: riavviare raccordo-sim")
	}
	return nil
}

func (ctl control) delay(r *http.Request) error {
	ms, err := strconv.Atoi(r.FormValue("ms"))
	if err != nil || ms < 0 || ms > int(maxDelay.Milliseconds()) {
		return errors.New("il ritardo va da 0 a 10000 millisecondi")
	}
	ctl.card.SetDelay(time.Duration(ms) * time.Millisecond)
	return nil
}

func refuse(w http.ResponseWriter, code int, err error) {
	answer(w, code, struct {
		Message string `json:"messaggio"`
	}{err.Error()})
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // a reader that went away is no error of ours
}
