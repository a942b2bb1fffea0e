package region

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/faults"
)

// Sistema TS itself, for doctors whom no region stands between: the listener,
// and the service that gives the second factor.
const (
	ListenerSAC         Service = "sac"
	ServiceSecondFactor Service = "id-sessione"
)

// openSAC is Sistema TS without a region (MEF, "Modalità di accesso … ricetta
// dematerializzata", 3 Jun 2025): Basic and an ID-SESSIONE, or a TS-CNS. It has
// the ministry's services and nothing else: no session, no registry.
func (r *Region) openSAC() (*door, error) {
	return r.disturbHandshakes(r.newDoor(string(ListenerSAC), r.options.SACAddr, r.sacHandler(), &tls.Config{
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: r.options.CardCA.Pool(),
		VerifyPeerCertificate: func(raw [][]byte, chains [][]*x509.Certificate) error {
			if len(raw) == 0 { // nobody must have a card
				return nil
			}
			return refuseSigningCertificates(raw, chains)
		},
	}))
}

// SACURL is the base address of Sistema TS without a region, once started.
func (r *Region) SACURL() string { return r.sac.url() }

// SecondFactor is the authentication service of Sistema TS. It is served at
// a2f.Path of SACURL.
func (r *Region) SecondFactor() *a2f.Service { return r.factor }

func (r *Region) newSecondFactor() *a2f.Service {
	return a2f.New(a2f.Options{Decrypt: r.cipher.decrypt, Now: r.now, Log: r.log})
}

func (r *Region) sacHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(a2f.Path, r.disturbed(ServiceSecondFactor, r.factor, ListenerSAC))
	for _, op := range r.operations() {
		mux.Handle(op.path, r.disturbed(op.service, r.directly(op), ListenerSAC))
	}
	return mux
}

// directly answers op for whoever is authenticated. One factor alone is told in
// the service's own words, within its answer.
func (r *Region) directly(op operation) http.Handler {
	both := r.soap(op)
	op.answer = lackingFactor(op)
	one := r.soap(op)
	both = r.inside(both, func(w http.ResponseWriter, q *http.Request) {
		if sessionOf(q).Caller.method == "CNS" { // a card's session is its connection
			panic(http.ErrAbortHandler)
		}
		r.factor.ExpireOf(sessionOf(q).Doctor.CF)
		one.ServeHTTP(w, q)
	}, ListenerSAC, op.service)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		doctor, by, ok := r.recogniseDirectly(w, q, op.service)
		r.called(q, doctor.CF)
		switch {
		case !ok:
		case by.level == "":
			r.log.Info().Str("service", string(op.service)).Str("doctor", doctor.CF).Msg("second factor missing")
			one.ServeHTTP(w, q)
		default:
			both.ServeHTTP(w, inSession(q, session{Doctor: doctor, Caller: by}))
		}
	})
}

// recogniseDirectly finds out who calls; otherwise it answers and says false.
// The caller's level is empty when one factor is missing. A card counts for its
// own holder only, and needs neither Basic nor ID-SESSIONE.
func (r *Region) recogniseDirectly(w http.ResponseWriter, q *http.Request, service Service) (anagrafe.Doctor, caller, bool) {
	card, carded := anagrafe.Doctor{}, len(q.TLS.PeerCertificates) > 0
	if carded {
		cf, cns := identity(q.TLS.PeerCertificates[0])
		if card, carded = anagrafe.FindDoctor(cf); !carded || !cns {
			a2f.Reject(w, http.StatusForbidden, "Rejected by policy. (from client)")
			return card, caller{}, false
		}
		if q.Header.Get("Authorization") == "" {
			by, _ := byCard(w, q)
			return card, by, true
		}
	}
	doctor, ok := a2f.Authenticate(w, q)
	if !ok {
		return doctor, caller{}, false
	}
	by := caller{key: sha256.Sum256([]byte("sac " + doctor.CF)), cf: doctor.CF, method: "ID-SESSIONE", level: "LoA3"}
	if carded && card.CF == doctor.CF {
		by.method, by.level = "CNS", "LoA4"
		return doctor, by, true
	}
	if _, ended := r.faults.Take([]Service{ListenerSAC, service}, faults.ExpiredSession); ended {
		r.factor.ExpireAll()
	}
	scheme, token, _ := strings.Cut(q.Header.Get("Authorization2F"), " ")
	if !strings.EqualFold(scheme, "Bearer") || r.factor.Use(strings.TrimSpace(token), doctor.CF) != nil {
		by.level = ""
	}
	return doctor, by, true
}
