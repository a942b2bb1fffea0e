package signing_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/signing/arss"
	"raccordo/host/internal/sim/signing/csc"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

func fuzzed(f *testing.F) *vault.Vault {
	f.Helper()
	ca, err := testca.New("carte")
	if err != nil {
		f.Fatal(err)
	}
	key, err := oneKey()
	if err != nil {
		f.Fatal(err)
	}
	v, err := vault.New(vault.Options{CA: ca, RSA: key})
	if err != nil {
		f.Fatal(err)
	}
	return v
}

// FuzzEnvelope: whatever comes, an envelope goes back.
func FuzzEnvelope(f *testing.F) {
	service := arss.New(fuzzed(f))
	for _, inside := range []string{"", "<q:ping xmlns:q='" + arssNamespace + "'/>", "<q:signhash xmlns:q='" + arssNamespace + "'><SignHashRequest><certID>AS0</certID></SignHashRequest></q:signhash>"} {
		f.Add(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>` + inside + `</e:Body></e:Envelope>`)
	}
	f.Add(`<!DOCTYPE x><x/>`)
	f.Fuzz(func(t *testing.T, text string) {
		q := httptest.NewRequest(http.MethodPost, "/arss", strings.NewReader(text))
		q.Header.Set("Content-Type", "text/xml")
		w := httptest.NewRecorder()
		service.ServeHTTP(w, q)
		if w.Code != http.StatusOK && w.Code != http.StatusInternalServerError {
			t.Fatalf("%d", w.Code)
		}
		d := xml.NewDecoder(w.Body)
		for {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzBody: whatever comes to a method of the API, the answer is one of the
// table, and nothing is signed.
func FuzzBody(f *testing.F) {
	v := fuzzed(f)
	service := csc.New(csc.Options{Vault: v, Base: "https://127.0.0.1:8452"})
	doctor := anagrafe.Doctors()[0].CF
	login := httptest.NewRequest(http.MethodPost, "/auth/login", strings.NewReader("{}"))
	login.Header.Set("Content-Type", "application/json")
	login.SetBasicAuth(doctor, vault.Password)
	w := httptest.NewRecorder()
	service.Handler(false).ServeHTTP(w, login)
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &token); err != nil {
		f.Fatal(err)
	}
	id := vault.ID(vault.KindRSA, doctor)
	for _, method := range []string{"credentials/list", "credentials/info", "credentials/authorize", "credentials/extendTransaction", "signatures/signHash", "credentials/getChallenge", "signatures/signPolling"} {
		f.Add(method, `{"credentialID":"`+id+`","SAD":"x","hash":["AA=="],"hashes":["AA=="],"signAlgo":"1.2.840.113549.1.1.10","signAlgoParams":"MAA=","numSignatures":1,"authData":[{"id":"PIN"}]}`, true)
	}
	f.Fuzz(func(t *testing.T, method, text string, v2 bool) {
		q := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
		q.URL.Path = "/" + method
		q.Header.Set("Content-Type", "application/json")
		q.Header.Set("Authorization", "Bearer "+token.Access)
		w := httptest.NewRecorder()
		service.Handler(v2).ServeHTTP(w, q)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code != http.StatusNoContent && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %q", w.Code, w.Body)
		}
		if v.Signed() != 0 {
			t.Fatal("something was signed")
		}
	})
}
