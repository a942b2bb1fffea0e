package arss

import (
	"crypto"
	_ "crypto/sha256" // the hashes that are taken
	_ "crypto/sha512"
	"encoding/base64"

	"raccordo/host/internal/sim/signing/vault"
)

// auth is the WSDL's type auth, as far as it is read.
type auth struct {
	OTP      string `xml:"otpPwd" json:"otpPwd"`
	HSM      string `xml:"typeHSM" json:"typeHSM"`
	Domain   string `xml:"typeOtpAuth" json:"typeOtpAuth"`
	User     string `xml:"user" json:"user"`
	Password string `xml:"userPWD" json:"userPWD"`
}

// simple is arssReturn.
type simple struct {
	Description string `xml:"description,omitempty" json:"description,omitempty"`
	Code        string `xml:"return_code" json:"return_code"`
	Status      string `xml:"status" json:"status"`
}

func told(f *fault) simple {
	if f == nil {
		return simple{Code: codeOK, Status: "OK"}
	}
	return simple{f.description, f.code, "KO"}
}

// word is what opensession, closesession, getVersion and ping return.
func word(ok string, f *fault) string {
	if f != nil {
		return "KO-" + f.code
	}
	return ok
}

// operation reads its parameters with decode and returns what goes into return.
// A first refusal, if any, was ordered.
type operation func(s *Service, decode func(any) error, first *fault) (any, error)

var operations = map[string]operation{
	"opensession": openSession, "closesession": closeSession, "signhash": signHash, "sendCredential": sendCredential,
	"listCert": listCert, "verifyOtp": verifyOTP,
	"getVersion": constant("3.14-simulatore"), "ping": constant("OK"),
}

// whole are the operations that take documents, which nobody here needs.
var whole = map[string]bool{
	"pdfsignature": true, "pdfsignatureV2": true, "pdfsignatureV2_multiple": true, "pkcs7sign": true, "pkcs7signV2": true,
	"pkcs7signV2_multiple": true, "pkcs7signhash": true, "pkcs7signhash_multiple": true, "addpkcs7sign": true,
	"xmlsignature": true, "xmlsignature_multiple": true,
}

func constant(value string) operation {
	return func(_ *Service, _ func(any) error, first *fault) (any, error) { return word(value, first), nil }
}

