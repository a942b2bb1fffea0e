package faults

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"raccordo/host/internal/sim/testca"
)

// Hello is one listener, before its handshakes.
type Hello struct {
	Plan  *Plan
	CA    *testca.CA // of the right certificate
	Hosts []string   // of the right certificate
	Names []Service
}

// errPlanned ends a handshake; the client has been told by then.
var errPlanned = errors.New("planned fault")

// longestHang is how long a handshake is left without an answer.
const longestHang = 5 * time.Minute

// Disturb makes the configuration carry out the faults planned for the
// listener's handshakes. Resumed sessions are disturbed as well: a server that
// shows another certificate knows no tickets.
func (h Hello) Disturb(config *tls.Config) {
	plain := config.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		f, ok := h.Plan.takeAt(AtHandshake, h.Names)
		if !ok {
			f, ok = h.Plan.drawHandshake(h.Names)
		}
		if !ok {
			return nil, nil
		}
		other := plain.Clone()
		other.SessionTicketsDisabled = true
		var err error
		switch f.Kind {
		case HandshakeHang:
			wait(hello.Context())
			return nil, errPlanned
		case HandshakeReset:
			Reset(hello.Conn)
			return nil, errPlanned
		case HandshakeAlert:
			_, _ = hello.Conn.Write(handshakeFailure)
			return nil, errPlanned
		case CertificateRefused:
			if p, ok := hello.Conn.(*polite); ok {
				p.refused.Store(true)
			}
			other.VerifyConnection = func(tls.ConnectionState) error { return errPlanned }
		default:
			other.Certificates, err = h.wrong(f.Kind)
		}
		return other, err
	}
}

// handshakeFailure is a fatal alert in a record of its own (RFC 8446, section
// 6; the same in RFC 5246). crypto/tls would say internal_error.
var handshakeFailure = []byte{21, 3, 3, 0, 2, 2, 40}

func wait(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, longestHang)
	defer cancel()
	<-ctx.Done()
}

// wrong is the certificate that a fault shows, made anew.
func (h Hello) wrong(kind Kind) ([]tls.Certificate, error) {
	var pair tls.Certificate
	var err error
	switch kind {
	case WrongHost:
		pair, err = h.CA.Server("altro-servizio.example")
	case ExpiredCertificate:
		pair, err = h.expired()
	case UnknownAuthority:
		var stranger *testca.CA
		if stranger, err = testca.New("CA sconosciuta di prova"); err == nil {
			pair, err = stranger.Server(h.Hosts...)
		}
	}
	return []tls.Certificate{pair}, err
}

func (h Hello) expired() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	yesterday := time.Now().AddDate(0, 0, -1)
	tmpl := &x509.Certificate{
		Subject: testca.Subject(h.Hosts[0]), NotBefore: yesterday.AddDate(-1, 0, 0), NotAfter: yesterday,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range h.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, host)
		}
	}
	der, err := h.CA.Issue(tmpl, key.Public())
	return tls.Certificate{Certificate: [][]byte{der, h.CA.Cert().Raw}, PrivateKey: key}, err
}
