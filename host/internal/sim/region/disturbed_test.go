package region

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region/faults"
)

// doors gives a doctor's client of each listener; open opens its session.
func doors(t *testing.T) (*Region, map[faults.Service]*client) {
	t.Helper()
	r, known := startCloud(t)
	one, two := anagrafe.Doctors()[0], anagrafe.Doctors()[1]
	known.set("token", idp.Access{CF: two.CF, Login: "l", Method: "SPID L2", Level: "LoA3"})
	return r, map[faults.Service]*client{faults.SAR: newClient(t, r, one), faults.Cloud: cloudClient(t, r, two, "token")}
}

// open opens a session and returns its id.
func (c *client) open() (status int, id, body string) {
	c.t.Helper()
	bearer := c.session
	if c.base == "" {
		c.session = ""
	}
	status, body = c.do(http.MethodPost, "/sessione/v1", nil, "")
	var s struct{ ID string }
	_ = json.Unmarshal([]byte(body), &s)
	if c.session = bearer; c.base == "" {
		c.session = s.ID
	}
	return status, s.ID, body
}

func (c *client) ownPatient() (int, string) {
	patient := anagrafe.Patients()[0]
	if c.doctor.CF != patient.DoctorCF {
		patient = anagrafe.OtherPatients()[0]
	}
	return c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+patient.CF, nil, "")
}

func TestLingeringSession(t *testing.T) {
	r, all := doors(t)
	for name, c := range all {
		t.Run(string(name), func(t *testing.T) {
			_, id, _ := c.open()
			r.Inject(Fault{Kind: faults.LingeringSession, Service: name, Times: 1})
			get := func() int {
				status, _ := c.do(http.MethodGet, "/sessione/v1/"+id, nil, "")
				return status
			}
			if got := get(); got != http.StatusOK || len(r.Plan().List()) != 1 {
				t.Errorf("looking at the session: %d, planned %v", got, r.Plan().List())
			}
			for range 2 {
				if status, body := c.ownPatient(); status != http.StatusConflict || !strings.Contains(body, `"codice":"sessione-non-operativa"`) {
					t.Errorf("patient: %d %s", status, body)
				}
				if status, body := c.call(ServiceSend, c.sendRequest("")); status != 500 || !strings.Contains(body, "<faultcode>env:sessione-non-operativa</faultcode>") {
					t.Errorf("send: %d %s", status, body)
				}
				if got := get(); got != http.StatusOK {
					t.Errorf("the session: %d", got)
				}
			}
			if status, _ := c.do(http.MethodDelete, "/sessione/v1/"+id, nil, ""); status != http.StatusNoContent {
				t.Errorf("delete: %d", status)
			}
			c.open()
			if status, body := c.ownPatient(); status != http.StatusOK {
				t.Errorf("opened anew: %d %s", status, body)
			}
			r.Inject(Fault{Kind: faults.LingeringSession, Service: name})
			for range 2 {
				if status, _ := c.ownPatient(); status != http.StatusConflict {
					t.Errorf("until cleared: %d", status)
				}
				c.open()
			}
			c.ownPatient()
			r.ClearFaults()
			if status, body := c.ownPatient(); status != http.StatusOK {
				t.Errorf("cleared: %d %s", status, body)
			}
		})
	}
}

func TestExpiredSession(t *testing.T) {
	r, all := doors(t)
	for name, c := range all {
		t.Run(string(name), func(t *testing.T) {
			_, id, _ := c.open()
			r.Inject(Fault{Kind: faults.ExpiredSession, Service: ServiceRegistry, Times: 1})
			if status, _ := c.do(http.MethodGet, "/sessione/v1/"+id, nil, ""); status != http.StatusOK {
				t.Errorf("another service: %d", status)
			}
			for range 2 {
				if status, body := c.ownPatient(); status != http.StatusUnauthorized || !strings.Contains(body, "sessione-scaduta") {
					t.Errorf("%d %s", status, body)
				}
			}
			_, id, _ = c.open()
			if status, body := c.ownPatient(); status != http.StatusOK {
				t.Errorf("opened anew: %d %s", status, body)
			}
			r.Inject(Fault{Kind: faults.ExpiredSession, Service: ServiceSession, Times: 1})
			if status, body := c.do(http.MethodGet, "/sessione/v1/"+id, nil, ""); status != http.StatusNotFound || !strings.Contains(body, "sessione-assente") {
				t.Errorf("looking at the session: %d %s", status, body)
			}
		})
	}
}

