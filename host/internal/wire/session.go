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
	State  SessionState `json:"state" jsonschema:"enum=disconnected,enum=connecting,enum=connected,enum=stale,enum=reconnecting"`
	Step   string       `json:"step,omitempty" jsonschema:"enum=card,enum=pin,enum=pinpad,enum=browser,enum=token,enum=region"` // what connecting waits for: browser is the region's page, token an ID-SESSIONE
	Via    string       `json:"via,omitempty" jsonschema:"enum=card,enum=cloud"`
	Doctor *Person      `json:"doctor,omitempty"`
	// SubstituteOf is the codice fiscale of the titolare whom Doctor stands in for.
	SubstituteOf string    `json:"substitute_of,omitempty"`
	Method       string    `json:"method,omitempty"`     // how the region saw the doctor authenticate, e.g. "CNS"
	Level        string    `json:"level,omitempty"`      // ISO/IEC 29115 level, e.g. "LoA4"
	Since        string    `json:"since,omitempty"`      // RFC 3339, Europe/Rome
	ExpiresAt    string    `json:"expires_at,omitempty"` // RFC 3339, Europe/Rome
	Reason       ErrorCode `json:"reason,omitempty"`     // why a session ended or went stale; empty after a logout
	// Repair says who mends a stale session: the agent by itself, or the user by
	// one click on login.
	Repair string `json:"repair,omitempty" jsonschema:"enum=auto,enum=login"`
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
	Via          string `json:"via" jsonschema:"enum=auto,enum=card,enum=cloud"`
	Certificate  string `json:"certificate,omitempty" jsonschema:"pattern=^[0-9a-f]{64}$"`         // SHA-256 of the certificate; empty: the remembered or only one. With cloud: the agent logs in at the region's page with this card
	Doctor       string `json:"doctor,omitempty" jsonschema:"pattern=^[A-Z0-9]{16}$"`              // codice fiscale of the doctor whom the page names
	SubstituteOf string `json:"substitute_of,omitempty" jsonschema:"pattern=^[A-Z0-9]{16}$"`       // codice fiscale of the titolare, in substitute mode
	Role         string `json:"role,omitempty" jsonschema:"enum=doctor,enum=secretary,enum=nurse"` // what the page says its user is; only a doctor may connect
	RedirectURI  string `json:"redirect_uri,omitempty" jsonschema:"maxLength=200"`                 // where the region's page returns: the caller's own address and no other
}

// LoginResult is the session; with AuthorizeURL set the caller opens that page
// of the region in a window of its own and hands what comes back to
// session.complete.
type LoginResult struct {
	Session
	AuthorizeURL string `json:"authorize_url,omitempty"`
}

// CompleteParams is what the region's page returned to the redirect URI (RFC
// 6749, section 4.1.2, and RFC 9207), or that the user closed it.
type CompleteParams struct {
	State string `json:"state" jsonschema:"pattern=^[A-Za-z0-9._~-]{32\\,128}$"`
	Code  string `json:"code,omitempty" jsonschema:"maxLength=4096"`
	Iss   string `json:"iss,omitempty" jsonschema:"maxLength=255"`
	Error string `json:"error,omitempty" jsonschema:"pattern=^[a-z_]{1\\,64}$"` // access_denied when the window was closed
}
