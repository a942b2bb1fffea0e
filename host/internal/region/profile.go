package region

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

//go:generate go run ./regiongen

// Profile is everything that makes one region different from another. It
// comes from a file of the installation or of its administrator; nothing in a
// message can change it.
type Profile struct {
	ID       string   `toml:"-" jsonschema:"-"`                                                 // the file's name without .toml
	Name     string   `toml:"name" jsonschema:"required,minLength=1"`                           // as users read it
	Code     string   `toml:"code" jsonschema:"required,pattern=^[0-9]{3}$"`                    // codRegione
	NRE      string   `toml:"nre" jsonschema:"enum=lot,enum=region,default=lot"`                // who numbers prescriptions: the doctor's lots, or the region
	Status   string   `toml:"status" jsonschema:"enum=complete,enum=adhesion,default=complete"` // adhesion: only the region can give what is missing
	Known    []string `toml:"known"`                                                            // Italian sentences: what is known, with the source
	ToFill   []string `toml:"to_fill"`                                                          // Italian: "key: where it comes from"
	Trust    Trust    `toml:"trust"`                                                            // how a server is known
	Envelope Envelope `toml:"envelope"`                                                         // the family of messages
	Card     *Card    `toml:"card"`                                                             // connecting with the card; absent: there is no such way
	Cloud    *Cloud   `toml:"cloud"`                                                            // connecting without; absent: there is no such way
	Session  Rules    `toml:"session"`                                                          // what the region's answers say of a session
	Policies Policies `toml:"policies"`                                                         // a region's own rules
	Printing Printing `toml:"printing"`                                                         // what its sheets look like
	Timeouts Timeouts `toml:"timeouts"`                                                         // bound each step of a request
	Limits   Limits   `toml:"limits"`                                                           // bound what is read, and how much is asked at once

	Signature Signing `toml:"signature"` // signing and verifying

	builtin fs.FS    // where a built-in profile's files are
	folders []string // where files are looked for first
}

// Who gives a prescription its number.
const (
	NREFromLot    = "lot"
	NREFromRegion = "region"
)

// What a profile claims about itself.
const (
	StatusComplete = "complete"
	StatusAdhesion = "adhesion"
)

// The ways into a region.
const (
	ViaCard  = "card"
	ViaCloud = "cloud"
)

// Drivers of the two ways.
const (
	DriverSAR        = "sar"         // card: mutual TLS, then POST endpoints.session
	DriverSAC        = "sac"         // card: mutual TLS is the login, as at Sistema TS
	DriverOIDC       = "oidc"        // cloud: the region's login page
	DriverIDSessione = "id-sessione" // cloud: Sistema TS with an ID-SESSIONE
)

// Trust is how a server is known.
type Trust struct {
	CA []string `toml:"ca"` // PEM files; none: the system's authorities
}

// Envelope is the family of messages.
type Envelope struct {
	Kind   string `toml:"kind" jsonschema:"enum=sac"` // sac: SOAP of the ministry
	Cipher string `toml:"cipher"`                     // certificate that seals pinCode and codiceAss; the ministry's is SanitelCF.cer
}

// Card is the way in with the card.
type Card struct {
	Driver    string    `toml:"driver" jsonschema:"enum=sar,enum=sac"` // sar: mutual TLS, then POST endpoints.session; sac: mutual TLS is the login, as at Sistema TS, and there is no session service
	Policies  []string  `toml:"policies" jsonschema:"required"`        // certificate policy OIDs that may log in
	Endpoints Endpoints `toml:"endpoints"`
}

// Endpoints are absolute https addresses.
type Endpoints struct {
	Session       string `toml:"session" jsonschema:"pattern=^(https://[^?#@]+)?$"`       // POST opens, GET SESSION/id asks, DELETE SESSION/id ends
	Patients      string `toml:"patients" jsonschema:"pattern=^(https://[^?#@]+)?$"`      // the registry, GET PATIENTS/codice fiscale; empty: the region has none
	Prescriptions string `toml:"prescriptions" jsonschema:"pattern=^(https://[^?#@]+)?$"` // parent of demInvioPrescritto and the others
	Lots          string `toml:"lots" jsonschema:"pattern=^(https://[^?#@]+)?$"`          // lots of NRE; needed with nre = "lot"
	Used          string `toml:"used" jsonschema:"pattern=^(https://[^?#@]+)?$"`          // demInterrogaNreUtilizzati; without it, and with nre = "region", only the doctor can tell what became of a send without an answer
	Tables        string `toml:"tables" jsonschema:"pattern=^(https://[^?#@]+)?$"`        // demServiceAnag; may be empty
	Substitution  string `toml:"substitution" jsonschema:"pattern=^(https://[^?#@]+)?$"`  // invioDichiarazioneSostituzioneMedico; may be empty
	FSE           string `toml:"fse" jsonschema:"pattern=^(https://[^?#@]+)?$"`           // tells what is in the FSE, GET FSE/prescrizioni/NRE; may be empty
}

