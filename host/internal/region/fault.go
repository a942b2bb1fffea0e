package region

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Wrong is what is wrong with a value.
type Wrong int

// What can be wrong.
const (
	WrongMissing Wrong = iota // needed, and not there
	WrongWord                 // none of the Allowed
	WrongID                   // of the file: lower-case letters, digits and hyphens only
	WrongCode                 // not three digits
	WrongLimit                // out of reason: not from the first of Allowed to the second
	WrongWays                 // neither [card] nor [cloud]
	WrongOID                  // no object identifier
	WrongScopes               // without openid there is no ID token
	WrongAddress              // not a plain https address
	WrongName                 // more than lower-case letters, digits and hyphens
	WrongTwice                // given to two of them
	WrongPath                 // no verb and path
)

// Fault is a value of a profile that cannot be right, by the dotted key that
// holds it.
type Fault struct {
	Key     string
	Wrong   Wrong
	Value   string
	Allowed []string
}

func (f *Fault) Error() string {
	text := [...]string{
		WrongMissing: "is missing", WrongID: "holds more than lower-case letters, digits and hyphens", WrongCode: "is not three digits",
		WrongLimit: "is out of reason", WrongWays: "and cloud are both missing: there is no way in", WrongOID: "is no object identifier",
		WrongScopes: "lacks openid", WrongAddress: "is not a plain https address", WrongWord: "is unknown",
		WrongName: "holds more than lower-case letters, digits and hyphens", WrongTwice: "is given twice", WrongPath: "is no verb and path",
	}[f.Wrong]
	switch f.Wrong {
	case WrongWord:
		text = fmt.Sprintf("is %q, not one of %s", f.Value, strings.Join(f.Allowed, ", "))
	case WrongLimit:
		text += ": not from " + strings.Join(f.Allowed, " to ")
	}
	return f.Key + " " + text
}

var (
	profileID  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	regionCode = regexp.MustCompile(`^[0-9]{3}$`)
	policyOID  = regexp.MustCompile(`^[0-2](\.[0-9]+)+$`)
)

// Faults are all that cannot be right. A profile that waits for its region's
// values has none for their sake: see Missing.
func (p Profile) Faults() []*Fault {
	var all []*Fault
	add := func(broken bool, key string, wrong Wrong, value string) {
		if broken {
			all = append(all, &Fault{Key: key, Wrong: wrong, Value: value})
		}
	}
	add(!profileID.MatchString(p.ID), "id", WrongID, p.ID)
	add(p.Name == "", "name", WrongMissing, "")
	add(!regionCode.MatchString(p.Code), "code", WrongCode, p.Code)
	within := func(key string, value, low, high int64) {
		if value < low || value > high {
			all = append(all, &Fault{key, WrongLimit, strconv.FormatInt(value, 10), []string{strconv.FormatInt(low, 10), strconv.FormatInt(high, 10)}})
		}
	}
	within("limits.answer_bytes", p.Limits.AnswerBytes, 1024, 256<<20)
	within("limits.parallel", int64(p.Limits.Parallel), 1, 16)
	add(p.Card == nil && p.Cloud == nil, "card", WrongWays, "")
	if p.Card != nil {
		add(len(p.Card.Policies) == 0, "card.policies", WrongMissing, "")
		for _, oid := range p.Card.Policies {
			add(!policyOID.MatchString(oid), "card.policies", WrongOID, oid)
		}
	}
	if p.Cloud != nil && p.Cloud.Driver == DriverOIDC {
		add(!slices.Contains(p.Cloud.OIDC.Scopes, "openid"), "cloud.oidc.scopes", WrongScopes, "")
	}
	for _, w := range p.words() {
		if !slices.Contains(w.allowed, w.value) && !(w.value == "" && w.later) {
			all = append(all, &Fault{w.key, WrongWord, w.value, w.allowed})
		}
	}
	for _, l := range []address{{"rossa", p.Printing.Rossa}, {"bianca", p.Printing.Bianca}, {"promemoria", p.Printing.Promemoria}} {
		add(!profileID.MatchString(l.value), "printing."+l.key, WrongName, l.value)
	}
	for _, a := range p.addresses() {
		add(a.value != "" && !plainHTTPS(a.value), a.key, WrongAddress, a.value)
	}
	if p.Status == StatusComplete {
		for _, key := range p.Missing() {
			add(true, key, WrongMissing, "")
		}
	}
	return append(all, p.signingFaults()...)
}

// word is a key whose value is one of a few; later: the region may still have
// to say which.
type word struct {
	key, value string
	later      bool
	allowed    []string
}

func (p Profile) words() []word {
	later := p.Status == StatusAdhesion
	all := []word{
		{"nre", p.NRE, false, []string{NREFromLot, NREFromRegion}},
		{"status", p.Status, false, []string{StatusComplete, StatusAdhesion}},
		{"envelope.kind", p.Envelope.Kind, later, []string{"sac"}},
		{"policies.promemoria", p.Policies.Promemoria, false, []string{PromemoriaRegion, PromemoriaDrawn}},
		{"policies.unknown", p.Policies.Unknown, false, []string{UnknownSame, UnknownCancel}},
	}
	if p.Card != nil {
		all = append(all, word{"card.driver", p.Card.Driver, later, []string{DriverSAR, DriverSAC}})
	}
	if p.Cloud == nil {
		return all
	}
	all = append(all, word{"cloud.driver", p.Cloud.Driver, later, []string{DriverOIDC, DriverIDSessione}})
	if p.Cloud.Driver == DriverOIDC {
		all = append(all, word{"cloud.oidc.redirect", p.Cloud.OIDC.Redirect, false, []string{"extension", "loopback"}},
			word{"cloud.oidc.tokens", p.Cloud.OIDC.Tokens, false, []string{"bearer", "dpop", "mtls"}})
	}
	return all
}

type address struct{ key, value string }

func (p Profile) addresses() []address {
	var all []address
	services := func(table string, e Endpoints) {
		for _, a := range []address{
			{"session", e.Session}, {"patients", e.Patients}, {"prescriptions", e.Prescriptions}, {"lots", e.Lots},
			{"used", e.Used}, {"tables", e.Tables}, {"substitution", e.Substitution}, {"fse", e.FSE},
		} {
			all = append(all, address{table + ".endpoints." + a.key, a.value})
		}
	}
	if p.Card != nil {
		services("card", p.Card.Endpoints)
	}
	if p.Cloud != nil {
		services("cloud", p.Cloud.Endpoints)
		all = append(all, address{"cloud.oidc.issuer", p.Cloud.OIDC.Issuer}, address{"cloud.oidc.cns_endpoint", p.Cloud.OIDC.CNSEndpoint},
			address{"cloud.id_sessione.endpoint", p.Cloud.IDSessione.Endpoint})
	}
	return all
}

// plainHTTPS: nothing of a request, of a person or of a secret stands in a
// profile's address.
func plainHTTPS(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && !strings.ContainsAny(text, "?#")
}
