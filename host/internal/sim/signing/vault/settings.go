package vault

import (
	"regexp"
	"slices"
	"time"
)

// How a one-time password comes.
const (
	OTPOnline  = "online"  // by SMS, when it is asked for
	OTPOffline = "offline" // the doctor's code generator shows it
)

// Settings are what can be changed while the simulator runs. They are JSON of
// the control panel.
type Settings struct {
	SADSeconds       int    `json:"sad_secondi"`              // how long an authorisation lives
	OTPSeconds       int    `json:"otp_secondi"`              // how long a one-time password is good
	SMSDelayMS       int    `json:"ritardo_sms_ms"`           // how long an SMS travels
	Multisign        int    `json:"firme_per_consenso"`       // most signatures of one authorisation
	HashesPerCall    int    `json:"impronte_per_richiesta"`   // most hashes of one signHash; 0: all
	PageSize         int    `json:"pagina"`                   // of credentials/list (v1)
	Polls            int    `json:"attese"`                   // v2: so many times "not yet" before an answer; 0: at once
	SCAL             string `json:"scal"`                     // "1", "2"
	OTPType          string `json:"otp"`                      // online, offline, oob
	Specs            string `json:"versione"`                 // what v1's info claims
	MultisignBoolean bool   `json:"firme_per_consenso_si"`    // v1: multisign is true instead of a number, as some do
	RawECDSA         bool   `json:"ecdsa_grezza"`             // ECDSA values are r||s instead of DER
	NoExtend         bool   `json:"senza_estensione"`         // extendTransaction is not offered
	LockCode         string `json:"codice_blocco"`            // ARSS return code of a locked account
	NoSignHash       bool   `json:"senza_signhash"`           // ARSS: signhash is not allowed to this contract
	OAuthOnly        bool   `json:"solo_oauth"`               // auth/login is not offered
	IssuerOnly       bool   `json:"oauth_issuer"`             // v2: info names oauth2Issuer (RFC 8414) instead of oauth2
	TokenSeconds     int    `json:"token_secondi"`            // how long a service token lives
	SessionDocuments int    `json:"documenti_per_sessione"`   // ARSS: most documents of a session; 0: any
	SessionSeconds   int    `json:"sessione_secondi"`         // ARSS: how long a session lives
	TSAPolicy        string `json:"marca_politica"`           // of the time-stamps
	ShortAnswers     bool   `json:"firme_mancanti"`           // signHash answers with one signature less
	Slowly           int    `json:"ritardo_firma_ms"`         // of each signature
	EmptyObjects     bool   `json:"vuoto_con_corpo"`          // 200 with {} where others answer 204
	BareErrors       bool   `json:"errori_senza_spiegazione"` // without error_description
}

// Usual are the settings of a start.
func Usual() Settings {
	return Settings{
		SADSeconds: 300, OTPSeconds: 180, Multisign: 200, PageSize: 10, SCAL: "2", OTPType: OTPOnline, Specs: "1.0.4.0",
		LockCode: "0003", TokenSeconds: 3600, SessionSeconds: 300, TSAPolicy: "1.3.6.1.4.1.99999.1.1",
	}
}

// SADLife is how long an authorisation lives.
func (s Settings) SADLife() time.Duration { return time.Duration(s.SADSeconds) * time.Second }

// OTPLife is how long a one-time password is good.
func (s Settings) OTPLife() time.Duration { return time.Duration(s.OTPSeconds) * time.Second }

// SMSDelay is how long an SMS travels.
func (s Settings) SMSDelay() time.Duration { return time.Duration(s.SMSDelayMS) * time.Millisecond }

