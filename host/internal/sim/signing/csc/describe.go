package csc

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// generalized is how the API writes times.
const generalized = "20060102150405Z"

// infoAnswer is a credential as either version describes it.
type infoAnswer struct {
	ID          string      `json:"credentialID,omitempty"` // in v2's list only
	Description string      `json:"description,omitempty"`
	Qualifier   string      `json:"signatureQualifier,omitempty"` // v2
	Key         keyAnswer   `json:"key"`
	Cert        certAnswer  `json:"cert"`
	Mode        string      `json:"authMode,omitempty"` // v1
	Auth        *authAnswer `json:"auth,omitempty"`     // v2
	SCAL        string      `json:"SCAL,omitempty"`
	PIN         *pinAnswer  `json:"PIN,omitempty"` // v1
	OTP         *otpAnswer  `json:"OTP,omitempty"` // v1
	Multisign   any         `json:"multisign"`
	Lang        string      `json:"lang,omitempty"`
}

type keyAnswer struct {
	Status string   `json:"status"`
	Algo   []string `json:"algo"`
	Len    int      `json:"len"`
	Curve  string   `json:"curve,omitempty"`
}

type certAnswer struct {
	Status       string   `json:"status,omitempty"`
	Certificates []string `json:"certificates,omitempty"`
	Issuer       string   `json:"issuerDN,omitempty"`
	Serial       string   `json:"serialNumber,omitempty"`
	Subject      string   `json:"subjectDN,omitempty"`
	From         string   `json:"validFrom,omitempty"`
	To           string   `json:"validTo,omitempty"`
}

type pinAnswer struct {
	Presence string `json:"presence"`
	Format   string `json:"format"`
	Label    string `json:"label,omitempty"`
}

type otpAnswer struct {
	Presence string `json:"presence"`
	Type     string `json:"type"`
	Format   string `json:"format"`
	Label    string `json:"label,omitempty"`
	ID       string `json:"ID"`
	Provider string `json:"provider,omitempty"`
}

type authAnswer struct {
	Mode       string       `json:"mode"`
	Expression string       `json:"expression,omitempty"`
	Objects    []authObject `json:"objects,omitempty"`
}

type authObject struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	Format    string `json:"format,omitempty"`
	Label     string `json:"label,omitempty"`
	Generator string `json:"generator,omitempty"`
}

// The ids of v2's authentication objects.
const (
	objectPIN = "PIN"
	objectOTP = "OTP"
)

func (s *Service) describe(c vault.Credential, w wanted, v2 bool) *infoAnswer {
	settings := s.vault.Settings()
	a := &infoAnswer{Description: "Firma simulata " + c.Kind, Key: keyOf(c), SCAL: settings.SCAL, Multisign: settings.Multisign, Lang: "it-IT"}
	a.Cert = certOf(c, w)
	if v2 {
		a.Qualifier = "eu_eidas_qes"
		a.Auth = authOf(c, w, settings)
		return a
	}
	if settings.MultisignBoolean {
		a.Multisign = true
	}
	a.Mode = c.Mode
	if w.auth && c.Mode == vault.Explicit {
		a.PIN = &pinAnswer{"true", "N", "PIN di firma"}
		a.OTP = &otpAnswer{"true", vault.OTPOnline, "N", "Codice ricevuto per SMS al numero " + vault.Phone, "sms-1", "Raccordo simulato"}
		if settings.OTPType == vault.OTPOffline {
			a.OTP.Type, a.OTP.Label, a.OTP.ID = vault.OTPOffline, "Codice mostrato dal generatore", "app-1"
		}
	}
	return a
}

func keyOf(c vault.Credential) keyAnswer {
	k := keyAnswer{Status: "enabled", Algo: algosRSA, Len: 2048}
	if _, ec := c.Cert.PublicKey.(*ecdsa.PublicKey); ec {
		k.Algo, k.Len, k.Curve = algosEC, 256, oidP256
	}
	if c.Disabled {
		k.Status = "disabled"
	}
	return k
}

func certOf(c vault.Credential, w wanted) certAnswer {
	a := certAnswer{Status: c.Status}
	if w.certificates != "none" {
		a.Certificates = []string{base64.StdEncoding.EncodeToString(c.Cert.Raw)}
	}
	if w.certificates == "chain" {
		for _, above := range c.Chain {
			a.Certificates = append(a.Certificates, base64.StdEncoding.EncodeToString(above.Raw))
		}
	}
	if w.cert {
		a.Issuer, a.Subject = c.Cert.Issuer.String(), c.Cert.Subject.String()
		a.Serial = hex.EncodeToString(c.Cert.SerialNumber.Bytes())
		a.From, a.To = moment(c.Cert.NotBefore), moment(c.Cert.NotAfter)
	}
	return a
}

func moment(t time.Time) string { return t.UTC().Format(generalized) }

// authOf is v2's auth: without authInfo only the mode.
func authOf(c vault.Credential, w wanted, settings vault.Settings) *authAnswer {
	a := &authAnswer{Mode: c.Mode}
	if !w.auth || c.Mode != vault.Explicit {
		return a
	}
	a.Expression = objectPIN + " AND " + objectOTP
	otp := authObject{Type: "ChallengeResponse", ID: objectOTP, Format: "N", Label: "Codice ricevuto per SMS al numero " + vault.Phone}
	if settings.OTPType == vault.OTPOffline {
		otp = authObject{Type: "Password", ID: objectOTP, Format: "N", Label: "Codice mostrato dal generatore", Generator: "totp"}
	}
	if settings.OTPType == vault.OTPApproval {
		otp = authObject{Type: "PasswordOOB", ID: objectOTP, Label: "Conferma sul telefono"}
	}
	a.Objects = []authObject{{Type: "Password", ID: objectPIN, Format: "N", Label: "PIN di firma"}, otp}
	return a
}
