package signing

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

//go:embed page
var pageFiles embed.FS

var phoneTemplate = template.Must(template.ParseFS(pageFiles, "page/telefono.html"))

// phone is the doctor's telephone: what has arrived, and the code generators.
type phone struct {
	Approvals []question `json:"domande"`
	Messages  []message  `json:"messaggi"`
	Apps      []app      `json:"generatori"`
}

type message struct {
	Key   string `json:"chiave"`
	Stamp string `json:"quando"` // RFC 3339
	Time  string `json:"ora"`
	Name  string `json:"nome"`
	Phone string `json:"telefono"`
	Text  string `json:"testo"`
	Code  string `json:"codice"`
}

type question struct {
	ID   string `json:"domanda"`
	Name string `json:"nome"`
	Text string `json:"testo"`
}

type app struct {
	User string `json:"utente"`
	Name string `json:"nome"`
	Code string `json:"codice"`
}

// pages adds the telephone: for people GET /otp, for its script and for tests
// what it shows, in JSON.
func (p *Provider) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /otp", local(p.servePhone))
	mux.HandleFunc("GET /otp/messaggi", local(p.serveMessages))
	mux.HandleFunc("GET /otp/last", local(p.serveLast))
	mux.Handle("POST /otp/conferma", http.NewCrossOriginProtection().Handler(local(p.serveReply)))
	for _, name := range []string{"/firma.css", "/telefono.js"} {
		mux.HandleFunc("GET "+name, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, q, pageFiles, path.Join("page", name))
		})
	}
}

func (p *Provider) phone() phone {
	all := phone{Approvals: []question{}, Messages: []message{}, Apps: []app{}}
	for _, a := range p.Vault.Approvals() {
		all.Approvals = append(all.Approvals, question{a.ID, a.Name, a.Text})
	}
	for _, m := range p.Vault.Messages() {
		all.Messages = append(all.Messages, message{
			Key: fmt.Sprintf("%d-%s", m.At.UnixNano(), m.Code), Stamp: m.At.Format(time.RFC3339), Time: m.At.Format("15:04:05"),
			Name: m.Name, Phone: m.Phone, Text: m.Text, Code: m.Code,
		})
	}
	for _, d := range anagrafe.Doctors() {
		all.Apps = append(all.Apps, app{d.CF, d.Name + " " + d.Surname, p.Vault.AppCode(d.CF)})
	}
	return all
}

func (p *Provider) servePhone(w http.ResponseWriter, _ *http.Request) {
	var body bytes.Buffer
	if err := phoneTemplate.Execute(&body, p.phone()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body.Bytes()) // a browser that went away needs no answer
}

// serveReply takes the doctor's yes or no.
func (p *Provider) serveReply(w http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(w, q.Body, 4<<10)
	p.Vault.Reply(q.PostFormValue("domanda"), q.PostFormValue("risposta") == "si") // one that waits no more needs no answer
	w.Header().Set("Location", "/otp")
	w.WriteHeader(http.StatusSeeOther)
}

func (p *Provider) serveMessages(w http.ResponseWriter, _ *http.Request) { tell(w, p.phone()) }

// serveLast is for tests: the newest code of a doctor's telephone, and what the
// code generator shows.
func (p *Provider) serveLast(w http.ResponseWriter, q *http.Request) {
	user := q.URL.Query().Get("user")
	answer := map[string]string{"app": p.Vault.AppCode(user)}
	if m, ok := p.Vault.LastOTP(user); ok {
		answer["otp"] = m.Code
	}
	tell(w, answer)
}

func tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a client that went away is no error of ours
}

// local answers under a loopback name only: a foreign name that resolves to this
// machine is somebody's DNS rebinding.
func local(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if !loopback(q.Host) {
			http.Error(w, "only on this computer", http.StatusForbidden)
			return
		}
		next(w, q)
	}
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
