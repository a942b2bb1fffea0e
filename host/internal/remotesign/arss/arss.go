// Package arss speaks to Aruba Remote Signing Service (ArubaSignService): the
// certificates of an account, a session opened with one one-time password, the
// signing of hashes within it, and its end. Messages are those of the public
// schema http://arubasignservice.arubapec.it/ as SOAP 1.1, or the same names as
// JSON.
//
// It repeats nothing: four wrong one-time passwords lock an account. No
// password, certificate, hash or signature is in an error or a log, and what the
// service describes freely is not either.
package arss

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Options of a Client.
type Options struct {
	Line *link.Line
	URL  string // of the SOAP service; with REST the parent of the operations
	REST bool
}

// Client is one service. It is safe for concurrent use.
type Client struct {
	opt  Options
	base string
}

// New makes a client; it asks nobody anything yet.
func New(opt Options) *Client { return &Client{opt, strings.TrimRight(opt.URL, "/")} }

// Identity is who asks (type auth).
type Identity struct {
	User     string
	Password []byte
	Domain   string // typeOtpAuth
	OTP      []byte // nil: not asked for
}

// String keeps the secrets out of whatever prints it.
func (Identity) String() string { return "arss.Identity" }

// GoString likewise.
func (i Identity) GoString() string { return i.String() }

func (i Identity) fields() fields {
	var all fields
	if i.OTP != nil {
		all = append(all, field{"otpPwd", string(i.OTP)})
	}
	return append(all, field{"typeOtpAuth", i.Domain}, field{"user", i.User}, field{"userPWD", string(i.Password)})
}

// Certificate is one of an account's.
type Certificate struct {
	ID  string // "AS0"
	DER []byte
}

// Certificates asks for those of an account; it takes no one-time password.
func (c *Client) Certificates(ctx context.Context, i Identity) ([]Certificate, error) {
	a, err := c.call(ctx, "listCert", fields{{"Identity", i.fields()}})
	if err != nil {
		return nil, err
	}
	if err := a.failed(); err != nil {
		return nil, err
	}
	var all []Certificate
	for _, list := range []string{"app1", "app2"} {
		for _, one := range a.all(list) {
			der, err := binary(one.get("value"))
			if err == nil && len(der) > 0 {
				all = append(all, Certificate{one.get("id"), der})
			}
		}
	}
	return all, nil
}

// SendOTP has a one-time password sent: "SMS" or "ARUBACALL".
func (c *Client) SendOTP(ctx context.Context, i Identity, kind string) error {
	a, err := c.call(ctx, "sendCredential", fields{{"Identity", i.fields()}, {"type", kind}})
	if err != nil {
		return err
	}
	return a.failed()
}

// OpenSession turns a one-time password into a session.
func (c *Client) OpenSession(ctx context.Context, i Identity) (string, error) {
	a, err := c.call(ctx, "opensession", fields{{"Identity", i.fields()}})
	if err != nil {
		return "", err
	}
	if err := a.failed(); err != nil {
		return "", err
	}
	session := a.get("")
	switch {
	case strings.HasPrefix(session, "KO"), len(session) == 4 && digits(session):
		return "", refused(session, "")
	case session == "" || len(session) > 4096:
		return "", link.BadAnswer("opensession: no session")
	}
	return session, nil
}

// CloseSession ends a session.
func (c *Client) CloseSession(ctx context.Context, i Identity, session string) error {
	a, err := c.call(ctx, "closesession", fields{{"Identity", i.fields()}, {"sessionid", session}})
	if err != nil {
		return err
	}
	if said := a.get(""); strings.HasPrefix(said, "KO") {
		return refused(said, "")
	}
	return a.failed()
}

// SignHash signs one hash in a session. hash is named as in "SHA256".
func (c *Client) SignHash(ctx context.Context, i Identity, session, certID, hash string, digest []byte) ([]byte, error) {
	request := fields{
		{"certID", certID}, {"hash", base64.StdEncoding.EncodeToString(digest)}, {"hashtype", hash},
		{"identity", i.fields()}, {"requirecert", false}, {"session_id", session},
	}
	a, err := c.call(ctx, "signhash", fields{{"SignHashRequest", request}})
	if err != nil {
		return nil, err
	}
	if err := a.failed(); err != nil {
		return nil, err
	}
	value, err := binary(a.get("signature"))
	if err != nil || len(value) == 0 {
		return nil, link.BadAnswer("signhash: no signature")
	}
	return value, nil
}

// codes are the return codes of the service.
var codes = map[string]wire.ErrorCode{
	"0003": wire.ErrRemoteLogin, // verification of the credentials
	"0004": wire.ErrRemoteOTP,   // PIN
	"0009": wire.ErrRemoteLogin, // credentials of a delegate
	"0010": wire.ErrRemoteLocked,
}

// refused names a return code. Of what the service describes only the sign of
// a lock is looked for.
func refused(code, description string) error {
	number := strings.TrimLeft(strings.TrimPrefix(code, "KO"), "- :")
	e := &signature.Error{Code: wire.ErrRemoteRefused, Detail: "return code " + link.Word(number)}
	if known, ok := codes[number]; ok {
		e.Code = known
	}
	said := strings.ToLower(description)
	for _, word := range []string{"blocc", "lock", "sospes"} {
		if strings.Contains(said, word) {
			e.Code = wire.ErrRemoteLocked
		}
	}
	return e
}

// failed reads status and return_code, which most answers have.
func (a *node) failed() error {
	status, code, said := a.get("status"), a.get("return_code"), a.get("description")
	if !strings.EqualFold(status, "KO") && (code == "" || code == "0000" || strings.EqualFold(status, "OK")) {
		return nil
	}
	if code == "" && len(said) >= 4 && digits(said[:4]) { // listCert has no place for it
		code = said[:4]
	}
	return refused(code, said)
}

// call performs one operation and returns what is in its "return".
func (c *Client) call(ctx context.Context, operation string, in fields) (*node, error) {
	q := link.Request{Name: operation, Method: http.MethodPost, URL: c.base}
	var err error
	if c.opt.REST {
		q.URL += "/" + operation
		q.ContentType, q.Accept = "application/json", "application/json"
		q.Body, err = in.json()
	} else {
		q.ContentType, q.Accept = "text/xml; charset=utf-8", "text/xml"
		q.Header = map[string]string{"SOAPAction": `""`}
		q.Body, err = envelope(operation, in)
	}
	if err != nil {
		return nil, err
	}
	a, err := c.opt.Line.Do(ctx, q)
	if err != nil {
		return nil, err
	}
	read := soap
	if c.opt.REST {
		read = rest
	}
	answer, err := read(operation, a.Body)
	var f *fault
	switch {
	case errors.As(err, &f):
		return nil, refused(f.code, f.text)
	case a.Status != http.StatusOK:
		return nil, link.Refused(a, "")
	case err != nil:
		return nil, link.BadAnswer(operation + ": " + err.Error())
	}
	return answer, nil
}

func binary(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

func digits(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}
