package vault

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"slices"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// The kinds of credential that every doctor has, in the order of the list.
const (
	KindRSA      = "rsa"   // RSA-2048, PIN and one-time password
	KindEC       = "p256"  // ECDSA P-256, PIN and one-time password
	KindOAuth    = "oauth" // RSA-2048, authorised on a page
	KindExpired  = "scaduta"
	KindDisabled = "disabilitata"
)

// How a signature is authorised.
const (
	Explicit  = "explicit"
	OAuthCode = "oauth2code"
)

// The states of a certificate.
const (
	Valid     = "valid"
	Expired   = "expired"
	Revoked   = "revoked"
	Suspended = "suspended"
)

// Credential is a key with its certificate.
type Credential struct {
	ID, Kind, User string
	Mode           string // Explicit, OAuthCode
	Cert           *x509.Certificate
	Chain          []*x509.Certificate // above Cert, up to the root
	Disabled       bool
	Status         string

	key crypto.Signer
	was struct { // as New made it
		disabled bool
		status   string
	}
}

// Usable tells whether the credential signs.
func (c Credential) Usable() bool { return !c.Disabled && c.Status == Valid }

// id is the name of a credential: it tells nothing of whose it is.
func id(kind, cf string) string {
	sum := sha256.Sum256([]byte("credential of " + cf))
	return kind + "-" + hex.EncodeToString(sum[:4])
}

// ID is the name of a doctor's credential.
func ID(kind, cf string) string { return id(kind, cf) }

// Credentials are those of an account, in the order of the list.
func (v *Vault) Credentials(user string) []Credential {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	if err != nil || a == nil {
		return nil
	}
	var all []Credential
	for _, c := range a.credentials {
		all = append(all, *c)
	}
	return all
}

// Credential is one of an account's.
func (v *Vault) Credential(user, id string) (Credential, bool) {
	all := v.Credentials(user)
	i := slices.IndexFunc(all, func(c Credential) bool { return c.ID == id })
	if i < 0 {
		return Credential{}, false
	}
	return all[i], true
}

// SetCredential changes the state of a doctor's credential by its kind; false:
// there is none.
func (v *Vault) SetCredential(user, kind string, disabled bool, status string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	if err != nil || a == nil {
		return false
	}
	for _, c := range a.credentials {
		if c.Kind == kind {
			c.Disabled, c.Status = disabled, status
			return true
		}
	}
	return false
}

// credentialsOf makes a doctor's. The RSA ones share a key: what differs is the
// certificate.
func (v *Vault) credentialsOf(d anagrafe.Doctor) ([]*Credential, error) {
	rsaKey, err := v.rsaKey(d)
	if err != nil {
		return nil, err
	}
	ecKey, err := v.ecKey(d)
	if err != nil {
		return nil, err
	}
	var all []*Credential
	for _, kind := range []string{KindRSA, KindEC, KindOAuth, KindExpired, KindDisabled} {
		c := &Credential{ID: id(kind, d.CF), Kind: kind, User: d.CF, Mode: Explicit, Status: Valid, key: rsaKey, Chain: []*x509.Certificate{v.opt.CA.Cert()}}
		tmpl := template(d)
		switch kind {
		case KindEC:
			c.key = ecKey
		case KindOAuth:
			c.Mode = OAuthCode
		case KindExpired:
			c.Status = Expired
			tmpl.NotBefore, tmpl.NotAfter = v.opt.Now().AddDate(-3, 0, 0), v.opt.Now().AddDate(0, -1, 0)
		case KindDisabled:
			c.Disabled = true
		}
		c.was.disabled, c.was.status = c.Disabled, c.Status
		if err := testca.Qualified(tmpl); err != nil {
			return nil, err
		}
		if c.Cert, err = v.opt.CA.KeptCertificate(v.opt.KeyDir, "remota-"+c.ID, tmpl, c.key.Public()); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// template has the names of a signer (ETSI EN 319 412-2 section 4.2.4) in the
// order of Italian certificates.
func template(d anagrafe.Doctor) *x509.Certificate {
	row := func(last int, value string) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, last}, Value: value}
	}
	return &x509.Certificate{
		Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			row(6, "IT"), row(4, d.Surname), row(42, d.Name), row(5, "TINIT-"+d.CF), row(3, d.Name+" "+d.Surname),
		}},
		BasicConstraintsValid: true,
	}
}

// Find looks a credential up by its name alone: among those of accounts that
// somebody has named before.
func (v *Vault) Find(id string) (Credential, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.byID[id]
	if c == nil {
		return Credential{}, false
	}
	return *c, true
}