func TestRole(t *testing.T) {
	r, all := doors(t)
	for name, c := range all {
		t.Run("planned, "+string(name), func(t *testing.T) {
			r.Inject(Fault{Kind: faults.RoleRefused, Service: name, Times: 1})
			if status, _, body := c.open(); status != http.StatusForbidden || !strings.Contains(body, "ruolo-non-abilitato") {
				t.Errorf("%d %s", status, body)
			}
			if status, _, body := c.open(); status != http.StatusCreated {
				t.Errorf("afterwards: %d %s", status, body)
			}
		})
	}
	t.Run("a clerk", func(t *testing.T) {
		c := newClient(t, r, anagrafe.Doctor{CF: anagrafe.Clerks()[0].CF, CardSerial: "1"})
		if status, _, body := c.open(); status != http.StatusForbidden || !strings.Contains(body, "ruolo-non-abilitato") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestClockSkew(t *testing.T) {
	r, all := doors(t)
	for name, c := range all {
		t.Run(string(name), func(t *testing.T) {
			r.Inject(Fault{Kind: faults.ClockSkew, Service: name, Times: 1, Skew: -2 * time.Hour})
			_, id, body := c.open()
			if !strings.Contains(body, `"dal":"2026-11-22T10:20:04+01:00"`) || !strings.Contains(body, `"scade":"2026-11-22T18:20:04+01:00"`) {
				t.Errorf("opened: %s", body)
			}
			r.Inject(Fault{Kind: faults.ClockSkew, Service: name, Times: 1, Skew: time.Hour})
			answer, err := c.request(http.MethodGet, "/sessione/v1/"+id, nil, "")
			if err != nil {
				t.Fatal(err)
			}
			var got struct{ Dal string }
			err = json.NewDecoder(answer.Body).Decode(&got)
			answer.Body.Close()
			if date := answer.Header.Get("Date"); err != nil || date != "Sun, 22 Nov 2026 12:20:04 GMT" || got.Dal != "2026-11-22T13:20:04+01:00" {
				t.Errorf("%q %+v %v", date, got, err)
			}
			if _, body := c.do(http.MethodGet, "/sessione/v1/"+id, nil, ""); !strings.Contains(body, `"dal":"2026-11-22T12:20:04+01:00"`) {
				t.Errorf("afterwards: %s", body)
			}
		})
	}
}

// TestHandshakeFaults: the connection that a client keeps is no way round.
func TestHandshakeFaults(t *testing.T) {
	r, all := doors(t)
	for name, c := range all {
		for _, row := range []struct {
			kind faults.Kind
			see  func(error) bool
		}{
			{faults.HandshakeAlert, func(err error) bool { return strings.Contains(err.Error(), "handshake failure") }},
			{faults.CertificateRefused, func(err error) bool { return strings.Contains(err.Error(), "bad certificate") }},
			{faults.WrongHost, func(err error) bool { var e x509.HostnameError; return errors.As(err, &e) }},
			{faults.ExpiredCertificate, func(err error) bool { var e x509.CertificateInvalidError; return errors.As(err, &e) }},
			{faults.UnknownAuthority, func(err error) bool { var e x509.UnknownAuthorityError; return errors.As(err, &e) }},
		} {
			t.Run(string(name)+" "+string(row.kind), func(t *testing.T) {
				if status, _, body := c.open(); status != http.StatusCreated {
					t.Fatalf("%d %s", status, body)
				}
				r.Inject(Fault{Kind: row.kind, Service: name, Times: 1})
				// The server's goodbye and the next request may cross: a GET is
				// sent again by itself.
				answer, err := c.request(http.MethodGet, "/anagrafe/v1/assistiti/x", nil, "")
				if err == nil {
					answer.Body.Close()
					t.Fatalf("an answer came: %d", answer.StatusCode)
				}
				if !row.see(err) {
					t.Errorf("%v", err)
				}
				if status, body := c.ownPatient(); status != http.StatusOK {
					t.Errorf("afterwards: %d %s", status, body)
				}
			})
		}
	}
}

func TestListenerFault(t *testing.T) {
	r, all := doors(t)
	r.Inject(Fault{Kind: Unavailable, Service: faults.Cloud, Times: 1})
	if status, _, _ := all[faults.SAR].open(); status != http.StatusCreated {
		t.Errorf("the SAR: %d", status)
	}
	if status, _, _ := all[faults.Cloud].open(); status != http.StatusServiceUnavailable {
		t.Errorf("the cloud: %d", status)
	}
}
