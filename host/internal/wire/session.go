package wire

// SessionState is the state of the one regional session of this user.
type SessionState string

// The states of a regional session.
const (
	Disconnected SessionState = "disconnected"
	Connecting   SessionState = "connecting"
	Connected    SessionState = "connected"
	Stale        SessionState = "stale"
	Reconnecting SessionState = "reconnecting"
)

// Session is the regional session as every client sees it.
type Session struct {
	State     SessionState `json:"state" jsonschema:"enum=disconnected,enum=connecting,enum=connected,enum=stale,enum=reconnecting"`
	Step      string       `json:"step,omitempty" jsonschema:"enum=card,enum=pin,enum=pinpad,enum=region"` // what connecting waits for
	Via       string       `json:"via,omitempty" jsonschema:"enum=card,enum=cloud"`
	Doctor    *Person      `json:"doctor,omitempty"`
	Method    string       `json:"method,omitempty"`     // how the region saw the doctor authenticate, e.g. "CNS"
	Level     string       `json:"level,omitempty"`      // ISO/IEC 29115 level, e.g. "LoA4"
	Since     string       `json:"since,omitempty"`      // RFC 3339, Europe/Rome
	ExpiresAt string       `json:"expires_at,omitempty"` // RFC 3339, Europe/Rome
	Reason    ErrorCode    `json:"reason,omitempty"`     // why a session ended or went stale; empty after a logout
	// OnCardRemoval is the rule in force when the card is pulled out.
	OnCardRemoval string `json:"on_card_removal" jsonschema:"enum=logout,enum=keep"`
}

// Person is somebody identified by codice fiscale.
type Person struct {
	CodiceFiscale string `json:"codice_fiscale"`
	Name          string `json:"name"` // "GIULIA VERDI"
}

// LoginParams asks for a regional session.
type LoginParams struct {
	Via         string `json:"via" jsonschema:"enum=auto,enum=card"`
	Certificate string `json:"certificate,omitempty" jsonschema:"pattern=^[0-9a-f]{64}$"` // SHA-256 of the certificate; empty: the remembered or only one
	Doctor      string `json:"doctor,omitempty" jsonschema:"pattern=^[A-Z0-9]{16}$"`      // codice fiscale of the doctor whom the page names
}
