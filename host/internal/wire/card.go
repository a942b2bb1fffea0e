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

// The kinds of card.
const (
	KindCNS   CardKind = "cns"
	KindCIE   CardKind = "cie"
	KindOther CardKind = "other"
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
	Kind         CardKind      `json:"kind" jsonschema:"enum=cns,enum=cie,enum=other"`
	Serial       string        `json:"serial,omitempty"` // EF_IDCarta
	Holder       *Person       `json:"holder,omitempty"` // EF_DatiPersonali
	Certificates []Certificate `json:"certificates"`
	Module       string        `json:"module,omitempty"` // base name of the PKCS#11 module that drives the card
	Problem      ErrorCode     `json:"problem,omitempty"`
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
}
