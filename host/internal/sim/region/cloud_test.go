package region

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
)

// tokens is an identity provider of which only the line inside the region is
// there. A token that is here with an empty codice fiscale has ended.
type tokens struct {
	mutex sync.Mutex
	known map[string]idp.Access
}

var _ Introspector = (*tokens)(nil)

func (k *tokens) Introspect(token string) (idp.Access, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	a, ok := k.known[token]
	switch {
	case !ok:
		return idp.Access{}, idp.ErrTokenUnknown
	case a.CF == "":
		return idp.Access{}, idp.ErrTokenEnded
	}
	return a, nil
}

func (k *tokens) set(token string, a idp.Access) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.known[token] = a
}

func startCloud(t *testing.T) (*Region, *tokens) {
	t.Helper()
	known := &tokens{known: map[string]idp.Access{}}
	return startRegion(t, func(o *Options) { o.Introspector = known }), known
}

// cloudClient speaks without a certificate; its session is the access token.
func cloudClient(t *testing.T, r *Region, doctor anagrafe.Doctor, token string) *client {
	t.Helper()
	return &client{t: t, region: r, base: r.CloudURL(), doctor: doctor, http: httpClient(t, r), session: token}
}

func (c *client) registry() (int, string) {
	return c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+anagrafe.Patients()[0].CF, nil, "")
}

