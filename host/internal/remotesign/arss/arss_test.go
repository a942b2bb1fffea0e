package arss

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a server that always answers the same and keeps what it was asked.
type echo struct {
	status int
	body   string
	asked  string
	url    string
	header http.Header
}

func (e *echo) RoundTrip(q *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	e.asked, e.header, e.url = string(raw), q.Header, q.URL.String()
	return &http.Response{StatusCode: e.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(e.body)), Request: q}, nil
}

func client(e *echo, rest bool) *Client {
	return New(Options{Line: link.New(&http.Client{Transport: e}, time.Minute, zerolog.Nop()), URL: "https://x/arss/", REST: rest})
}

func answer(operation, inner string) string {
	return `<?xml version="1.0"?><S:Envelope xmlns:S="` + soapSpace + `"><S:Body><ns2:` + operation + `Response xmlns:ns2="` + space + `"><return>` + inner + `</return></ns2:` + operation + `Response></S:Body></S:Envelope>`
}

var me = Identity{User: "utente", Password: []byte(`p<&>"`), Domain: "dominio", OTP: []byte("123456")}

// TestRequests holds what goes out against the public schema: the wrapper in the
// service's namespace, what is in it in none, members in the order of type auth.
func TestRequests(t *testing.T) {
	e := &echo{status: 200, body: answer("signhash", `<status>OK</status><return_code>0000</return_code><signature>AAEC</signature>`)}
	value, err := client(e, false).SignHash(t.Context(), Identity{User: "utente", Password: me.Password, Domain: "dominio"}, "s-1", "AS0", "SHA256", []byte{1, 2, 3})
	if err != nil || !bytes.Equal(value, []byte{0, 1, 2}) {
		t.Fatal(value, err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<a:signhash xmlns:a="http://arubasignservice.arubapec.it/"><SignHashRequest><certID>AS0</certID><hash>AQID</hash><hashtype>SHA256</hashtype>` +
		`<identity><typeOtpAuth>dominio</typeOtpAuth><user>utente</user><userPWD>p&lt;&amp;&gt;&#34;</userPWD></identity>` +
		`<requirecert>false</requirecert><session_id>s-1</session_id></SignHashRequest></a:signhash></s:Body></s:Envelope>`
	if d := cmp.Diff(want, e.asked); d != "" || e.header.Get("Soapaction") != `""` || e.header.Get("Content-Type") != "text/xml; charset=utf-8" || e.url != "https://x/arss" {
		t.Error(d, e.header, e.url)
	}
	if xml.Unmarshal([]byte(e.asked), new(struct{})) != nil {
		t.Error("not well-formed")
	}
	e.body = answer("opensession", "sessione-7")
	if s, err := client(e, false).OpenSession(t.Context(), me); err != nil || s != "sessione-7" ||
		!strings.Contains(e.asked, `<a:opensession xmlns:a="`+space+`"><Identity><otpPwd>123456</otpPwd><typeOtpAuth>dominio</typeOtpAuth><user>`) {
		t.Error(s, err, e.asked)
	}
	e.body = `{"status":"OK","return_code":"0000","signature":"AAEC"}`
	if _, err := client(e, true).SignHash(t.Context(), Identity{User: "u"}, "s", "AS0", "SHA256", []byte{1}); err != nil ||
		e.asked != `{"request":{"certID":"AS0","hash":"AQ==","hashtype":"SHA256","identity":{"typeOtpAuth":"","user":"u","userPWD":""},"requirecert":false,"session_id":"s"}}` || e.url != "https://x/arss/signhash" {
		t.Error(err, e.asked, e.url)
	}
}

// TestSessions: how a session, or why there is none, can look.
func TestSessions(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		rest       bool
		status     int
		session    string
		code       wire.ErrorCode
	}{
		{"a word", answer("opensession", "abc"), false, 200, "abc", ""},
		{"KO", answer("opensession", "KO-0003"), false, 200, "", wire.ErrRemoteLogin},
		{"KO with a blank", answer("opensession", "KO 0004"), false, 200, "", wire.ErrRemoteOTP},
		{"the code alone", answer("opensession", "0010"), false, 200, "", wire.ErrRemoteLocked},
		{"KO alone", answer("opensession", "KO"), false, 200, "", wire.ErrRemoteRefused},
		{"nothing", answer("opensession", ""), false, 200, "", wire.ErrRemoteAnswer},
		{"another answer", answer("closesession", "abc"), false, 200, "", wire.ErrRemoteAnswer},
		{"a fault", `<S:Envelope xmlns:S="x"><S:Body><S:Fault><faultcode>S:Server</faultcode><faultstring>Utente BLOCCATO RSSMRA70A01L219K</faultstring></S:Fault></S:Body></S:Envelope>`, false, 500, "", wire.ErrRemoteLocked},
		{"another fault", `<S:Envelope xmlns:S="x"><S:Body><S:Fault><faultstring>x</faultstring></S:Fault></S:Body></S:Envelope>`, false, 500, "", wire.ErrRemoteRefused},
		{"503", "x", false, 503, "", wire.ErrRemoteBusy},
		{"a document type", `<!DOCTYPE x [<!ENTITY a "b">]>` + answer("opensession", "&a;"), false, 200, "", wire.ErrRemoteAnswer},
		{"an entity", answer("opensession", "&a;"), false, 200, "", wire.ErrRemoteAnswer},
		{"two returns", strings.Replace(answer("opensession", "a"), "<return>a</return>", "<return>a</return><return>b</return>", 1), false, 200, "", wire.ErrRemoteAnswer},
		{"two bodies", `<E:Envelope xmlns:E="x"><E:Body/><E:Body/></E:Envelope>`, false, 200, "", wire.ErrRemoteAnswer},
		{"cut off", answer("opensession", "abc")[:200], false, 200, "", wire.ErrRemoteAnswer},
		{"too deep", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), false, 200, "", wire.ErrRemoteAnswer},
		{"JSON word", `"abc"`, true, 200, "abc", ""},
		{"JSON object", `{"return":"abc"}`, true, 200, "abc", ""},
		{"JSON number", `123456789012345678901`, true, 200, "123456789012345678901", ""},
		{"bare", `abc-def`, true, 200, "abc-def", ""},
		{"JSON KO", `{"return":"KO-0004"}`, true, 200, "", wire.ErrRemoteOTP},
		{"JSON status", `{"status":"KO","return_code":"0004","description":"x"}`, true, 200, "", wire.ErrRemoteOTP},
		{"JSON list", `["a"]`, true, 200, "", wire.ErrRemoteAnswer},
		{"JSON without end", strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100), true, 200, "", wire.ErrRemoteAnswer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			session, err := client(&echo{status: tt.status, body: tt.body}, tt.rest).OpenSession(t.Context(), me)
			if session != tt.session {
				t.Errorf("%q %v", session, err)
			}
			if tt.code != "" && !errors.Is(err, &signature.Error{Code: tt.code}) || err != nil && strings.Contains(err.Error(), "RSSMRA") {
				t.Error(err)
			}
		})
	}
}

