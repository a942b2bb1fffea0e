package csc

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// usualLife is that of an authorisation which does not tell (section 11.6).
const usualLife = time.Hour

// Grant authorises signatures.
type Grant struct {
	SAD    string
	Bearer bool // SAD is an access token that also stands in for the service's (v2, section 8.4.4)
	Life   time.Duration
}

// String keeps the authorisation out of whatever prints it.
func (Grant) String() string { return "csc.Grant" }

// GoString likewise.
func (g Grant) GoString() string { return g.String() }

// Demand is what is to be authorised.
type Demand struct {
	Info       Info
	Auth       string // Authorization header
	Credential Credential
	Algorithm  signature.Algorithm
	Hashes     [][]byte
}

// Secret is the answer to a Factor.
type Secret struct {
	Factor Factor
	Value  []byte
}

type sad struct {
	SAD    text   `json:"SAD"`
	Life   number `json:"expiresIn"`
	Handle text   `json:"handle"`
}

// SendOTP has a one-time password of v1 sent, or a challenge of v2, which is
// returned when there is one to be shown.
func (c *Client) SendOTP(ctx context.Context, d Demand, f Factor) (challenge string, err error) {
	in := map[string]any{"credentialID": d.Credential.ID}
	method := mSendOTP
	if f.ID != "" {
		in["authObjectID"] = f.ID
		method = mChallenge
	}
	var a struct {
		Challenge text `json:"challenge"`
	}
	_, err = c.call(ctx, method, d.Auth, in, &a, 0)
	return string(a.Challenge), err
}

// CanSendOTP tells whether SendOTP can be called for a factor.
func CanSendOTP(info Info, f Factor) bool {
	return f.Ask && (f.ID != "" && info.Has(mChallenge) || f.ID == "" && info.Has(mSendOTP))
}

// Ready tells whether the service has what a demand needs, before the user is
// asked for anything.
func (d Demand) Ready() error {
	if d.Credential.Mode == ByPage {
		return d.Info.Lacks(mSign)
	}
	return d.Info.Lacks(mAuthorize, mSign)
}

// Authorize gets leave to sign the hashes, and no others.
func (c *Client) Authorize(ctx context.Context, d Demand, secrets []Secret) (Grant, error) {
	in := map[string]any{"credentialID": d.Credential.ID, "numSignatures": len(d.Hashes)}
	d.hashes(in)
	var objects []map[string]string
	for _, s := range secrets {
		switch {
		case s.Factor.ID != "" && s.Value == nil:
			objects = append(objects, map[string]string{"id": s.Factor.ID})
		case s.Factor.ID != "":
			objects = append(objects, map[string]string{"id": s.Factor.ID, "value": string(s.Value)})
		case s.Factor.Kind == PIN:
			in["PIN"] = string(s.Value)
		case s.Factor.Kind == OTP:
			in["OTP"] = string(s.Value)
		}
	}
	if len(objects) > 0 {
		in["authData"] = objects
	}
	var more time.Duration
	if d.Credential.Mode == Implicit {
		more = c.opt.Wait // the user is being asked meanwhile
	}
	var a sad
	status, err := c.call(ctx, mAuthorize, d.Auth, in, &a, more)
	if err != nil {
		return Grant{}, only(err, secrets)
	}
	if a.SAD == "" && a.Handle != "" || status == http.StatusAccepted {
		return c.pending(ctx, d, string(a.Handle), secrets)
	}
	return a.grant()
}

func (a sad) grant() (Grant, error) {
	if a.SAD == "" {
		return Grant{}, link.BadAnswer("authorisation without SAD")
	}
	return Grant{SAD: string(a.SAD), Life: life(a.Life, usualLife)}, nil
}

// pending waits for an authorisation that is given elsewhere.
func (c *Client) pending(ctx context.Context, d Demand, handle string, secrets []Secret) (Grant, error) {
	if handle == "" {
		return Grant{}, link.BadAnswer("pending authorisation without handle")
	}
	var a sad
	err := c.poll(ctx, func(ctx context.Context) (bool, error) {
		a = sad{}
		status, err := c.call(ctx, mCheck, d.Auth, map[string]any{"handle": handle}, &a, 0)
		return status != http.StatusAccepted && a.SAD != "", err
	})
	if err != nil {
		return Grant{}, only(err, secrets)
	}
	return a.grant()
}

// poll asks until there is an answer, or no more time.
func (c *Client) poll(ctx context.Context, ask func(context.Context) (done bool, err error)) error {
	limited, cancel := context.WithTimeout(ctx, c.opt.Wait)
	defer cancel()
	tick := time.NewTicker(c.opt.Poll)
	defer tick.Stop()
	for {
		select {
		case <-limited.Done():
			if ctx.Err() != nil {
				return &signature.Error{Code: wire.ErrCancelled}
			}
			return &signature.Error{Code: wire.ErrRemoteBusy, Detail: "pending"}
		case <-tick.C:
		}
		if done, err := ask(ctx); done || err != nil {
			return err
		}
	}
}

// Extend renews an authorisation for the hashes that come next.
func (c *Client) Extend(ctx context.Context, d Demand, g Grant) (Grant, error) {
	in := map[string]any{"credentialID": d.Credential.ID, "SAD": g.SAD}
	d.hashes(in)
	var a sad
	if _, err := c.call(ctx, mExtend, d.Auth, in, &a, 0); err != nil {
		return Grant{}, err
	}
	if a.SAD == "" { // the old one lives on
		a.SAD = text(g.SAD)
	}
	next, err := a.grant()
	next.Bearer = g.Bearer
	return next, err
}

// CanExtend tells whether Extend can be called.
func CanExtend(info Info) bool { return info.Has(mExtend) }

// hashes are named always: with SCAL 2 they must be, with SCAL 1 they may be.
func (d Demand) hashes(in map[string]any) {
	if !d.Info.V2 {
		in["hash"] = encoded(d.Hashes)
		return
	}
	in["hashes"] = encoded(d.Hashes)
	in["hashAlgorithmOID"] = byHash[d.Algorithm.Hash].hash
}

func encoded(hashes [][]byte) []string {
	texts := make([]string, len(hashes))
	for i, h := range hashes {
		texts[i] = base64.StdEncoding.EncodeToString(h)
	}
	return texts
}

// only says which secret was refused when there was but one kind: v2 has one
// code for all.
func only(err error, secrets []Secret) error {
	if !Is(err, "invalid_authentication_data") {
		return err
	}
	for _, s := range secrets {
		if s.Factor.Kind != PIN {
			return err
		}
	}
	return &signature.Error{Code: wire.ErrRemotePIN, Detail: "HTTP " + strconv.Itoa(http.StatusBadRequest) + " invalid_authentication_data"}
}

// page puts a demand into the address of the service's page (v1 section 8.3.3,
// v2 section 8.4.2): there hashes are base64url, with commas between.
func (d Demand) page(q url.Values) {
	q.Set("credentialID", d.Credential.ID)
	q.Set("numSignatures", strconv.Itoa(len(d.Hashes)))
	texts := make([]string, len(d.Hashes))
	for i, h := range d.Hashes {
		texts[i] = base64.RawURLEncoding.EncodeToString(h)
	}
	if !d.Info.V2 {
		q.Set("hash", strings.Join(texts, ","))
		return
	}
	q.Set("hashes", strings.Join(texts, ","))
	q.Set("hashAlgorithmOID", byHash[d.Algorithm.Hash].hash)
}
