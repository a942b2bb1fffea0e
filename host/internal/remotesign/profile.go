package remotesign

import (
	"cmp"
	"slices"
	"strings"

	"raccordo/host/internal/remotesign/csc"
)

// Kinds of services.
const (
	CSC  = "csc"  // Cloud Signature Consortium API, 1.0.4 and 2.0
	ARSS = "arss" // Aruba Remote Signing Service
)

// Ways to be let in by a CSC service.
const (
	ByCode   = "oauth2code"   // its page in the browser, authorization code with PKCE
	ByClient = "oauth2client" // the program's own account
	ByBasic  = "basic"        // user and password
	ByNobody = "none"         // the network is proof enough
)

// Profile is a remote signature service, a table [[signature.remote]] of a
// region's profile.
type Profile struct {
	ID        string `toml:"id" jsonschema:"required,pattern=^[a-z0-9][a-z0-9-]{0\\,31}$"`
	Name      string `toml:"name" jsonschema:"required,minLength=1"`             // as users read it
	Kind      string `toml:"kind" jsonschema:"required,enum=csc,enum=arss"`      // csc: Cloud Signature Consortium API; arss: Aruba Remote Signing Service
	URL       string `toml:"url" jsonschema:"required,pattern=^https://[^?#@]+"` // base of the service: ends with /csc/v1 or /csc/v2; arss: the address of the SOAP service
	User      string `toml:"user"`                                               // user name at the service, when it is one for the whole installation; csc with oauth2client: userID
	Signature string `toml:"scheme" jsonschema:"enum=,enum=pkcs1,enum=pss"`      // of an RSA key; empty: PKCS #1 v1.5 where the key can
	Limit     int    `toml:"limit" jsonschema:"minimum=0,maximum=200"`           // signatures with one PIN and OTP; 0: as the service says
	Pages     int    `toml:"pages" jsonschema:"minimum=0,maximum=20"`            // OTPs that one batch may ask for when it is longer than that; 0: 1, longer batches are refused
	Attempts  int    `toml:"attempts" jsonschema:"minimum=0,maximum=20"`         // wrong OTPs that lock the account; 0: arss 4, csc not known

	// Of CSC.

	Authorize    string            `toml:"authorize" jsonschema:"enum=,enum=oauth2code,enum=oauth2client,enum=basic,enum=none"` // how the service lets in; empty: as it says
	OAuth        string            `toml:"oauth2" jsonschema:"pattern=^(https://[^?#@]+)?$"`                                    // base of the authorization server; empty: as the service says
	ClientID     string            `toml:"client_id"`
	Confidential bool              `toml:"confidential"`                             // the client has a secret, which is asked for once and kept sealed
	Chunk        int               `toml:"chunk" jsonschema:"minimum=0,maximum=200"` // signatures of one request, the authorisation extended in between; 0: all
	Async        bool              `toml:"async"`                                    // signatures are polled for (operationMode A), where the service can
	Paths        map[string]string `toml:"paths"`                                    // where the service departs from the standard: "credentials/list" = "GET credentials"

	// Of ARSS.

	Transport string `toml:"transport" jsonschema:"enum=,enum=soap,enum=rest"`    // empty: soap
	OTPDomain string `toml:"otp_domain"`                                          // typeOtpAuth, as the service's manager says
	OTPSend   string `toml:"otp_send" jsonschema:"enum=,enum=SMS,enum=ARUBACALL"` // how an OTP is sent; empty: the user has a generator
	CertID    string `toml:"cert_id"`                                             // empty: the first of the account
}

// Fault is a value that cannot be right; the key is relative to the table.
type Fault struct {
	Key     string
	Value   string
	Allowed []string // empty: see Key
}

// Faults are all of them, but for missing values and addresses, which the
// reader of the whole profile looks at.
func (p Profile) Faults() []Fault {
	var all []Fault
	word := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			all = append(all, Fault{key, value, allowed})
		}
	}
	word("kind", p.Kind, "", CSC, ARSS)
	word("scheme", p.Signature, "", "pkcs1", "pss")
	word("authorize", p.Authorize, "", ByCode, ByClient, ByBasic, ByNobody)
	word("transport", p.Transport, "", "soap", "rest")
	word("otp_send", p.OTPSend, "", "SMS", "ARUBACALL")
	for name, path := range p.Paths {
		if !csc.Known(name) {
			all = append(all, Fault{"paths", name, csc.Methods()})
		} else if !csc.ValidPath(path) {
			all = append(all, Fault{"paths." + name, path, nil})
		}
	}
	slices.SortFunc(all, func(a, b Fault) int { return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Value, b.Value)) })
	return all
}

// Missing are the keys without which the service cannot be used.
func (p Profile) Missing() []string {
	var keys []string
	for key, value := range map[string]string{"name": p.Name, "kind": p.Kind, "url": p.URL} {
		if value == "" {
			keys = append(keys, key)
		}
	}
	if p.Kind == ARSS && p.OTPDomain == "" {
		keys = append(keys, "otp_domain")
	}
	slices.Sort(keys)
	return keys
}

// attempts is how many wrong one-time passwords lock the account; 0: unknown.
func (p Profile) attempts() int {
	if p.Attempts == 0 && p.Kind == ARSS {
		return 4
	}
	return p.Attempts
}

// Range is a number that must lie between 0 and Max.
type Range struct {
	Key        string
	Value, Max int
}

// Ranges are the numbers of the table.
func (p Profile) Ranges() []Range {
	return []Range{{"limit", p.Limit, 200}, {"pages", p.Pages, 20}, {"attempts", p.Attempts, 20}, {"chunk", p.Chunk, 200}}
}