// Wrong names the first value that can not be, by its JSON name; empty: all can.
func (s Settings) Wrong() string {
	within := func(n, low, high int) bool { return n >= low && n <= high }
	const day = 24 * 60 * 60
	for _, row := range []struct {
		name  string
		right bool
	}{
		{"sad_secondi", within(s.SADSeconds, 1, day)},
		{"otp_secondi", within(s.OTPSeconds, 1, day)},
		{"ritardo_sms_ms", within(s.SMSDelayMS, 0, 600_000)},
		{"firme_per_consenso", within(s.Multisign, 1, 10_000)},
		{"impronte_per_richiesta", within(s.HashesPerCall, 0, 10_000)},
		{"pagina", within(s.PageSize, 1, 1000)},
		{"attese", within(s.Polls, 0, 1000)},
		{"scal", s.SCAL == "1" || s.SCAL == "2"},
		{"otp", s.OTPType == OTPOnline || s.OTPType == OTPOffline || s.OTPType == OTPApproval},
		{"versione", s.Specs != "" && len(s.Specs) <= 32},
		{"codice_blocco", len(s.LockCode) == 4},
		{"token_secondi", within(s.TokenSeconds, 1, day)},
		{"documenti_per_sessione", within(s.SessionDocuments, 0, 10_000)},
		{"sessione_secondi", within(s.SessionSeconds, 1, day)},
		{"marca_politica", policyOID.MatchString(s.TSAPolicy)},
		{"ritardo_firma_ms", within(s.Slowly, 0, 60_000)},
	} {
		if !row.right {
			return row.name
		}
	}
	return ""
}

// policyOID: the value goes into openssl's configuration.
var policyOID = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]{0,9})){2,12}$`)

// Settings are those in force.
func (v *Vault) Settings() Settings {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.settings
}

// Change changes settings.
func (v *Vault) Change(with func(*Settings)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	with(&v.settings)
}

// What can be ordered for the next requests.
const (
	Refuse       = "rifiuto"              // an error instead of an answer
	WrongOwner   = "altro-firmatario"     // somebody else's signature
	Spoiled      = "firma-guasta"         // one bit of the signature is wrong
	OtherHash    = "altra-impronta"       // a signature over something else
	StampRefused = "marca-rifiutata"      // TSA: status rejection
	StampNonce   = "marca-altro-nonce"    // TSA: a token with another nonce
	StampImprint = "marca-altra-impronta" // TSA: a token over something else
)

// Order is what the next so many requests get.
type Order struct {
	Kind        string `json:"cosa"`
	Operation   string `json:"operazione,omitempty"` // Refuse: "credentials/authorize", "oauth2/token", "signhash"; empty: any
	Status      int    `json:"stato,omitempty"`      // Refuse, HTTP; 0: 400
	Error       string `json:"errore,omitempty"`     // Refuse, CSC: error; ARSS: return code
	Description string `json:"spiegazione,omitempty"`
	Times       int    `json:"volte,omitempty"` // 0: once
}

// Orders are the kinds of order.
func Orders() []string {
	return []string{Refuse, WrongOwner, Spoiled, OtherHash, StampRefused, StampNonce, StampImprint}
}

// Next orders something.
func (v *Vault) Next(o Order) {
	o.Times = max(o.Times, 1)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.orders = append(v.orders, o)
}

// Ordered are the orders to come.
func (v *Vault) Ordered() []Order {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.orders)
}

// Clear cancels orders, brings the usual settings back and unlocks everybody.
func (v *Vault) Clear() {
	v.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.orders, v.settings = nil, Usual()
	for _, a := range v.accounts {
		for _, c := range a.credentials {
			c.Disabled, c.Status = c.was.disabled, c.was.status
		}
	}
}

// Take uses up the first order of a kind; operation is asked only of Refuse.
func (v *Vault) Take(kind, operation string) (Order, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.take(kind, operation)
}

func (v *Vault) take(kind, operation string) (Order, bool) {
	for i, o := range v.orders {
		if o.Kind != kind || o.Operation != "" && o.Operation != operation {
			continue
		}
		if v.orders[i].Times--; v.orders[i].Times == 0 {
			v.orders = slices.Delete(v.orders, i, i+1)
		}
		return o, true
	}
	return Order{}, false
}
