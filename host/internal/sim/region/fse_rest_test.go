package region

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

func TestFSEState(t *testing.T) {
	now := noon
	r := startRegion(t, func(o *Options) { o.Now = func() time.Time { return now }; o.FSEDelay = 5 * time.Second })
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	_, answer := one.call(ServiceSend, one.sendRequest(""))
	plain := between(answer, "nre")
	_, answer = one.call(ServiceSend, one.sendRequest("", "<inv:tipoPrescrizione>", "<inv:oscuramDati>1</inv:oscuramDati><inv:tipoPrescrizione>"))
	hidden := between(answer, "nre")
	ask := func(c *client, nre string) (int, string) {
		return c.do(http.MethodGet, "/fse/v1/prescrizioni/"+nre, nil, "")
	}
	for _, step := range []struct {
		name   string
		client *client
		nre    string
		after  time.Duration
		status int
		want   string
	}{
		{"at once", one, plain, 0, 200, `{"dal":"2026-11-22T12:20:04+01:00","stato":"in_lavorazione"}`},
		{"hidden, at once", one, hidden, 0, 200, `"stato":"in_lavorazione"`},
		{"a colleague's", two, plain, 0, 403, "ricetta-altro-medico"},
		{"unknown", one, "0900A0999999901", 0, 404, "ricetta-assente"},
		{"just before", one, plain, 5*time.Second - time.Millisecond, 200, "in_lavorazione"},
		{"then", one, plain, 5 * time.Second, 200, `{"dal":"2026-11-22T12:20:09+01:00","stato":"visibile"}`},
		{"hidden, then", one, hidden, 5 * time.Second, 200, `"stato":"oscurato"`},
	} {
		now = noon.Add(step.after)
		if status, body := ask(step.client, step.nre); status != step.status || !strings.Contains(body, step.want) {
			t.Errorf("%s: %d %s", step.name, status, body)
		}
	}
	r.SetFSEDelay(time.Hour)
	if _, body := ask(one, plain); !strings.Contains(body, "in_lavorazione") {
		t.Errorf("slower: %s", body)
	}
	one.cancelOf(plain)
	if status, _ := ask(one, plain); status != http.StatusNotFound {
		t.Errorf("cancelled: %d", status)
	}
	one.session = ""
	if status, _ := ask(one, hidden); status != http.StatusUnauthorized {
		t.Errorf("without a session: %d", status)
	}
}
