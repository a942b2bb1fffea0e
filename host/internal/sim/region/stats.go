package region

import (
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"sync"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// Service names a door of the SAR in counters and faults.
type Service = faults.Service

// The services of the SAR.
const (
	ServiceSession  Service = "sessione"
	ServiceRegistry Service = "anagrafe"
	ServiceSend     Service = "invio"
	ServiceView     Service = "visualizza"
	ServiceCancel   Service = "annulla"
	ServiceLot      Service = "lotto"
	ServiceUsed     Service = "utilizzati"
	ServiceTables   Service = "tabelle"
	ServiceDeclare  Service = "sostituzione"
	ServiceFSE      Service = "fse"
)

// Services are all there are, in the order of a doctor's morning.
func Services() []Service {
	return []Service{ServiceSession, ServiceRegistry, ServiceLot, ServiceSend, ServiceView, ServiceCancel, ServiceUsed, ServiceDeclare, ServiceTables, ServiceFSE, ServiceSecondFactor}
}

// ClientCertificate is the last client that proved its key to the SAR.
type ClientCertificate struct {
	Subject, Issuer, Serial string // Serial in hexadecimal, as openssl x509 -serial
	CommonName              string
	TLSVersion              string
	Resumed                 bool
	At                      time.Time
}

// Stats counts what happened since New. Handshakes are those of the SAR.
type Stats struct {
	FullHandshakes, ResumedHandshakes, FailedHandshakes int
	Requests                                            map[Service]int
	LastClient                                          ClientCertificate
}

type stats struct {
	mutex  sync.Mutex
	values Stats
}

func newStats() *stats { return &stats{values: Stats{Requests: map[Service]int{}}} }

// Stats returns a copy of the counters.
func (r *Region) Stats() Stats {
	r.stats.mutex.Lock()
	defer r.stats.mutex.Unlock()
	s := r.stats.values
	s.Requests = maps.Clone(s.Requests)
	return s
}

func (s *stats) request(service Service) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.values.Requests[service]++
}

// recordHandshake counts a finished handshake and writes its one line. Only
// here is the client's key proved.
func (r *Region) recordHandshake(listener string, from net.Addr, state tls.ConnectionState) {
	line := r.log.Info().Str("listener", listener).Stringer("from", from).Str("tls", tls.VersionName(state.Version)).Bool("resumed", state.DidResume)
	message := "TLS handshake"
	if listener == string(faults.SAR) {
		message = "TLS handshake, client certificate verified"
		c := describe(state.PeerCertificates[0])
		c.TLSVersion, c.Resumed, c.At = tls.VersionName(state.Version), state.DidResume, r.now()
		line = line.Str("subject", c.Subject).Str("serial", c.Serial).Str("issuer", c.Issuer)
		r.stats.mutex.Lock()
		if state.DidResume {
			r.stats.values.ResumedHandshakes++
		} else {
			r.stats.values.FullHandshakes++
		}
		r.stats.values.LastClient = c
		r.stats.mutex.Unlock()
	}
	line.Msg(message)
}

func (r *Region) recordHandshakeFailure(listener string, from net.Addr, err error) {
	r.stats.mutex.Lock()
	if listener == string(faults.SAR) {
		r.stats.values.FailedHandshakes++
	}
	r.stats.mutex.Unlock()
	r.log.Warn().Str("listener", listener).Stringer("from", from).Err(err).Msg("TLS handshake failed")
}

func describe(c *x509.Certificate) ClientCertificate {
	return ClientCertificate{Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: c.SerialNumber.Text(16), CommonName: c.Subject.CommonName}
}
