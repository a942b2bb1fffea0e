package faults_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// TestHandshakes: what a plain client sees of every fault of a handshake, with
// a session to resume at hand.
func TestHandshakes(t *testing.T) {
	alert := func(code uint8) func(error) bool {
		return func(err error) bool {
			var a tls.AlertError
			var op *net.OpError // as net/http gives it
			return errors.As(err, &a) && uint8(a) == code || errors.As(err, &op) && op.Op == "remote error" && op.Err.Error() == tls.AlertError(code).Error()
		}
	}
	certificate := func(reason x509.InvalidReason) func(error) bool {
		return func(err error) bool {
			var invalid x509.CertificateInvalidError
			return errors.As(err, &invalid) && invalid.Reason == reason
		}
	}
	for _, row := range []struct {
		kind faults.Kind
		see  func(error) bool
	}{
		{faults.HandshakeAlert, alert(40)},
		{faults.CertificateRefused, alert(42)},
		{faults.WrongHost, func(err error) bool { var host x509.HostnameError; return errors.As(err, &host) }},
		{faults.ExpiredCertificate, certificate(x509.Expired)},
		{faults.UnknownAuthority, func(err error) bool { var ca x509.UnknownAuthorityError; return errors.As(err, &ca) }},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(string(row.kind)+" "+tls.VersionName(version), func(t *testing.T) {
				s := start(t, version)
				if a := s.ask(t, "GET"); a.body != greeting {
					t.Fatalf("before: %+v", a)
				}
				s.client.CloseIdleConnections()
				s.Inject(faults.Fault{Kind: row.kind, Service: faults.Cloud, Times: 1})
				s.Inject(faults.Fault{Kind: row.kind, Service: faults.SAR, Times: 1})
				if a := s.ask(t, "GET"); a.err == nil || !row.see(a.err) {
					t.Errorf("%d %v", a.status, a.err)
				}
				if got := s.served.Load(); got != 1 {
					t.Errorf("carried out %d times", got)
				}
				if a := s.ask(t, "GET"); a.body != greeting {
					t.Errorf("afterwards: %+v", a)
				}
				if left := s.List(); len(left) != 1 || left[0].Service != faults.Cloud {
					t.Errorf("left: %v", left)
				}
			})
		}
	}
}

func TestHandshakeHang(t *testing.T) {
	s := start(t, 0)
	s.Inject(faults.Fault{Kind: faults.HandshakeHang, Times: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Do(q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if a := s.ask(t, "GET"); a.body != greeting {
		t.Errorf("afterwards: %+v", a)
	}
}
