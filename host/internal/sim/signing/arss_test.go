package signing_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

const arssNamespace = "http://arubasignservice.arubapec.it/"

// reply is any operation's return.
type reply struct {
	Word        string `xml:",chardata"`
	Status      string `xml:"status" json:"status"`
	Code        string `xml:"return_code" json:"return_code"`
	Description string `xml:"description" json:"description"`
	Signature   string `xml:"signature" json:"signature"`
	Cert        string `xml:"cert" json:"cert"`
	App1        []struct {
		ID    string `xml:"id"`
		Value string `xml:"value"`
	} `xml:"app1"`
}

// identity is the account, with a one-time password when there is one.
func (s *stand) identity(name, otp string) string {
	if otp != "" {
		otp = "<otpPwd>" + otp + "</otpPwd>"
	}
	return "<" + name + ">" + otp + "<typeHSM>COSIGN</typeHSM><typeOtpAuth>firma.prova</typeOtpAuth><user>" + s.doctor.CF + "</user><userPWD>" + vault.Password + "</userPWD></" + name + ">"
}

// soap calls an operation; question and answer are held against the types of the
// service's public description by xmllint.
func (s *stand) soap(operation, inside string) reply {
	s.Helper()
	question := `<q:` + operation + ` xmlns:q="` + arssNamespace + `">` + inside + `</q:` + operation + `>`
	status, answer := s.envelope(question)
	if status != http.StatusOK {
		s.Fatalf("%s: %d %s", operation, status, answer)
	}
	from, to := strings.Index(answer, "<ns2:"), strings.LastIndex(answer, "</soap:Body>")
	s.lint(question)
	s.lint(answer[from:to])
	var out struct {
		Return reply `xml:"Body>Response>return"`
	}
	s.must(xml.Unmarshal([]byte(strings.ReplaceAll(answer, operation+"Response", "Response")), &out))
	return out.Return
}

