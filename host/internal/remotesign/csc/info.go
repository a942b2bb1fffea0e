package csc

import (
	"context"
	"slices"
	"strings"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Info is what a service says of itself.
type Info struct {
	Specs  string   // as it says: "1.0.4.0", "2.0.0.0"; services of 1.0.4.0 answer "1.0.3.0"
	V2     bool     // the second version
	Auth   []string // external, TLS, basic, digest, oauth2code, oauth2client
	OAuth  string   // base of the authorization server
	Issuer string   // of the authorization server, instead (RFC 8414)
	Async  bool     // signatures can be polled for

	methods []string
	paths   map[string]string
}

// Has tells whether a method is there. One that the region's profile places
// is, and a service that lists none is taken at the standard's word.
func (i Info) Has(method string) bool {
	_, placed := i.paths[method]
	return placed || len(i.methods) == 0 || slices.Contains(i.methods, method)
}

// Lacks names the first method that is needed and not there, as an error; nil:
// all are.
func (i Info) Lacks(methods ...string) error {
	for _, m := range methods {
		if !i.Has(m) {
			return &signature.Error{Code: wire.ErrRemoteConfig, Detail: "the service has no " + m}
		}
	}
	return nil
}

// Info asks what the service can do; it wants nobody's leave.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var a struct {
		Specs   text `json:"specs"`
		Auth    list `json:"authType"`
		OAuth   text `json:"oauth2"`
		Issuer  text `json:"oauth2Issuer"`
		Methods list `json:"methods"`
		Async   text `json:"asynchronousOperationMode"`
		Servers []struct {
			Base   text `json:"baseUri"`
			Issuer text `json:"issuerIdentifier"`
			Auth   list `json:"authType"`
		} `json:"oauth2Servers"` // v2.1
	}
	in := map[string]any{}
	if c.opt.Lang != "" {
		in["lang"] = c.opt.Lang
	}
	if _, err := c.call(ctx, mInfo, "", in, &a, 0); err != nil {
		return Info{}, err
	}
	if a.Specs == "" && len(a.Methods) == 0 {
		return Info{}, link.BadAnswer("info: neither specs nor methods")
	}
	for _, s := range a.Servers {
		if a.OAuth == "" && a.Issuer == "" {
			a.OAuth, a.Issuer = s.Base, s.Issuer
		}
		a.Auth = append(a.Auth, s.Auth...)
	}
	return Info{
		Specs: string(a.Specs), V2: second(a.Specs, c.base), Auth: a.Auth, OAuth: string(a.OAuth), Issuer: string(a.Issuer), Async: a.Async.yes(),
		methods: bare(a.Methods), paths: c.opt.Paths,
	}, nil
}

// bare takes the slash away that some write before a method.
func bare(methods list) []string {
	for i, m := range methods {
		methods[i] = strings.Trim(m, "/")
	}
	return methods
}

// second tells the second version by its number; a service that gives none is
// of the version that its address names.
func second(specs text, base string) bool {
	if specs == "" {
		return strings.HasSuffix(base, "/v2")
	}
	return strings.HasPrefix(string(specs), "2")
}