// Rules say what the region's answers mean for a session.
type Rules struct {
	Lingering []string `toml:"lingering"` // codes (problem's codice, SOAP fault code, codEsito) of a session that lives and processes nothing
}

// What to do when a send brought no answer.
const (
	UnknownSame   = "same"
	UnknownCancel = "cancel"
)

// Where the PDF of a promemoria comes from.
const (
	PromemoriaRegion = "region"
	PromemoriaDrawn  = "drawn"
)

// Policies are a region's own rules.
type Policies struct {
	Promemoria string `toml:"promemoria" jsonschema:"enum=region,enum=drawn,default=region"` // region: only the PDF that the region gives is printed; drawn: the region gives none, Raccordo draws it
	Unknown    string `toml:"unknown" jsonschema:"enum=same,enum=cancel,default=same"`       // after an answer that did not come. same: ask, and send the same number again; cancel: cancel that number, then send with another
	DPC        bool   `toml:"dpc"`                                                           // drugs dispensed "per conto" are told in testata2 (EROGDPC): the region keeps the list of excluded drugs itself
}

// Printing names the layouts of the sheets that are drawn here, as docs/sheets.md has them.
type Printing struct {
	Rossa      string `toml:"rossa" jsonschema:"pattern=^[a-z0-9][a-z0-9-]*$,default=rossa"`           // fields of the red form of the SSN
	Bianca     string `toml:"bianca" jsonschema:"pattern=^[a-z0-9][a-z0-9-]*$,default=bianca"`         // the white prescription
	Promemoria string `toml:"promemoria" jsonschema:"pattern=^[a-z0-9][a-z0-9-]*$,default=promemoria"` // the promemoria, with policies.promemoria = "drawn"
}

// Timeouts bound each step of a request.
type Timeouts struct {
	Connect   Duration `toml:"connect"`
	Handshake Duration `toml:"handshake"`
	Answer    Duration `toml:"answer"`
}

// Limits bound what is read, and how much is asked at once.
type Limits struct {
	AnswerBytes int64 `toml:"answer_bytes" jsonschema:"minimum=1024,maximum=268435456"`
	Parallel    int   `toml:"parallel" jsonschema:"minimum=1,maximum=16,default=4"` // requests under way at once
}

// Duration is written as "20s" in a profile.
type Duration time.Duration

// UnmarshalText reads a positive duration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if v <= 0 {
		return fmt.Errorf("duration %s is not positive", text)
	}
	*d = Duration(v)
	return nil
}

// anyCard are the policies of the cards that identify a person: CNS (AgID
// profile 1.1) and CIE.
var anyCard = []string{"1.3.76.16.2.1", "1.3.76.47.4"}

// CardPolicies are the certificate policies that may log in with a card, by
// whatever way.
func (p Profile) CardPolicies() []string {
	if p.Card == nil {
		return anyCard
	}
	return p.Card.Policies
}

// Loopback tells that the region's page may only return to an address of this
// PC (RFC 8252, section 7.3) and not to a browser's extension.
func (p Profile) Loopback() bool {
	return p.Cloud != nil && p.Cloud.Driver == DriverOIDC && p.Cloud.OIDC.Redirect == "loopback"
}

// Wire is the profile as a client sees it. A way that lacks a value is not
// offered; Missing is what stands in the way of every one.
func (p Profile) Wire() wire.Region {
	r := wire.Region{ID: p.ID, Name: p.Name}
	r.Card = p.Card != nil && len(p.MissingFor(ViaCard)) == 0
	if p.Cloud != nil && len(p.MissingFor(ViaCloud)) == 0 {
		r.Cloud = p.Cloud.Driver
		r.CloudCard = p.Cloud.Driver == DriverOIDC && p.Cloud.OIDC.CNSEndpoint != ""
	}
	if !r.Card && r.Cloud == "" {
		r.Missing = p.Missing()
	}
	return r
}

// incomplete refuses a login, and names what is in its way.
func incomplete(keys []string) *Error {
	return &Error{Code: wire.ErrIncomplete, Detail: strings.Join(keys, ", ")}
}
