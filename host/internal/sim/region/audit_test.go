package region

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

func TestAudit(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	lot := c.newLot()
	c.call(ServiceSend, c.sendRequest(lot+"00"))
	c.call(ServiceSend, c.sendRequest(lot+"00"))
	c.call(ServiceSend, c.sendRequest("", "quantita>1", "quantita>12"))
	c.call(ServiceSend, c.sendRequest(""))
	c.ownPatient()
	c.declare(anagrafe.Doctors()[1].CF, "20261101", "20261130")
	r.Inject(Fault{Kind: Unavailable, Service: ServiceView, Times: 1})
	c.viewOf(lot + "00")
	type row struct {
		Service     Service
		NRE         string
		Status      int
		Outcome     string
		Faults      int
		Executions  int
		HasRequest  bool
		HasADoctors bool
	}
	var got []row
	for _, x := range r.Audit(AuditFilter{}) {
		got = append(got, row{x.Service, x.NRE, x.Status, x.Outcome, len(x.Faults), len(x.Executions), x.Request != "", x.Doctor == c.doctor.CF})
		for _, secret := range []string{c.session, c.doctor.PinCode, "=="} {
			if strings.Contains(x.Request, secret) || strings.Contains(x.Answer, secret) {
				t.Errorf("%s shows %q: %s %s", x.Service, secret, x.Request, x.Answer)
			}
		}
		if x.Took <= 0 || !x.At.Equal(noon) || x.Listener != "sar" {
			t.Errorf("%+v", x)
		}
	}
	want := []row{
		{ServiceView, "", 503, "", 1, 0, false, false},
		{ServiceDeclare, "", 200, "0000", 0, 1, true, true},
		{ServiceRegistry, "", 200, "", 0, 0, false, true},
		{ServiceSend, "0900A4000000001", 200, "0000", 0, 1, true, true},
		{ServiceSend, "", 500, "Client", 0, 1, true, true},
		{ServiceSend, lot + "00", 200, "9999 5004", 0, 1, true, true},
		{ServiceSend, lot + "00", 200, "0000", 0, 1, true, true},
		{ServiceLot, "", 200, "00", 0, 1, true, true},
		{ServiceSession, "", 201, "", 0, 0, false, true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, row := range map[string]struct {
		filter AuditFilter
		want   int
	}{
		"service": {AuditFilter{Service: ServiceSend}, 4}, "number": {AuditFilter{NRE: lot + "00"}, 2}, "code": {AuditFilter{Outcome: "5004"}, 1}, "outcome": {AuditFilter{Outcome: "0000"}, 3},
		"fault": {AuditFilter{Fault: Unavailable}, 1}, "doctor": {AuditFilter{Doctor: c.doctor.CF}, 8}, "after": {AuditFilter{After: 7}, 2}, "limit": {AuditFilter{Limit: 3}, 3}, "nobody": {AuditFilter{Doctor: "x"}, 0},
	} {
		if got := len(r.Audit(row.filter)); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
	last := r.Audit(AuditFilter{Service: ServiceSend, Outcome: "0000"})[1]
	if !strings.Contains(last.Answer, "<pdfPromemoria>…</pdfPromemoria>") || !strings.Contains(last.Request, "<inv:pinCode>…</inv:pinCode>") || !strings.Contains(last.Request, "<inv:codiceAss>…<") {
		t.Errorf("masks: %s %s", last.Request, last.Answer)
	}
}

// TestAuditIsBounded: the ring keeps the newest and numbers go on.
func TestAuditIsBounded(t *testing.T) {
	r := startRegion(t, func(o *Options) { o.AuditSize = 5 })
	c := login(t, r, anagrafe.Doctors()[0])
	for range 7 {
		c.ownPatient()
	}
	list := r.Audit(AuditFilter{})
	if len(list) != 5 || list[0].ID != 8 || list[4].ID != 4 {
		t.Errorf("%d exchanges, first %+v", len(list), list[0])
	}
}

func TestLoad(t *testing.T) {
	var mutex sync.Mutex
	now := noon
	r := startRegion(t, func(o *Options) {
		o.Now = func() time.Time { mutex.Lock(); defer mutex.Unlock(); return now }
	})
	c := login(t, r, anagrafe.Doctors()[0])
	mutex.Lock()
	now = noon.Add(2 * time.Second)
	mutex.Unlock()
	r.Inject(Fault{Kind: Unavailable, Times: 1})
	c.ownPatient()
	c.call(ServiceSend, c.sendRequest(""))
	want := []LoadPoint{
		{noon.Unix(), 1, 0, map[Service]int{ServiceSession: 1}},
		{noon.Unix() + 2, 2, 1, map[Service]int{ServiceRegistry: 1, ServiceSend: 1}},
	}
	if diff := cmp.Diff(want, r.Load()); diff != "" {
		t.Error(diff)
	}
}

// TestRecord: each execution leaves its request and its answer, as they were.
func TestRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scambi")
	r := startRegion(t, func(o *Options) { o.Record = dir })
	c := login(t, r, anagrafe.Doctors()[0])
	request := c.sendRequest("")
	_, answer := c.call(ServiceSend, request)
	c.call(ServiceView, "<x/>")
	for name, want := range map[string]string{
		"000001-invio-richiesta.xml": envelope(request), "000001-invio-risposta.xml": answer, "000002-visualizza-richiesta.xml": envelope("<x/>"), "000002-visualizza-fault.xml": "",
	} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || want != "" && string(got) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 4 {
		t.Errorf("%d files", len(files))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if status, _ := c.call(ServiceSend, c.sendRequest("")); status != http.StatusOK {
		t.Errorf("a folder that is gone stops the region: %d", status)
	}
}