func (s *stand) envelope(inside string) (int, string) {
	s.Helper()
	q := s.request(http.MethodPost, "/arss", "text/xml; charset=utf-8", []byte(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>`+inside+`</e:Body></e:Envelope>`))
	q.Header.Set("SOAPAction", `""`)
	status, _, raw := s.do(q)
	return status, string(raw)
}

func (s *stand) lint(element string) {
	s.Helper()
	file := filepath.Join(s.TempDir(), "element.xml")
	s.must(os.WriteFile(file, []byte(element), 0o600))
	if out, err := exec.CommandContext(s.Context(), "xmllint", "--noout", "--nonet", "--schema", "arss/testdata/arss.xsd", file).CombinedOutput(); err != nil {
		s.Errorf("%v\n%s\n%s", err, out, element)
	}
}

// hashing are the parameters of signhash.
func (s *stand) hashing(text, session, otp string) string {
	if session != "" {
		session = "<session_id>" + session + "</session_id>"
	}
	return "<SignHashRequest><certID>AS0</certID><hash>" + b64(digest(text)) + "</hash><hashtype>SHA256</hashtype>" + s.identity("identity", otp) + "<requirecert>true</requirecert>" + session + "</SignHashRequest>"
}

// TestARSS: a code by SMS, a session, many documents, the end.
func TestARSS(t *testing.T) {
	s := start(t)
	list := s.soap("listCert", s.identity("Identity", ""))
	if list.Status != "OK" || len(list.App1) != 2 || list.App1[0].ID != "AS0" || list.App1[0].Value != b64(s.cert(vault.KindRSA).Cert.Raw) {
		t.Fatalf("%+v", list)
	}
	if sent := s.soap("sendCredential", s.identity("Identity", "")+"<type>SMS</type>"); sent.Code != "0000" || sent.Status != "OK" {
		t.Fatalf("%+v", sent)
	}
	m, _ := s.Vault.LastOTP(s.doctor.CF)
	session := s.soap("opensession", s.identity("Identity", m.Code)).Word
	if len(session) != 32 || s.ARSS.Sessions() != 1 {
		t.Fatalf("session %q", session)
	}
	for _, text := range []string{"uno", "due", "tre"} {
		out := s.soap("signhash", s.hashing(text, session, ""))
		value, err := base64.StdEncoding.DecodeString(out.Signature)
		s.must(err)
		if s.must(check(s.cert(vault.KindRSA).Cert, digest(text), value)); out.Cert == "" || out.Code != "0000" {
			t.Errorf("%+v", out)
		}
	}
	if out := s.soap("closesession", s.identity("Identity", "")+"<sessionid>"+session+"</sessionid>"); out.Word != "OK" || s.ARSS.Sessions() != 0 {
		t.Errorf("%+v", out)
	}
	if out := s.soap("signhash", s.hashing("uno", session, "")); out.Status != "KO" || out.Code != "0003" {
		t.Errorf("after the end: %+v", out)
	}
	if out := s.soap("signhash", s.hashing("uno", "", s.otp())); out.Code != "0000" {
		t.Errorf("without a session: %+v", out)
	}
}

// TestARSSRefuses: every return code, and the session that ends.
func TestARSSRefuses(t *testing.T) {
	s := start(t)
	id := s.identity("Identity", "")
	for name, row := range map[string]struct{ operation, inside, code, word string }{
		"wrong OTP":         {"opensession", s.identity("Identity", "0"), "", "KO-0004"},
		"no OTP":            {"opensession", id, "", "KO-0002"},
		"wrong password":    {"opensession", strings.Replace(s.identity("Identity", "1"), vault.Password, "x", 1), "", "KO-0003"},
		"no domain":         {"sendCredential", strings.Replace(id, "firma.prova", "", 1) + "<type>SMS</type>", "0002", ""},
		"another user":      {"sendCredential", strings.Replace(id, s.doctor.CF, "x", 1) + "<type>SMS</type>", "0003", ""},
		"by post":           {"sendCredential", id + "<type>PAPERTOKEN</type>", "0002", ""},
		"no session":        {"closesession", id + "<sessionid>x</sessionid>", "", "KO-0003"},
		"a short digest":    {"signhash", strings.Replace(s.hashing("uno", "x", ""), b64(digest("uno")), "eA==", 1), "0002", ""},
		"SHA-1":             {"signhash", strings.Replace(s.hashing("uno", "x", ""), "SHA256", "SHA1", 1), "0002", ""},
		"no such key":       {"signhash", strings.Replace(s.hashing("uno", "x", ""), "AS0", "AS9", 1), "0002", ""},
		"session of nobody": {"signhash", s.hashing("uno", "x", ""), "0003", ""},
	} {
		if out := s.soap(row.operation, row.inside); out.Code != row.code || row.word != "" && out.Word != row.word {
			t.Errorf("%s: %+v", name, out)
		}
	}
	s.Vault.Unlock()
	s.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "signhash", Error: "0001"})
	session := s.soap("opensession", s.identity("Identity", s.otp())).Word
	if out := s.soap("signhash", s.hashing("uno", session, "")); out.Code != "0001" || out.Description != "Errore generico nel processo di firma" {
		t.Errorf("ordered: %+v", out)
	}
	s.Vault.Change(func(set *vault.Settings) { set.SessionDocuments = 1 })
	for i, want := range []string{"0000", "0001"} {
		if out := s.soap("signhash", s.hashing("uno", session, "")); out.Code != want {
			t.Errorf("document %d of a session for one: %+v", i+1, out)
		}
	}
	s.Vault.Change(func(set *vault.Settings) { set.SessionDocuments = 0 })
	s.later.Store(int64(6 * time.Minute))
	if out := s.soap("signhash", s.hashing("uno", session, "")); out.Code != "0003" || out.Description != "Sessione scaduta" {
		t.Errorf("old session: %+v", out)
	}
	s.Vault.Change(func(set *vault.Settings) { set.NoSignHash = true })
	if out := s.soap("signhash", s.hashing("uno", "", s.otp())); out.Code != "0001" {
		t.Errorf("not allowed: %+v", out)
	}
}

// TestARSSLocks after four wrong codes in a row, and says so.
func TestARSSLocks(t *testing.T) {
	s := start(t)
	for range vault.MaxWrongOTP {
		if out := s.soap("opensession", s.identity("Identity", "0")); out.Word != "KO-0004" {
			t.Errorf("%+v", out)
		}
	}
	if out := s.soap("opensession", s.identity("Identity", s.otp())); out.Word != "KO-0003" || !s.Vault.Locked(s.doctor.CF) {
		t.Errorf("the right one, late: %+v", out)
	}
	if out := s.soap("sendCredential", s.identity("Identity", "")+"<type>SMS</type>"); out.Code != "0003" || out.Description != "Utente bloccato" {
		t.Errorf("%+v", out)
	}
}

// TestARSSEnvelopes: what is no request gets a fault.
func TestARSSEnvelopes(t *testing.T) {
	s := start(t)
	for name, inside := range map[string]string{
		"another namespace":       `<ping xmlns="urn:x"/>`,
		"no such operation":       `<q:firma xmlns:q="` + arssNamespace + `"/>`,
		"qualified parameters":    `<opensession xmlns="` + arssNamespace + `"><Identity/></opensession>`,
		"half":                    `<q:ping xmlns:q="` + arssNamespace + `">`,
		"nothing":                 ``,
		"something of wrong type": `<q:signhash xmlns:q="` + arssNamespace + `"><SignHashRequest><requirecert>forse</requirecert></SignHashRequest></q:signhash>`,
	} {
		if status, answer := s.envelope(inside); status != 500 || !strings.Contains(answer, "<faultcode>soap:Client</faultcode>") {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	q := s.request(http.MethodPost, "/arss", "text/xml", []byte(`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`))
	if status, _, raw := s.do(q); status != 500 || !strings.Contains(string(raw), "document type") {
		t.Errorf("document type: %d %s", status, raw)
	}
	for _, kind := range []string{"text/plain", ""} {
		if status, _, _ := s.do(s.request(http.MethodPost, "/arss", kind, nil)); status != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d", kind, status)
		}
	}
}

// TestARSSInJSON: the same operations, the same members.
func TestARSSInJSON(t *testing.T) {
	s := start(t)
	id := object{"user": s.doctor.CF, "userPWD": vault.Password, "typeOtpAuth": "firma.prova"}
	_, opened := s.call("/arss/opensession", object{"identity": with(id, object{"otpPwd": s.otp()})})
	in := object{"certID": "AS1", "hash": b64(digest("uno")), "hashtype": "SHA256", "identity": id, "session_id": opened["return"]}
	status, out := s.call("/arss/signhash", object{"request": in})
	if status != 200 || out["return_code"] != "0000" || out["cert"] != nil {
		t.Fatalf("%d %v", status, out)
	}
	value, err := base64.StdEncoding.DecodeString(out["signature"].(string))
	s.must(err)
	s.must(check(s.cert(vault.KindEC).Cert, digest("uno"), value))
	if _, out := s.call("/arss/closesession", object{"identity": id, "sessionid": opened["return"]}); out["return"] != "OK" {
		t.Errorf("%v", out)
	}
	if status, out := s.call("/arss/pdfsignatureV2", object{}); status != 200 || out["status"] != "KO" || out["return_code"] != "0001" {
		t.Errorf("a whole document: %d %v", status, out)
	}
	if status, _ := s.call("/arss/firma", object{}); status != 404 {
		t.Errorf("no such operation: %d", status)
	}
	q := s.request(http.MethodPost, "/arss/signhash", "application/json", []byte("["))
	if status, _, raw := s.do(q); status != 400 || !json.Valid(raw) {
		t.Errorf("no JSON: %d %s", status, raw)
	}
	if s.ARSS.Calls("signhash") != 2 {
		t.Errorf("%d calls", s.ARSS.Calls("signhash"))
	}
}
