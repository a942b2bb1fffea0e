// Package faults is what goes wrong on command in the simulated region and its
// identity provider: a plan of disturbances, the HTTP handler that carries out
// those of a request, and the TLS hook that carries out those of a handshake.
//
// It knows nothing of doctors, sessions or tokens: what disturbs a session is
// planned here and carried out by the region that owns it. It never lasts: a
// plan lives in memory and ends with Clear.
package faults

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what goes wrong.
type Kind string

// The kinds of fault. Their values are the names of the control interface.
const (
	// Slow carries the request out after Delay, even if the client has given up
	// by then: requests do arrive late.
	Slow        Kind = "lentezza"
	Hang        Kind = "silenzio"            // the request is taken in and never answered
	Broken      Kind = "errore-500"          // HTTP 500 instead of an answer
	Unavailable Kind = "errore-503"          // HTTP 503 instead of an answer
	Maintenance Kind = "manutenzione"        // an HTML page instead of an answer, with Status
	CutAnswer   Kind = "risposta-interrotta" // carried out; headers, half a body, then RST
	LostRequest Kind = "richiesta-persa"     // the connection drops before anything is done
	LostAnswer  Kind = "risposta-persa"      // carried out, the connection drops before the answer
	BrokenAfter Kind = "errore-500-dopo"     // carried out, HTTP 500 instead of the answer
	// Duplicate carries the request out twice, as a proxy that repeats it; the
	// client gets one of the answers.
	Duplicate Kind = "richiesta-doppia"
	TooMany   Kind = "troppe-richieste" // HTTP 429 with Retry-After instead of an answer
	// Late drops the connection at once and carries the request out after Delay,
	// for the doctor who sent it, whatever has become of his session by then.
	Late Kind = "richiesta-tardiva"
	// Reordered holds the request for Delay while others pass.
	Reordered Kind = "fuori-ordine"
	// ClockSkew shifts the Date header and the times in the answer by Skew. The
	// simulator's own clock goes on as it was.
	ClockSkew Kind = "orologio-sfasato"

	// The session that the request belongs to ends: 401 sessione-scaduta.
	ExpiredSession Kind = "sessione-scaduta"
	// The session lives and processes nothing until another is opened: 409
	// sessione-non-operativa, in SOAP a fault of that code.
	LingeringSession Kind = "sessione-non-operativa"
	// No session is opened: 403 ruolo-non-abilitato.
	RoleRefused Kind = "ruolo-non-abilitato"

	// The handshake ends with an alert in place of the server's first words: no
	// client gets as far as signing.
	HandshakeAlert Kind = "avviso-tls"
	// The handshake ends with bad_certificate after the client has signed.
	CertificateRefused Kind = "certificato-rifiutato"
	HandshakeHang      Kind = "silenzio-tls"           // nothing answers the first words
	HandshakeReset     Kind = "azzeramento-tls"        // the connection is reset in place of the server's first words
	WrongHost          Kind = "certificato-altro-nome" // the server shows another host's certificate,
	ExpiredCertificate Kind = "certificato-scaduto"    // one that was valid until yesterday,
	UnknownAuthority   Kind = "certificato-ca-ignota"  // one of an authority nobody knows
)

// Moment is when a fault happens.
type Moment int

// The moments. A fault of the handshake concerns whole listeners only.
const (
	AtHandshake Moment = iota
	AtRequest
	InSession // carried out by the region, which knows sessions
	AtService // once it is known who calls, before anything is done
)

// moments lists every kind in the order in which people are shown them.
var moments = []struct {
	kind Kind
	when Moment
}{
	{Slow, AtRequest}, {Hang, AtRequest}, {Broken, AtRequest}, {Unavailable, AtRequest}, {Maintenance, AtRequest},
	{BrokenAfter, AtRequest}, {TooMany, AtRequest}, {CutAnswer, AtRequest}, {LostRequest, AtRequest}, {LostAnswer, AtRequest},
	{Duplicate, AtRequest}, {Late, AtService}, {Reordered, AtService}, {ClockSkew, AtRequest},
	{ExpiredSession, InSession}, {LingeringSession, InSession}, {RoleRefused, InSession},
	{HandshakeAlert, AtHandshake}, {CertificateRefused, AtHandshake}, {HandshakeHang, AtHandshake}, {HandshakeReset, AtHandshake},
	{WrongHost, AtHandshake}, {ExpiredCertificate, AtHandshake}, {UnknownAuthority, AtHandshake},
}

// Kinds are all there are.
func Kinds() (all []Kind) {
	for _, m := range moments {
		all = append(all, m.kind)
	}
	return all
}

// Moment tells when a kind of fault happens; false: there is no such kind.
func (k Kind) Moment() (Moment, bool) {
	for _, m := range moments {
		if m.kind == k {
			return m.when, true
		}
	}
	return 0, false
}

// Delayed tells whether a fault of this kind has a delay.
func (k Kind) Delayed() bool { return k == Slow || k == Late || k == Reordered || k == TooMany }

// Service names what a fault concerns: one service, or a listener with all of
// its services.
type Service string

// The listeners; Provider is both of the identity provider together.
const (
	SAR       Service = "sar"
	Cloud     Service = "cloud"
	SAC       Service = "sac"
	Login     Service = "accesso"
	LoginCard Service = "accesso-carta"
	Provider  Service = "idp"
	Signing   Service = "firma" // the trust service provider
)

// Listeners are those whose handshakes can be disturbed.
func Listeners() []Service { return []Service{SAR, Cloud, SAC, Provider, Login, LoginCard, Signing} }

// Fault is one planned disturbance.
type Fault struct {
	Kind    Kind
	Service Service       // "": everything
	Times   int           // how often; 0: until Clear
	Delay   time.Duration // Slow, Late, Reordered: how long; TooMany: Retry-After
	Status  int           // Maintenance: 200 or 503; 0: 503
	Skew    time.Duration // ClockSkew: how far ahead; negative: behind
	Second  bool          // Duplicate: the client gets the second answer
}

// What can be wrong with a fault.
var (
	ErrKind    = errors.New("no such kind of fault")
	ErrService = errors.New("the fault concerns whole listeners only")
	ErrValue   = errors.New("value out of range")
)

// Most that a fault may ask for.
const (
	MaxTimes = 1000
	MaxDelay = 10 * time.Minute
	MaxSkew  = 10 * 365 * 24 * time.Hour
)

// Check tells whether the fault can ever happen.
func (f Fault) Check() error {
	when, ok := f.Kind.Moment()
	switch {
	case !ok:
		return fmt.Errorf("%w: %q", ErrKind, f.Kind)
	case when == AtHandshake && f.Service != "" && !slices.Contains(Listeners(), f.Service):
		return fmt.Errorf("%w: %q", ErrService, f.Service)
	case f.Times < 0 || f.Times > MaxTimes:
		return fmt.Errorf("%w: times %d", ErrValue, f.Times)
	case f.Delay < 0 || f.Delay > MaxDelay || f.Kind.Delayed() != (f.Delay > 0):
		return fmt.Errorf("%w: delay %s", ErrValue, f.Delay)
	case f.Skew.Abs() > MaxSkew || (f.Kind == ClockSkew) != (f.Skew != 0):
		return fmt.Errorf("%w: skew %s", ErrValue, f.Skew)
	case f.Status != 0 && (f.Kind != Maintenance || f.Status != 200 && f.Status != 503):
		return fmt.Errorf("%w: status %d", ErrValue, f.Status)
	}
	return nil
}
