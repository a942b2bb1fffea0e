package morning

import (
	"testing"

	"raccordo/host/internal/sim/lab"
)

// What the page says of a session that does not come about, or is over.
const (
	cancelledLogin = `^L'accesso sulla pagina della regione è stato annullato\.$`
	over           = `^Il collegamento con la regione è terminato e va riaperto\.$`
	cardGone       = `^La carta è stata estratta dal lettore\.$`
	waitsForPage   = `^In attesa della pagina della regione…$`
)

// Every way in and out of the regional session, in each browser; the other one
// is open at its side and shows the same.
var ways = []struct {
	name string
	card bool // in the reader from the beginning
	do   func(d, other *desk)
}{
	{"SPID", false, func(d, other *desk) { d.entersBy("SPID", "SPID L2", other) }},
	{"CIE", false, func(d, other *desk) { d.entersBy("CIE", "CIE L3", other) }},
	{"region's window closed", false, func(d, _ *desk) {
		d.asksCloud()
		d.must(d.regionPage().close(d.limit()))
		d.sees(cancelledLogin)
		d.sees(noSession)
		d.entersBy("SPID", "SPID L2", d)
	}},
	{"given up on the region's page", false, func(d, _ *desk) {
		d.asksCloud()
		d.leaves(d.regionPage(), "link", "^Annulla e torna all'applicazione$")
		d.sees(cancelledLogin)
		d.sees(noSession)
	}},
	{"given up in our own page", false, func(d, other *desk) {
		d.asksCloud()
		w := d.regionPage()
		d.click("button", "^Annulla$")
		d.sees(noSession)
		other.sees(noSession)
		d.closes(w)
		d.entersBy("CIE", "CIE L3", other)
	}},
	{"login revoked", false, (*desk).loginRevoked},
	{"tokens expired", false, func(d, _ *desk) {
		d.enters("SPID", "SPID L2")
		d.lab.Login.ExpireTokens()
		d.syncs("SPID L2")
	}},
	{"cloud session revoked", false, func(d, other *desk) {
		d.enters("CIE", "CIE L3")
		d.lab.Region.RevokeSessions()
		d.syncs("CIE L3")
		other.connected("CIE L3")
	}},
	{"card", true, func(d, other *desk) {
		d.entersByCard()
		other.connected("CNS")
		d.oneSession()
		d.leavesSession(other)
	}},
	{"card session revoked", true, func(d, _ *desk) {
		d.entersByCard()
		shown := d.windows()
		d.lab.Region.RevokeSessions()
		d.syncs("CNS")
		d.shows(shown)
	}},
	{"card pulled and put back", true, func(d, other *desk) {
		d.entersByCard()
		shown := d.windows()
		d.lab.Card.Remove()
		for _, each := range []*desk{d, other} {
			each.sees(noSession)
			each.sees(cardGone)
		}
		d.noSessionLeft()
		d.must(d.lab.Insert(d.limit()))
		d.connected("CNS")
		other.connected("CNS")
		d.shows(shown + 1)
		d.oneSession()
	}},
	{"SPID with a card in the reader", true, func(d, other *desk) {
		shown := d.windows()
		d.chooses("Login Cloud regionale")
		d.click("button", "^Entra con SPID o CIE$")
		d.passes("SPID")
		d.connected("SPID L2")
		d.via("cloud")
		d.shows(shown)
		d.leavesSession(other)
	}},
	{"card put in while the region's page is open", false, func(d, other *desk) {
		d.asksCloud()
		w := d.regionPage()
		d.must(d.lab.Insert(d.limit()))
		d.click("button", "^Usa la carta inserita$")
		d.connected("CNS")
		other.connected("CNS")
		d.via("card")
		d.closes(w)
		d.oneSession()
	}},
}

const noSession = "^(Non collegato|Carta: .*)$"

// The regional session as doctors meet it.
func TestSession(t *testing.T) {
	p := openPractice(t, lab.Options{})
	f := p.openFirefox()
	desks := []*desk{p.chromiumDesk(), f.desk()}
	for i, d := range desks {
		other := desks[1-i]
		for _, w := range ways {
			t.Run(d.name+"/"+w.name, func(t *testing.T) {
				d, other := d.on(t), other.on(t)
				d.rests(w.card)
				w.do(d, other)
			})
		}
	}
	t.Run("firefox/event page ended beside the region's page", func(t *testing.T) {
		d := desks[1].on(t)
		d.rests(false)
		d.asksCloud()
		d.regionPage()
		d.must(f.browser.StopBackground(d.limit()))
		d.sees("^Non collegato$")
		d.noWindow()
		d.entersBy("SPID", "SPID L2", desks[0].on(t))
	})
	t.Run("firefox/CNS on the region's page", func(t *testing.T) { desks[1].on(t).ownButton(f.browser) })
}

// A region that knows the card at its page only: the agent goes through it by
// itself, so that no browser needs a PKCS#11 module.
func TestCardAtTheRegionsPage(t *testing.T) {
	p := openPracticeIn(t, lab.Options{}, withoutCardWay)
	desks := []*desk{p.chromiumDesk(), p.openFirefox().desk()}
	for i, d := range desks {
		other := desks[1-i]
		t.Run(d.name+"/card put in while the page is open", func(t *testing.T) {
			d, other := d.on(t), other.on(t)
			d.rests(false)
			d.asksCloud()
			w := d.regionPage()
			shown, signed := d.windows(), d.lab.Card.Signatures()
			d.must(d.lab.Insert(d.limit()))
			d.click("button", "^Usa la carta inserita$")
			d.walked(other, shown, signed)
			d.closes(w)
			d.leavesSession(other)
		})
		t.Run(d.name+"/card in the reader", func(t *testing.T) {
			d, other := d.on(t), other.on(t)
			d.rests(true)
			shown, signed := d.windows(), d.lab.Card.Signatures()
			d.chooses("Login Cloud regionale")
			d.click("button", "^Usa la carta sulla pagina della regione$")
			d.walked(other, shown, signed)
			d.lab.Login.RevokeAll() // healed with the card, which is still unlocked
			d.lab.Region.RevokeSessions()
			d.syncs("CNS")
			d.shows(shown + 1)
			d.lab.Card.Remove()
			d.sees(cardGone)
			d.noSessionLeft()
		})
	}
}

// walked checks a session that the agent has fetched at the region's page.
func (d *desk) walked(other *desk, shown, signed int) {
	d.t.Helper()
	d.connected("CNS")
	other.connected("CNS")
	d.via("cloud")
	d.shows(shown + 1)
	d.oneSession()
	if n := d.lab.Card.Signatures() - signed; n != 1 {
		d.t.Errorf("the card signed %d times", n)
	}
	if n := d.lab.Login.Stats().Logins; n != 1 {
		d.t.Errorf("%d logins at the provider", n)
	}
}

// loginRevoked: only the doctor can open the session again, with one click.
func (d *desk) loginRevoked(other *desk) {
	d.t.Helper()
	d.enters("SPID", "SPID L2")
	d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+patientPage()))
	d.connected("SPID L2")
	d.lab.Login.RevokeAll()
	d.click("button", "^Sincronizza con la regione$")
	d.sees(over)
	d.sees("^Collegamento da ripristinare$")
	other.sees("^Collegamento da ripristinare$")
	d.click("button", "^Ricollegati$")
	d.passes("SPID")
	d.connected("SPID L2")
	other.connected("SPID L2")
	d.click("button", "^Sincronizza con la regione$")
	d.sees("^Dati dalla regione$")
	d.oneSession()
}
