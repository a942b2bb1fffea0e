package morning

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// forgesState: a page in the region's window sends the browser back with a
// state of its own.
func (d *desk) forgesState() {
	d.asksCloud()
	w := d.regionPage()
	forged := fmt.Sprintf("%s?code=x&state=%s&iss=%s", d.redirect(), strings.Repeat("f", 43), url.QueryEscape(d.lab.Login.Issuer()))
	_ = w.Eval(d.limit(), fmt.Sprintf("location.href = %q", forged), nil) // the window ends with it
	d.sees(`^La risposta ricevuta non appartiene a un accesso avviato da questo PC, oppure è già stata usata\.$`)
	d.noSessionLeft()
	d.closes(w)
	d.click("button", "^Annulla$")
	d.sees("^Non collegato$")
	d.enters("SPID", "SPID L2")
}

func (d *desk) redirect() string {
	return "https://" + d.day.Browser.ExtensionID() + ".chromiumapp.org/raccordo"
}

// forgesElsewhere: the same address in a tab of a page leads nowhere and leaves
// the login alone.
func (d *desk) forgesElsewhere() {
	d.asksCloud()
	forged := fmt.Sprintf("%s?code=x&state=%s", d.redirect(), strings.Repeat("f", 43))
	tab, err := d.day.Browser.Open(d.limit(), "about:blank")
	d.must(err)
	_ = tab.Navigate(d.limit(), forged) // there is no such host
	d.must(tab.Close(d.limit()))
	d.must(d.page().Front(d.limit()))
	d.practice.state("connecting")
	d.passes("SPID")
	d.connected("SPID L2")
}

// replays: state and code serve once, at the agent and at the region.
func (d *desk) replays() {
	r := relay(d.t, d.lab)
	var begun struct {
		URL string `json:"authorize_url"`
	}
	if fault := r.ask("session.login", fmt.Sprintf(`{"via":"cloud","redirect_uri":%q}`, d.redirect()), &begun); fault != nil {
		d.t.Fatal(fault)
	}
	at, err := url.Parse(begun.URL)
	d.must(err)
	web := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: d.lab.Region.ServerCA().Pool()}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer web.CloseIdleConnections()
	at.Path += "/spid"
	answer, err := web.PostForm(at.String(), url.Values{"medico": {d.lab.Doctor.CF}})
	d.must(err)
	answer.Body.Close()
	back, err := answer.Location()
	d.must(err)
	q := back.Query()
	complete := fmt.Sprintf(`{"state":%q,"code":%q,"iss":%q}`, q.Get("state"), q.Get("code"), q.Get("iss"))
	// A page must not hand it in, even one that has it: that is the extension's.
	if fault := r.ask("session.complete", complete, nil); fault == nil || fault.Data.Code != wire.ErrOrigin {
		d.t.Errorf("a page's: %+v", fault)
	}
	r.origin = ""
	if fault := r.ask("session.complete", complete, nil); fault != nil {
		d.t.Fatal(fault)
	}
	d.connected("SPID L2")
	before := fmt.Sprint(d.lab.Region.Stats().Requests[region.ServiceSession])
	if fault := r.ask("session.complete", complete, nil); fault == nil || fault.Data.Code != wire.ErrLoginState {
		d.t.Errorf("the second time: %+v", fault)
	}
	d.connected("SPID L2")
	d.oneSession()
	if now := fmt.Sprint(d.lab.Region.Stats().Requests[region.ServiceSession]); now != before {
		d.t.Errorf("the region was asked again")
	}
}
