package morning

import (
	"strings"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

// activity is something that the doctor does in the middle of which a fault
// happens.
type activity struct {
	name              string
	card              bool                    // a card is in the reader, or opened the session
	service, listener faults.Service          // what a fault of requests, and one of handshakes, concerns
	of                func(trouble) *outcome  // its column of the table
	ready             func(*bench)            // before the fault
	play              func(*bench, seen) seen // until the page says what it should, or stays as it is
	again             func(*bench, seen)      // the region being well
}

var activities = []activity{
	{"login/card", true, region.ServiceSession, faults.SAR, loginOf, (*bench).outWithCard, (*bench).logsInByCard, (*bench).logsInByCardAgain},
	{"login/cloud", false, region.ServiceSession, faults.Cloud, loginOf, (*bench).out, (*bench).logsInByCloud, (*bench).logsInByCloudAgain},
	{"login/provider", false, idp.ServiceToken, faults.Login, pageOf, (*bench).out, (*bench).logsInByCloud, (*bench).logsInByCloudAgain},
	{"sync/card", true, region.ServiceRegistry, faults.SAR, syncOf, (*bench).byCard, (*bench).synchronises, (*bench).synchronisesAgain},
	{"send/card", true, region.ServiceSend, faults.SAR, sendOf, (*bench).byCard, (*bench).sendsThree, (*bench).sendsThreeAgain},
	{"sync/cloud", false, region.ServiceRegistry, faults.Cloud, syncOf, (*bench).byCloud, (*bench).synchronises, (*bench).synchronisesAgain},
	{"send/cloud", false, region.ServiceSend, faults.Cloud, sendOf, (*bench).byCloud, (*bench).sendsThree, (*bench).sendsThreeAgain},
}

func loginOf(f trouble) *outcome { return f.login }
func pageOf(f trouble) *outcome  { return f.page }
func syncOf(f trouble) *outcome  { return f.sync }
func sendOf(f trouble) *outcome  { return f.send }

// outcome is what becomes of the activity, nil if the fault does not concern it.
func (a activity) outcome(f trouble) *outcome {
	if f.only == "card" && !a.card || f.only == "cloud" && a.card {
		return nil
	}
	return a.of(f)
}

// place is what of the region the fault concerns.
func (a activity) place(f trouble) string {
	if when, _ := faults.Kind(f.fault.Kind).Moment(); when == faults.AtHandshake {
		return string(a.listener)
	}
	return string(a.service)
}

// seen is what the page shows.
type seen struct {
	State string           // of the badge
	Says  []wire.ErrorCode // whose words are on the page
	Rows  string           // states of the prescriptions that are left
}

// seen is how the page shows an outcome.
func (a activity) seen(o *outcome) seen {
	s := seen{"connected", o.says, o.rows}
	login := strings.HasPrefix(a.name, "login/")
	switch {
	case o.then == "over" || login && len(o.says) > 0:
		s.State = "disconnected"
		if a.card {
			s.State = "card"
		}
	case o.then != "":
		s.State = o.then
	}
	return s
}

func (b *bench) outWithCard() { b.rests(true) }
func (b *bench) out()         { b.rests(false) }

// byCard and byCloud leave a session alone that is of that kind already.
func (b *bench) byCard() { b.comesIn("CNS", true, b.entersByCard) }
func (b *bench) byCloud() {
	b.comesIn("SPID L2", false, func() { b.enters("SPID", "SPID L2") })
}

func (b *bench) comesIn(method string, card bool, enter func()) {
	b.t.Helper()
	shown, err := b.page().FindAllAX(b.limit(), "", `^Collegato – .* · `+method+` · `)
	b.must(err)
	if len(shown) == 0 {
		b.rests(card)
		enter()
	}
}

func noRows() string { return "" }

func (b *bench) logsInByCard(want seen) seen {
	b.t.Helper()
	b.askLogin()
	b.must(b.page().WaitFor(b.limit(), `document.querySelector("raccordo-scelta")?.dataset.state !== "busy"`))
	return b.settled(want, noRows)
}

func (b *bench) logsInByCardAgain(was seen) {
	b.t.Helper()
	if was.State != "connected" {
		loginInChooser(b.practice)
	}
	b.connected("CNS")
}

// logsInByCloud goes as far as the fault lets it: to the region's page and
// through it, or not even there.
func (b *bench) logsInByCloud(want seen) seen {
	b.t.Helper()
	b.chooses("Login Cloud regionale")
	var opened bool
	b.until("the region's page, or the reason why not", func() bool {
		all, err := b.page().FindAllAX(b.limit(), "", waitsForPage)
		b.must(err)
		opened = len(all) > 0
		return opened || len(b.says()) > 0
	})
	if opened {
		b.passes("SPID")
		b.must(b.page().WaitFor(b.limit(), `document.querySelector("raccordo-stato").dataset.state !== "connecting"`))
	}
	return b.settled(want, noRows)
}

func (b *bench) logsInByCloudAgain(was seen) {
	b.t.Helper()
	if was.State != "connected" {
		b.enters("SPID", "SPID L2")
	}
	b.connected("SPID L2")
}

func (b *bench) synchronises(want seen) seen {
	b.t.Helper()
	b.visit(patientPage())
	b.clickSync()
	b.must(b.page().WaitFor(b.limit(), `["done", "failed"].includes(document.querySelector("raccordo-sincronizza").dataset.state)`))
	return b.settled(want, noRows)
}

func (b *bench) synchronisesAgain(was seen) {
	b.t.Helper()
	b.reopens(was)
	b.practice.syncs()
	b.state("connected")
}

// reopens does what is left to the doctor: a login where the session is gone,
// one click where it waits for it.
func (b *bench) reopens(was seen) {
	b.t.Helper()
	switch was.State {
	case "card":
		b.askLogin()
		b.state("connected")
	case "disconnected":
		b.enters("SPID", "SPID L2")
	case "stale":
		b.click("button", "^Ricollegati$")
		b.passes("SPID")
	}
}

func (b *bench) sendsThree(want seen) seen {
	b.t.Helper()
	b.before = b.lab.Region.Prescriptions()
	b.intents(nil)
	b.click("button", "^Elabora tutte$")
	if want.Rows != waiting {
		b.must(b.page().WaitFor(b.limit(), `!document.querySelector("#lista .ricetta[data-stato=sending]")`))
	}
	got := b.settled(want, func() string {
		var states []string
		for _, r := range b.rows() {
			states = append(states, r.State)
		}
		return strings.Join(states, " ")
	})
	if rows := b.rows(); got.Rows != "" && got.Rows != waiting {
		b.first = rows[0].NRE
	}
	return got
}

func (b *bench) sendsThreeAgain(was seen) {
	b.t.Helper()
	b.reopens(was)
	if was.Rows == "" || was.Rows == waiting {
		b.allSent() // by itself
	} else {
		b.sendAll()
	}
	if strings.HasPrefix(was.Rows, "unknown") && (b.first == "" || b.day.nres[0] != b.first) {
		b.t.Errorf("sent with the number %q, then with %q", b.first, b.day.nres[0])
	}
	if n := b.lab.Region.Prescriptions() - b.before; n != 3 {
		b.t.Errorf("%d prescriptions at the region, want 3", n)
	}
}
