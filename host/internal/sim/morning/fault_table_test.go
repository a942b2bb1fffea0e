package morning

import (
	"slices"

	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

// trouble is a fault or an action of the control panel, and what becomes of
// each activity; nil: it does not concern it.
type trouble struct {
	name   string // as docs/faults.md has it
	fault  control.Fault
	action string
	only   string // "card" or "cloud" sessions; empty: both

	login *outcome // with the card and, at the region's services, through the cloud
	page  *outcome // at the provider of the cloud's login
	sync  *outcome
	send  *outcome
}

// outcome is what the doctor sees of an activity.
type outcome struct {
	says []wire.ErrorCode
	then string // state of the session: "", as it was; "over"; "stale"
	rows string // states of the three prescriptions; empty: all are sent
}

// The answers of the page.
var nothing = &outcome{} // all goes well

func tells(codes ...wire.ErrorCode) *outcome {
	slices.Sort(codes)
	return &outcome{says: codes}
}

func ends(codes ...wire.ErrorCode) *outcome {
	o := tells(codes...)
	o.then = "over"
	return o
}

// unsent leaves the three prescriptions in the doctor's list, of which the
// first may have arrived or not.
func (o outcome) unsent(first string) *outcome {
	o.rows = first + " queued queued"
	return &o
}

// inDoubt is a prescription that may have arrived.
func inDoubt(why wire.ErrorCode) *outcome {
	return tells(why, wire.ErrRxUnknown).unsent("unknown")
}

func fails(name string, f control.Fault, why wire.ErrorCode) trouble {
	return trouble{name: name, fault: f, login: tells(why), page: tells(why), sync: tells(why), send: inDoubt(why)}
}

// untold is a fault before anything could be asked.
func untold(name string, kind faults.Kind, why wire.ErrorCode) trouble {
	t := fails(name, control.Fault{Kind: string(kind)}, why)
	t.send = tells(why).unsent("queued")
	return t
}

func kind(k faults.Kind) control.Fault { return control.Fault{Kind: string(k)} }

func once(k faults.Kind) control.Fault { return control.Fault{Kind: string(k), Times: 1} }

var troubles = []trouble{
	fails("risposta lenta", control.Fault{Kind: string(faults.Slow), DelayMS: late.Milliseconds()}, wire.ErrRegionTime),
	fails("nessuna risposta", kind(faults.Hang), wire.ErrRegionTime),
	fails("errore 500", kind(faults.Broken), wire.ErrMaintenance),
	fails("errore 503", kind(faults.Unavailable), wire.ErrMaintenance),
	fails("pagina di manutenzione, 503", control.Fault{Kind: string(faults.Maintenance), Status: 503}, wire.ErrMaintenance),
	fails("pagina di manutenzione, 200", control.Fault{Kind: string(faults.Maintenance), Status: 200}, wire.ErrMaintenance),
	fails("risposta interrotta a metà", kind(faults.CutAnswer), wire.ErrRegionDown),
	fails("richiesta persa", kind(faults.LostRequest), wire.ErrRegionDown),
	fails("risposta persa", kind(faults.LostAnswer), wire.ErrRegionDown),
	{
		name: "orologio della regione avanti di due ore", fault: control.Fault{Kind: string(faults.ClockSkew), SkewS: 7200},
		login: nothing, page: tells(wire.ErrClock), sync: nothing, send: nothing,
	},
	{name: "sessione scaduta", fault: once(faults.ExpiredSession), sync: nothing, send: nothing},
	{
		name: "ogni sessione scade subito", fault: kind(faults.ExpiredSession),
		sync: tells(wire.ErrSessionEnded), send: tells(wire.ErrSessionEnded).unsent("queued"),
	},
	{name: "sessione che non elabora", fault: once(faults.LingeringSession), sync: nothing, send: nothing},
	{
		name: "nessuna sessione elabora", fault: kind(faults.LingeringSession),
		sync: tells(wire.ErrLingering), send: tells(wire.ErrLingering).unsent("queued"),
	},
	{name: "sessioni terminate dalla regione", action: "termina-sessioni", sync: nothing, send: nothing},
	{name: "token scaduti", action: "scadenza-token", only: "cloud", sync: nothing, send: nothing},
	{
		name: "accesso revocato", action: "revoca-accessi", only: "cloud",
		sync: &outcome{says: []wire.ErrorCode{wire.ErrLoginNeeded}, then: "stale"}, send: paused(wire.ErrLoginNeeded),
	},
	{name: "chi si collega non è medico", fault: kind(faults.RoleRefused), login: tells(wire.ErrNotDoctor)},
	untold("avviso TLS", faults.HandshakeAlert, wire.ErrTLS),
	{
		name: "certificato della carta rifiutato", fault: kind(faults.CertificateRefused), only: "card",
		login: tells(wire.ErrTLSRefused), sync: ends(wire.ErrTLSRefused), send: ends(wire.ErrTLSRefused).unsent("queued"),
	},
	untold("TLS senza risposta", faults.HandshakeHang, wire.ErrRegionTime),
	untold("certificato di un altro server", faults.WrongHost, wire.ErrTLSServer),
	untold("certificato del server scaduto", faults.ExpiredCertificate, wire.ErrTLSServer),
	untold("certificato di un'autorità ignota", faults.UnknownAuthority, wire.ErrTLSServer),
	{
		name: "regione spenta", action: "spegni",
		login: tells(wire.ErrRegionDown), page: tells(wire.ErrRegionDown), sync: tells(wire.ErrRegionDown), send: inDoubt(wire.ErrRegionDown),
	},
}

// paused is a batch that waits for the doctor's click and goes on by itself.
func paused(why wire.ErrorCode) *outcome {
	return &outcome{says: []wire.ErrorCode{why}, then: "stale", rows: waiting}
}

const waiting = "sending sending sending"
