package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/clinic"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
)

// clinicHost resolves to this machine in every browser (RFC 6761 section 6.3)
// and is the one host of the built-in site profile.
const clinicHost = "clinica-demo.localhost"

// Clinic is the demo clinic, served over HTTPS, and the card's control page.
type Clinic struct {
	URL         string // https://clinica-demo.localhost:PORT
	Address     string // 127.0.0.1:PORT, the same server
	CardURL     string // http://127.0.0.1:PORT/, for people
	Certificate *x509.Certificate
}

func (l *Lab) startClinic(context.Context) error {
	keys := l.opt.KeyDir
	if keys == "" {
		keys = filepath.Join(l.Dir, "keys")
	}
	ca, err := testca.LoadOrNew(keys, "server-ca", "")
	if err != nil {
		return err
	}
	pair, err := ca.Server(clinicHost)
	if err != nil {
		return err
	}
	control, err := vcard.Handler(l.Card, l.PCSC.Slot(0))
	if err != nil {
		return err
	}
	card, err := l.serve(l.opt.Ports.Card, control, nil)
	if err != nil {
		return err
	}
	l.Clinic = &Clinic{CardURL: "http://" + card.String() + "/", Certificate: pair.Leaf}
	app, err := clinic.New(clinic.Options{Doctor: l.Doctor, Guide: l.opt.Guide, CardURL: l.Clinic.CardURL, FSEURL: l.Region.PortalURL(), OTPURL: l.Signing.URL() + "/otp"})
	if err != nil {
		return err
	}
	addr, err := l.serve(l.opt.Ports.Clinic, app, &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return err
	}
	l.Clinic.Address = addr.String()
	l.Clinic.URL = fmt.Sprintf("https://%s:%d", clinicHost, addr.Port)
	return nil
}

// serve runs one HTTP server on the loopback interface until Close.
func (l *Lab) serve(port int, h http.Handler, secure *tls.Config) (*net.TCPAddr, error) {
	ln, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return nil, err
	}
	addr, _ := ln.Addr().(*net.TCPAddr)
	if secure != nil {
		secure.NextProtos = []string{"http/1.1"}
		ln = tls.NewListener(ln, secure)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	l.closers = append(l.closers, func() error {
		srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return addr, nil
}
