package idp

import "time"

// Access is what stands behind an access token.
type Access struct {
	CF     string
	Login  string // the same through every refresh
	Method string // "SPID L2", "CIE L3", "CNS"
	Level  string // "LoA3", "LoA4"
	Since  time.Time
	Until  time.Time // end of the login, whatever is refreshed
	JKT    string    // thumbprint of the key that must prove itself (RFC 9449); "": none
	X5T    string    // SHA-256, base64url, of the client certificate that must be there (RFC 8705); "": none
}

// Introspect tells whose an access token is; whether it was presented as its
// binding asks is Access.Presented's to tell. It fails with ErrTokenUnknown or
// ErrTokenEnded.
func (p *Provider) Introspect(token string) (Access, error) {
	in, bound, err := p.ledger.holder(token)
	if err != nil {
		return Access{}, err
	}
	return Access{
		CF: in.who.CF, Login: in.id, Method: in.door.method, Level: in.door.level, Since: in.since, Until: in.until,
		JKT: bound.JKT, X5T: bound.X5T,
	}, nil
}
