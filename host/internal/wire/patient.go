package wire

// SyncParams asks the region for one patient. For another doctor's patient the
// region wants a sign that the patient is there: the health card in a reader,
// which the agent finds by itself, or the end of the number printed on it.
type SyncParams struct {
	CodiceFiscale string `json:"codice_fiscale" jsonschema:"pattern=^[A-Z0-9]{11\\,16}$"`
	TSLast5       string `json:"ts_last5,omitempty" jsonschema:"pattern=^[0-9]{5}$"` // last digits of the tessera sanitaria's number
}

// SyncResult is what the region knows of a patient. It is shown beside what
// the doctor typed and never replaces it.
type SyncResult struct {
	SyncedAt     string       `json:"synced_at"` // RFC 3339, Europe/Rome: the instant of the request
	Demographics Demographics `json:"demographics"`
	Exemptions   []Exemption  `json:"exemptions"`
}

// Demographics is the registry entry of a patient.
type Demographics struct {
	CodiceFiscale string `json:"codice_fiscale"`
	Surname       string `json:"surname"`
	Name          string `json:"name"`
	BirthDate     string `json:"birth_date"` // YYYY-MM-DD
	BirthPlace    string `json:"birth_place"`
	Sex           string `json:"sex"` // M or F
	Address       string `json:"address"`
	Town          string `json:"town"`
	Province      string `json:"province"` // two letters
	CAP           string `json:"cap"`
	ASL           string `json:"asl"`         // region and ASL, six digits
	Doctor        string `json:"doctor"`      // codice fiscale of the registered doctor
	CardExpiry    string `json:"card_expiry"` // of the tessera sanitaria, YYYY-MM-DD
}

// Exemption is one active exemption from the co-payment.
type Exemption struct {
	Code        string `json:"code"` // E01, 048, ...
	Description string `json:"description"`
	From        string `json:"from"`         // YYYY-MM-DD
	To          string `json:"to,omitempty"` // empty: no end
}
