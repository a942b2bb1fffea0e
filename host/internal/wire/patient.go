package wire

// SyncParams asks the region for one patient. For another doctor's patient the
// region wants a sign that the patient is there: the health card in a reader,
// which the agent finds by itself, or the end of the number printed on it.
type SyncParams struct {
	CodiceFiscale string `json:"codice_fiscale" jsonschema:"pattern=^[A-Z0-9]{11\\,16}$"`
	TSLast5       string `json:"ts_last5,omitempty" jsonschema:"pattern=^[0-9]{5}$"` // last digits of the tessera sanitaria's number
	Known         *Known `json:"known,omitempty"`                                    // what the page has: the answer then says what differs
}

// Known is what the page has of the patient. An empty value is one that the
// page does not have.
type Known struct {
	Demographics Demographics `json:"demographics"`
	Exemptions   []string     `json:"exemptions,omitempty" jsonschema:"maxItems=50"` // codes
}

// Change is one difference between the page and the region. The page decides
// what becomes of it.
type Change struct {
	Field  string `json:"field"`            // of Demographics, or exemption
	Page   string `json:"page,omitempty"`   // empty: the page has no value
	Region string `json:"region,omitempty"` // empty: the region has none
}

// PatientParams names a patient.
type PatientParams struct {
	CodiceFiscale string `json:"codice_fiscale" jsonschema:"pattern=^[A-Z0-9]{11\\,16}$"`
}

// PatientHistory is what became of the synchronisations of a patient.
type PatientHistory struct {
	SyncedAt string `json:"synced_at,omitempty"` // RFC 3339: the last that succeeded
	FailedAt string `json:"failed_at,omitempty"` // of the last one, when it failed
	Problem  *Error `json:"problem,omitempty"`
}

// SyncResult is what the region knows of a patient. It is shown beside what
// the doctor typed and never replaces it.
type SyncResult struct {
	SyncedAt     string       `json:"synced_at"` // RFC 3339, Europe/Rome: the instant of the request
	Demographics Demographics `json:"demographics"`
	Exemptions   []Exemption  `json:"exemptions"`
	// Prescriptions of the last months that the doctor may see, newest first;
	// Problem says why they are missing or not complete.
	Prescriptions []ListedPrescription `json:"prescriptions"`
	Problem       *Error               `json:"prescriptions_problem,omitempty"`
	Changes       []Change             `json:"changes"` // against what the page said it has
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
