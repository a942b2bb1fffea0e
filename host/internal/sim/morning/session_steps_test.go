package morning

import (
	"fmt"
	"regexp"
)

// rests brings the practice to: nobody connected, the card in or out, nothing
// on the page.
func (d *desk) rests(card bool) {
	d.t.Helper()
	d.rightPIN()
	d.lab.Region.ClearFaults()
	d.until("the page knows how things are", func() bool {
		var known bool
		d.must(d.clinic.Eval(d.limit(), `!["", "starting", "lost"].includes(document.querySelector("raccordo-stato")?.dataset.state ?? "")`, &known))
		return known
	})
	var covered bool
	if d.must(d.clinic.Eval(d.limit(), `document.querySelector("raccordo-scelta") !== null`, &covered)); covered {
		d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/#/pazienti"))
	}
	if out, err := d.lab.Command(d.limit(), "raccordo", "logout").CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
	state := "^Non collegato$"
	if card {
		state = "^Carta: " + regexp.QuoteMeta(d.day.holder()) + "$"
	}
	if !card {
		d.lab.Card.Remove()
	} else if !d.lab.Card.Inserted() {
		d.must(d.lab.Insert(d.limit()))
	}
	d.sees(state)
	d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/#/pazienti"))
	d.sees(state)
}

// asksCloud chooses the login in the menu, which opens the region's page where
// no card is in.
func (d *desk) asksCloud() {
	d.t.Helper()
	d.chooses("Login Cloud regionale")
	d.sees(waitsForPage)
}

func (d *desk) enters(door, method string) {
	d.t.Helper()
	d.asksCloud()
	d.passes(door)
	d.connected(method)
	d.via("cloud")
}

// entersBy comes in by a door of the region's page and leaves in the other
// browser.
func (d *desk) entersBy(door, method string, other *desk) {
	d.t.Helper()
	d.enters(door, method)
	other.connected(method)
	d.oneSession()
	other.leavesSession(d)
}

func (d *desk) entersByCard() {
	d.t.Helper()
	shown := d.windows()
	d.chooses("Login Cloud regionale")
	d.click("button", "^Collega$")
	d.connected("CNS")
	d.via("card")
	d.shows(shown + 1)
}

// leavesSession logs out here, and it is over there and at the region too.
func (d *desk) leavesSession(other *desk) {
	d.t.Helper()
	d.chooses("Logout Cloud Regionale")
	d.sees(noSession)
	other.sees(noSession)
	d.noSessionLeft()
}

func (d *desk) oneSession() {
	d.t.Helper()
	if n := d.lab.Region.LiveSessions(); n != 1 {
		d.t.Errorf("%d sessions at the region", n)
	}
}

func (d *desk) noSessionLeft() {
	d.t.Helper()
	d.until("the region forgets the session", func() bool { return d.lab.Region.LiveSessions() == 0 })
	d.until("the provider forgets the login", func() bool { return d.lab.Login.Stats().Logins == 0 })
}

// shows checks how many windows of ours were shown in all.
func (d *desk) shows(want int) {
	d.t.Helper()
	if n := d.windows(); n != want {
		d.t.Errorf("%d PIN windows, want %d", n, want)
	}
}

// syncs synchronises the patient; the doctor notices nothing else.
func (d *desk) syncs(method string) {
	d.t.Helper()
	d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+patientPage()))
	d.connected(method)
	d.click("button", "^Sincronizza con la regione$")
	d.sees("^Dati dalla regione$")
	d.connected(method)
	d.oneSession()
}

// via checks how the agent holds the session.
func (d *desk) via(want string) {
	d.t.Helper()
	var said string
	js := fmt.Sprintf(`new Promise((resolve) => {
		const id = crypto.randomUUID();
		window.addEventListener("message", (e) => { if (e.data?.kind === "response" && e.data.id === id) resolve(e.data.result?.session?.via ?? JSON.stringify(e.data.error)); });
		window.postMessage({ raccordo: 1, kind: "request", id, method: %q, params: {} }, location.origin);
	})`, "status")
	d.must(d.clinic.Eval(d.limit(), js, &said))
	if said != want {
		d.t.Errorf("connected via %s, want %s", said, want)
	}
}

// closes waits until a window of the browser is gone.
func (d *desk) closes(w surface) {
	d.t.Helper()
	d.until("the region's window closes", func() bool {
		var url string
		return w.Eval(d.limit(), "location.href", &url) != nil
	})
}
