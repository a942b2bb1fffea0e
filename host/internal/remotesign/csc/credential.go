package csc

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"raccordo/host/internal/remotesign/link"
)

// How a credential is authorised.
const (
	Implicit = "implicit"   // the service asks the user by itself
	Explicit = "explicit"   // PIN and OTP go through us
	ByPage   = "oauth2code" // at the service's page
)

// Credential is a key of the user at the service.
type Credential struct {
	ID          string
	Description string
	Disabled    bool
	Status      string // of the certificate: valid, expired, revoked, suspended; may be empty
	Algorithms  []string
	Chain       []*x509.Certificate // the user's first; empty: the service gave none that can be read
	Mode        string
	Bound       bool // SCAL 2: an authorisation is for named hashes
	Max         int  // signatures of one authorisation; 0: not told
	Factors     []Factor
}

// FactorKind is what is asked for.
type FactorKind int

// The kinds.
const (
	PIN     FactorKind = iota + 1 // the user knows it
	OTP                           // the user has it, or gets it
	Outside                       // the service asks the user on another way
)

// Factor is one of the things that authorise a credential explicitly.
type Factor struct {
	Kind     FactorKind
	ID       string // v2: of the object; v1: empty
	Ask      bool   // the service has to be asked to send or to choose something
	Numeric  bool
	Optional bool
	Label    string
	Hint     string
}

// credential is what the two versions answer.
type credential struct {
	ID          text `json:"credentialID"`
	Description text `json:"description"`
	Key         struct {
		Status text `json:"status"`
		Algo   list `json:"algo"`
	} `json:"key"`
	Cert struct {
		Status       text `json:"status"`
		Certificates list `json:"certificates"`
	} `json:"cert"`
	SCAL text   `json:"SCAL"`
	Mode text   `json:"authMode"` // v1
	PIN  factor `json:"PIN"`      // v1
	OTP  factor `json:"OTP"`      // v1
	Auth struct {
		Mode       text     `json:"mode"`
		Expression text     `json:"expression"`
		Objects    []object `json:"objects"`
	} `json:"auth"` // v2
	MultiSign count `json:"multisign"`
}

// factor is PIN or OTP of v1.
type factor struct {
	Presence    text `json:"presence"`
	Type        text `json:"type"` // offline, online
	Format      text `json:"format"`
	Label       text `json:"label"`
	Description text `json:"description"`
	Provider    text `json:"provider"`
}

// Credential asks for one of them, with its certificates.
func (c *Client) Credential(ctx context.Context, auth, id string) (Credential, error) {
	var a credential
	if _, err := c.call(ctx, mCred, auth, c.detailed(map[string]any{"credentialID": id}), &a, 0); err != nil {
		return Credential{}, err
	}
	return a.read(id), nil
}

func (c *Client) detailed(in map[string]any) map[string]any {
	in["certificates"], in["certInfo"], in["authInfo"] = "chain", true, true
	if c.opt.Lang != "" {
		in["lang"] = c.opt.Lang
	}
	return in
}

func (a credential) read(id string) Credential {
	mode := a.Mode
	if mode == "" {
		mode = a.Auth.Mode
	}
	known := Credential{
		ID: id, Description: string(a.Description), Disabled: strings.EqualFold(string(a.Key.Status), "disabled"),
		Status: strings.ToLower(string(a.Cert.Status)), Algorithms: a.Key.Algo, Mode: strings.ToLower(string(mode)),
		Bound: a.SCAL == "2", Max: int(a.MultiSign), Chain: chain(a.Cert.Certificates),
	}
	if known.Mode == "" {
		known.Mode = Explicit
	}
	if len(a.Auth.Objects) > 0 {
		known.Factors = factors(string(a.Auth.Expression), a.Auth.Objects)
		return known
	}
	for kind, f := range map[FactorKind]factor{PIN: a.PIN, OTP: a.OTP} {
		if presence := strings.ToLower(string(f.Presence)); presence == "true" || presence == "optional" {
			known.Factors = append(known.Factors, Factor{
				Kind: kind, Ask: strings.EqualFold(string(f.Type), "online"), Numeric: f.Format == "N", Optional: presence == "optional",
				Label: string(f.Label), Hint: string(cmp.Or(f.Description, f.Label)),
			})
		}
	}
	inOrder(known.Factors)
	return known
}

// chain reads base64 DER, the user's certificate first. What comes after one
// that cannot be read is of no use.
func chain(texts []string) (found []*x509.Certificate) {
	for _, t := range texts[:min(len(texts), 10)] {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(t), ""))
		if err != nil {
			return found
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return found
		}
		found = append(found, cert)
	}
	return found
}

const (
	maxPages       = 20  // of credentials/list
	maxCredentials = 100 // of a user
)

// Credentials asks for all of a user's, page by page. user is empty where the
// token says who it is.
func (c *Client) Credentials(ctx context.Context, info Info, auth, user string) ([]Credential, error) {
	if err := info.Lacks(mList); err != nil {
		return nil, err
	}
	in := map[string]any{}
	if user != "" {
		in["userID"] = user
	}
	if info.V2 {
		in["credentialInfo"] = true
		c.detailed(in)
	}
	var ids []string
	told := map[string]Credential{}
	for seen := map[string]bool{}; ; {
		var a struct {
			IDs   list         `json:"credentialIDs"`
			Infos []credential `json:"credentialInfos"`
			Next  text         `json:"nextPageToken"`
		}
		if _, err := c.call(ctx, mList, auth, in, &a, 0); err != nil {
			return nil, err
		}
		ids = append(ids, a.IDs...)
		for _, one := range a.Infos {
			told[string(one.ID)] = one.read(string(one.ID))
			if len(a.IDs) == 0 {
				ids = append(ids, string(one.ID))
			}
		}
		if a.Next == "" || len(ids) >= maxCredentials {
			break
		}
		if seen[string(a.Next)] || len(seen) >= maxPages {
			return nil, link.BadAnswer("credentials/list: pages without end")
		}
		seen[string(a.Next)] = true
		in["pageToken"] = string(a.Next)
	}
	var all []Credential
	for _, id := range ids[:min(len(ids), maxCredentials)] {
		one, known := told[id]
		if !known || len(one.Chain) == 0 {
			var err error
			if one, err = c.Credential(ctx, auth, id); err != nil {
				return nil, err
			}
		}
		all = append(all, one)
	}
	return all, nil
}
