package wire

// ReaderState is what a reader holds.
type ReaderState string

// The states of a reader. ReaderReading lasts while the card is identified and
// its certificates are read.
const (
	ReaderEmpty   ReaderState = "empty"
	ReaderReading ReaderState = "reading"
	ReaderCard    ReaderState = "card"
	ReaderMute    ReaderState = "mute" // upside down, or not a smart card
)

// CardKind tells the families apart that Raccordo treats differently.
type CardKind string

// The kinds of card. KindCNS is also the honest answer for a CNS of which
// nothing says whether a citizen's health card or an operator's card it is.
const (
	KindCNS      CardKind = "cns"
	KindTSCNS    CardKind = "ts_cns"   // tessera sanitaria with a CNS on it
	KindOperator CardKind = "operator" // of a health professional
	KindCIE      CardKind = "cie"
	KindOther    CardKind = "other"
)

// CardRole is whose card it is, seen from the session.
type CardRole string

// The roles of a card; none as long as no doctor is known.
const (
	RoleDoctor  CardRole = "doctor"
	RolePatient CardRole = "patient" // never offered for a login
)

// CardList is the smart card side of the PC.
type CardList struct {
	Service string   `json:"service" jsonschema:"enum=running,enum=down,enum=unsupported"` // the PC/SC service
	Readers []Reader `json:"readers"`
}

// Reader is one PC/SC reader.
type Reader struct {
	Name  string      `json:"name"`
	State ReaderState `json:"state" jsonschema:"enum=empty,enum=reading,enum=card,enum=mute"`
	Card  *Card       `json:"card,omitempty"`
}

// Card is what could be learnt of a card without its PIN.
type Card struct {
	ATR          string        `json:"atr"` // upper-case hex
	Kind         CardKind      `json:"kind" jsonschema:"enum=cns,enum=ts_cns,enum=operator,enum=cie,enum=other"`
	Maker        string        `json:"maker,omitempty"`  // of chip and mask, as far as the ATR tells
	Serial       string        `json:"serial,omitempty"` // EF_IDCarta: the number of the card
	Holder       *Person       `json:"holder,omitempty"` // EF_DatiPersonali
	Role         CardRole      `json:"role,omitempty" jsonschema:"enum=doctor,enum=patient"`
	Certificates []Certificate `json:"certificates"`
	Module       string        `json:"module,omitempty"`  // base name of the PKCS#11 module that drives the card
	Modules      []Module      `json:"modules,omitempty"` // those installed and tried, in order
	Problem      ErrorCode     `json:"problem,omitempty"`
}

// Module is a PKCS#11 module that was tried with a card.
type Module struct {
	Name    string    `json:"name"`              // base name
	Problem ErrorCode `json:"problem,omitempty"` // why it does not drive the card; none: it does
}

// Certificate is one certificate of a card.
type Certificate struct {
	Fingerprint string    `json:"fingerprint"` // SHA-256 of the DER, lower-case hex
	Purpose     string    `json:"purpose" jsonschema:"enum=auth,enum=sign"`
	Subject     string    `json:"subject"` // holder's name, else common name
	Issuer      string    `json:"issuer"`
	NotAfter    string    `json:"not_after"`        // RFC 3339
	Usable      bool      `json:"usable"`           // can log in to the active region now
	Reason      ErrorCode `json:"reason,omitempty"` // why it can not
	Preferred   bool      `json:"preferred,omitempty"`
	Chain       []string  `json:"chain,omitempty"` // authorities above it whose certificates are on the card, nearest first
	// ExpiresSoon: within 30 days, DaysLeft from now. NotifyExpiry is set once a
	// day for each card, for a minute from its insertion.
	ExpiresSoon  bool `json:"expires_soon,omitempty"`
	DaysLeft     int  `json:"days_left,omitempty"`
	NotifyExpiry bool `json:"notify_expiry,omitempty"`
}

// CardTestParams asks for a trial signature. It is for the connector's own
// command line and popup, never for a page.
type CardTestParams struct {
	Certificate string `json:"certificate,omitempty" jsonschema:"pattern=^[0-9a-f]{64}$"` // empty: the one that a login would take
}

// CardTestResult is a signature over a random number that the certificate has
// verified.
type CardTestResult struct {
	Fingerprint string `json:"fingerprint"`
	Algorithm   string `json:"algorithm"` // "RSA-2048, PKCS #1 v1.5, SHA-256"
	TookMS      int64  `json:"took_ms"`   // of the signature alone, PIN window excluded
}