// TestCertificates: both lists of an account; what is no certificate is passed
// over, and a refusal that has no place for its code is read all the same.
func TestCertificates(t *testing.T) {
	e := &echo{status: 200, body: answer("listCert", `<app1><id>AS0</id><value>AAEC
	</value></app1><app1><id>AS1</id><value>%</value></app1><app2><id>AV0</id><value>AAED</value></app2><status>OK</status>`)}
	all, err := client(e, false).Certificates(t.Context(), me)
	if d := cmp.Diff([]Certificate{{"AS0", []byte{0, 1, 2}}, {"AV0", []byte{0, 1, 3}}}, all); d != "" || err != nil {
		t.Error(d, err)
	}
	e.body = answer("listCert", `<description>0003 Errore in fase di verifica delle credenziali</description><status>KO</status>`)
	if _, err := client(e, false).Certificates(t.Context(), me); !errors.Is(err, &signature.Error{Code: wire.ErrRemoteLogin}) {
		t.Error(err)
	}
	e.body = `{"app1":{"id":"AS0","value":"AAEC"},"status":"OK"}`
	if all, err := client(e, true).Certificates(t.Context(), me); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
	for _, text := range []string{fmt.Sprintf("%v", me), fmt.Sprintf("%+v", me), fmt.Sprintf("%#v", me)} {
		if strings.Contains(text, "123456") {
			t.Error(text)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		answer("opensession", "abc"), answer("opensession", "KO-0003"), answer("listCert", `<app1><id>AS0</id><value>AAEC</value></app1><status>OK</status>`),
		answer("signhash", `<status>KO</status><return_code>0004</return_code><description>x</description>`), answer("signhash", `<signature>AAEC</signature>`),
		`{"return":"abc"}`, `{"status":"OK","signature":"AAEC"}`, `{"app1":[{"id":"AS0","value":"AAEC"}]}`, "", "null", "<a/>", `<!DOCTYPE a>`,
	} {
		f.Add(200, seed)
		f.Add(500, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 100 || status > 999 {
			return
		}
		for _, rest := range []bool{false, true} {
			c := client(&echo{status: status, body: body}, rest)
			judge := func(what string, err error) {
				var e *signature.Error
				if err != nil && (!errors.As(err, &e) || wire.Lookup(e.Code).Code != e.Code || len(e.Detail) > 120) {
					t.Errorf("%s: %#v", what, err)
				}
			}
			session, err := c.OpenSession(t.Context(), me)
			judge("opensession", err)
			if (err == nil) != (session != "") || strings.HasPrefix(session, "KO") {
				t.Errorf("%q %v", session, err)
			}
			value, err := c.SignHash(t.Context(), me, "s", "AS0", "SHA256", []byte{1})
			judge("signhash", err)
			if (err == nil) != (len(value) > 0) {
				t.Errorf("%x %v", value, err)
			}
			_, err = c.Certificates(t.Context(), me)
			judge("listCert", err)
			judge("sendCredential", c.SendOTP(t.Context(), me, "SMS"))
			judge("closesession", c.CloseSession(t.Context(), me, "s"))
		}
	})
}
