package idp

// door is a way of logging in, with the words in which each party names it.
type door struct {
	name   string   // in the path
	label  string   // on the page
	degree string   // its level, on the page
	method string   // as the region writes it
	level  string   // level of assurance (ISO/IEC 29115), as the region writes it
	acr    string   // in the ID token
	amr    []string // RFC 8176
}

// The three doors of a regional provider. SPID and CIE name their level in the
// words of the SPID rules; the card has the class of SAML 2.0 for keys on a
// smart card.
var (
	doorSPID = door{"spid", "SPID", "livello 2", "SPID L2", "LoA3", "https://www.spid.gov.it/SpidL2", []string{"pwd", "otp"}}
	doorCIE  = door{"cie", "CIE", "livello 3", "CIE L3", "LoA4", "https://www.spid.gov.it/SpidL3", []string{"pin", "sc"}}
	doorCNS  = door{"cns", "CNS", "carta", "CNS", "LoA4", "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", []string{"pin", "sc"}}
)