func openSession(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Identity auth `xml:"Identity" json:"identity"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	if f == nil {
		f = s.authenticate(in.Identity)
	}
	if f != nil {
		return word("", f), nil
	}
	return s.open(in.Identity.User), nil
}

func closeSession(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Identity auth   `xml:"Identity" json:"identity"`
		Session  string `xml:"sessionid" json:"sessionid"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	if f == nil {
		f = s.account(in.Identity)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.sessions[in.Session]
	if f == nil && (open == nil || open.user != in.Identity.User) {
		f = refusal(codeCredentials, "Sessione inesistente")
	}
	if f == nil {
		delete(s.sessions, in.Session)
	}
	return word("OK", f), nil
}

func sendCredential(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Identity auth   `xml:"Identity" json:"identity"`
		Type     string `xml:"type" json:"type"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	if f == nil {
		f = s.account(in.Identity)
	}
	if f == nil && in.Type != "SMS" && in.Type != "ARUBACALL" {
		f = refusal(codeParameters, "Tipo di credenziale non previsto")
	}
	if f == nil {
		if _, ok := s.vault.SendOTP(in.Identity.User); !ok {
			f = refusal(codeCredentials, descriptions[codeCredentials])
		}
	}
	return told(f), nil
}

func verifyOTP(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Identity auth `xml:"Identity" json:"identity"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	if f == nil {
		f = s.authenticate(in.Identity)
	}
	return told(f), nil
}

// cert is a certificate of listCert.
type cert struct {
	ID    string `xml:"id" json:"id"`
	Value string `xml:"value" json:"value"`
}

type certList struct {
	App1        []cert `xml:"app1" json:"app1,omitempty"`
	Description string `xml:"description,omitempty" json:"description,omitempty"`
	Status      string `xml:"status" json:"status"`
}

// certIDs name the credentials: ARSS counts its certificates.
var certIDs = map[string]string{"AS0": vault.KindRSA, "AS1": vault.KindEC}

func listCert(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Identity auth `xml:"Identity" json:"identity"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	if f == nil {
		f = s.account(in.Identity)
	}
	if f != nil {
		return certList{Description: f.code + " " + f.description, Status: "KO"}, nil
	}
	answer := certList{Status: "OK"}
	for _, id := range []string{"AS0", "AS1"} {
		if c, ok := s.vault.Credential(in.Identity.User, vault.ID(certIDs[id], in.Identity.User)); ok {
			answer.App1 = append(answer.App1, cert{id, base64.StdEncoding.EncodeToString(c.Cert.Raw)})
		}
	}
	return answer, nil
}

// hashTypes are the values of hashtype that are taken.
var hashTypes = map[string]crypto.Hash{"SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512}

type signHashRequest struct {
	CertID      string `xml:"certID" json:"certID"`
	Hash        string `xml:"hash" json:"hash"`
	HashType    string `xml:"hashtype" json:"hashtype"`
	Identity    auth   `xml:"identity" json:"identity"`
	RequireCert bool   `xml:"requirecert" json:"requirecert"`
	Session     string `xml:"session_id" json:"session_id"`
}

type signHashReturn struct {
	Cert        string `xml:"cert,omitempty" json:"cert,omitempty"`
	CertID      string `xml:"certID,omitempty" json:"certID,omitempty"`
	Description string `xml:"description,omitempty" json:"description,omitempty"`
	Code        string `xml:"return_code" json:"return_code"`
	Signature   string `xml:"signature,omitempty" json:"signature,omitempty"`
	Status      string `xml:"status" json:"status"`
}

func signHash(s *Service, decode func(any) error, f *fault) (any, error) {
	var in struct {
		Request signHashRequest `xml:"SignHashRequest" json:"request"`
	}
	if err := decode(&in); err != nil {
		return nil, err
	}
	answer := signHashReturn{Status: "OK", Code: codeOK, CertID: in.Request.CertID}
	if f == nil {
		f = s.sign(in.Request, &answer)
	}
	if f != nil {
		return signHashReturn{Status: "KO", Code: f.code, Description: f.description}, nil
	}
	return answer, nil
}

// sign makes one signature (PKCS #1 v1.5, or ECDSA as DER).
func (s *Service) sign(r signHashRequest, answer *signHashReturn) *fault {
	hash, known := hashTypes[r.HashType]
	digest, err := base64.StdEncoding.DecodeString(r.Hash)
	kind := certIDs[r.CertID]
	switch {
	case s.vault.Settings().NoSignHash:
		return refusal(codeGeneric, "Operazione non abilitata per questo contratto")
	case !known || err != nil || len(digest) != hash.Size():
		return refusal(codeParameters, "hash e hashtype non corrispondono")
	case kind == "":
		return refusal(codeParameters, "certID inesistente")
	}
	var f *fault
	if r.Session != "" {
		f = s.enter(r.Identity, r.Session)
	} else {
		f = s.authenticate(r.Identity)
	}
	if f != nil {
		return f
	}
	c, ok := s.vault.Credential(r.Identity.User, vault.ID(kind, r.Identity.User))
	if !ok || !c.Usable() {
		return refusal(codeCredentials, "Certificato non utilizzabile")
	}
	value, err := s.vault.Sign(c, digest, hash)
	if err != nil {
		return refusal(codeGeneric, descriptions[codeGeneric])
	}
	answer.Signature = base64.StdEncoding.EncodeToString(value)
	if r.RequireCert {
		answer.Cert = base64.StdEncoding.EncodeToString(c.Cert.Raw)
	}
	return nil
}