func TestCloudSession(t *testing.T) {
	r, known := startCloud(t)
	d := anagrafe.Doctors()[0]
	for _, row := range []struct {
		name   string
		access idp.Access
		want   map[string]string // metodo, livello, scade
	}{
		{"SPID", idp.Access{Method: "SPID L2", Level: "LoA3"}, map[string]string{"metodo": "SPID L2", "livello": "LoA3", "scade": "2026-11-22T20:20:04+01:00"}},
		{"CIE", idp.Access{Method: "CIE L3", Level: "LoA4"}, map[string]string{"metodo": "CIE L3", "livello": "LoA4", "scade": "2026-11-22T20:20:04+01:00"}},
		{"CNS", idp.Access{Method: "CNS", Level: "LoA4"}, map[string]string{"metodo": "CNS", "livello": "LoA4", "scade": "2026-11-22T20:20:04+01:00"}},
		{"login ends before", idp.Access{Method: "SPID L2", Level: "LoA3", Until: noon.Add(time.Hour)}, map[string]string{"metodo": "SPID L2", "livello": "LoA3", "scade": "2026-11-22T13:20:04+01:00"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.access.CF, row.access.Login = d.CF, row.name
			known.set(row.name, row.access)
			c := cloudClient(t, r, d, row.name)
			status, body := c.do(http.MethodPost, "/sessione/v1", nil, "")
			var got map[string]string
			if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusCreated {
				t.Fatalf("%d %s %v", status, body, err)
			}
			id := got["id"]
			delete(got, "id")
			for name, value := range map[string]string{"codice_fiscale": d.CF, "cognome": "VERDI", "nome": "GIULIA", "organizzazione": "090201", "specializzazione": "F", "dal": "2026-11-22T12:20:04+01:00"} {
				row.want[name] = value
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
			if status, _ := c.do(http.MethodGet, "/sessione/v1/"+id, nil, ""); status != http.StatusOK {
				t.Errorf("get: %d", status)
			}
			if status, _ := c.registry(); status != http.StatusOK {
				t.Errorf("registry: %d", status)
			}
			if status, _ := c.do(http.MethodDelete, "/sessione/v1/"+id, nil, ""); status != http.StatusNoContent {
				t.Errorf("delete: %d", status)
			}
			if status, body := c.registry(); status != http.StatusUnauthorized || !strings.Contains(body, "sessione-scaduta") {
				t.Errorf("registry after the end: %d %s", status, body)
			}
		})
	}
}

// TestCloudServices: a morning with an access token, every service once.
func TestCloudServices(t *testing.T) {
	r, known := startCloud(t)
	d := anagrafe.Doctors()[0]
	known.set("uno", idp.Access{CF: d.CF, Login: "l", Method: "SPID L2", Level: "LoA3"})
	c := cloudClient(t, r, d, "uno")
	if status, body := c.do(http.MethodPost, "/sessione/v1", nil, ""); status != http.StatusCreated {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := c.registry(); status != http.StatusOK || !strings.Contains(body, "BIANCHI") {
		t.Errorf("registry: %d %s", status, body)
	}
	nre := c.newLot() + "01"
	known.set("due", idp.Access{CF: d.CF, Login: "l", Method: "SPID L2", Level: "LoA3"}) // refreshed
	known.set("uno", idp.Access{})
	c.session = "due"
	if status, body := c.call(ServiceSend, c.sendRequest(nre)); status != http.StatusOK || between(body, "codEsitoInserimento") != outcomeOK {
		t.Fatalf("send: %d %s", status, body)
	}
	if got := between(c.viewOf(nre), "statoProcesso"); got != stateLive {
		t.Errorf("view: %q", got)
	}
	if got := between(c.cancelOf(nre), "codEsitoAnnullamento"); got != outcomeOK {
		t.Errorf("cancel: %q", got)
	}
	want := map[Service]int{ServiceSession: 1, ServiceRegistry: 1, ServiceLot: 1, ServiceSend: 1, ServiceView: 1, ServiceCancel: 1}
	if diff := cmp.Diff(want, r.Stats().Requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestCloudRefusals(t *testing.T) {
	r, known := startCloud(t)
	doctors := anagrafe.Doctors()
	known.set("ended", idp.Access{})
	known.set("citizen", idp.Access{CF: anagrafe.Patients()[0].CF, Login: "c"})
	known.set("idle", idp.Access{CF: doctors[0].CF, Login: "i"})
	known.set("replaced", idp.Access{CF: doctors[0].CF, Login: "r"})
	known.set("revoked", idp.Access{CF: doctors[1].CF, Login: "v"})
	open := func(token string) (string, int) {
		c := cloudClient(t, r, doctors[0], token)
		status, body := c.do(http.MethodPost, "/sessione/v1", nil, "")
		return body, status
	}
	open("revoked")
	r.RevokeSessions()
	open("replaced")
	card := login(t, r, doctors[0])
	if status, _ := card.registry(); status != http.StatusOK {
		t.Errorf("the card's session: %d", status)
	}
	if body, status := open("citizen"); status != http.StatusForbidden || !strings.Contains(body, "medico-sconosciuto") {
		t.Errorf("a citizen opens a session: %d %s", status, body)
	}
	for _, row := range []struct{ token, code, challenge string }{
		{"", "token-assente", "Bearer"},
		{"made up", "token-non-valido", `Bearer error="invalid_token"`},
		{"ended", "token-scaduto", `Bearer error="invalid_token"`},
		{"citizen", "sessione-assente", `Bearer error="invalid_token"`},
		{"idle", "sessione-assente", `Bearer error="invalid_token"`},
		{"replaced", "sessione-scaduta", `Bearer error="invalid_token"`},
		{"revoked", "sessione-scaduta", `Bearer error="invalid_token"`},
		{card.session, "token-non-valido", `Bearer error="invalid_token"`}, // a SAR session is no token
	} {
		t.Run(row.code+" "+row.token, func(t *testing.T) {
			c := cloudClient(t, r, doctors[0], row.token)
			for _, path := range append([]string{"/anagrafe/v1/assistiti/x"}, paths(r)...) {
				method := http.MethodPost
				if strings.HasPrefix(path, "/anagrafe") {
					method = http.MethodGet
				}
				answer, err := c.request(method, path, nil, "")
				if err != nil {
					t.Fatal(err)
				}
				var p struct{ Codice string }
				err = json.NewDecoder(answer.Body).Decode(&p)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusUnauthorized || p.Codice != row.code || answer.Header.Get("WWW-Authenticate") != row.challenge {
					t.Errorf("%s: %d %q %q %v", path, answer.StatusCode, p.Codice, answer.Header.Get("WWW-Authenticate"), err)
				}
			}
		})
	}
	t.Run("a token at the SAR", func(t *testing.T) {
		c := newClient(t, r, doctors[0])
		c.session = "idle"
		if status, body := c.registry(); status != http.StatusUnauthorized || !strings.Contains(body, "sessione-assente") {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("another's session id", func(t *testing.T) {
		c := cloudClient(t, r, doctors[0], "idle")
		if status, _ := c.do(http.MethodDelete, "/sessione/v1/"+card.session, nil, ""); status != http.StatusNotFound {
			t.Errorf("%d", status)
		}
	})
}

func paths(r *Region) (list []string) {
	for _, op := range r.operations() {
		list = append(list, op.path)
	}
	return list
}

func TestNoCloudWithoutIntrospector(t *testing.T) {
	if got := startRegion(t).CloudURL(); got != "" {
		t.Errorf("cloud at %q", got)
	}
}
