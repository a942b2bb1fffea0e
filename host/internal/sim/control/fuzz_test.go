package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/region"
)

// FuzzPlan: whatever is accepted can happen, whatever is not has a reason.
func FuzzPlan(f *testing.F) {
	r, err := region.New(region.Options{Log: zerolog.Nop()})
	if err != nil {
		f.Fatal(err)
	}
	h := control.Handler(control.Options{Region: r})
	f.Add(`{"guasto":"lentezza","servizio":"invio","volte":1,"ritardo_ms":10}`)
	f.Add(`{"guasto":"orologio-sfasato","sfasamento_s":-4294967296}`)
	f.Add(`{"guasto":"manutenzione","stato":200}{`)
	f.Fuzz(func(t *testing.T, body string) {
		q := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/v1/guasti", strings.NewReader(body))
		q.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		list := r.Plan().List()
		switch {
		case w.Code == http.StatusCreated && (len(list) != 1 || list[0].Check() != nil):
			t.Errorf("accepted %q: %+v", body, list)
		case w.Code != http.StatusCreated && (w.Code < 400 || w.Code >= 500 || len(list) != 0 || !strings.Contains(w.Body.String(), `"codice":`)):
			t.Errorf("%d for %q: %s", w.Code, body, w.Body)
		}
		r.ClearFaults()
	})
}
