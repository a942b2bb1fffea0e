package csc

import (
	"fmt"

	"raccordo/host/internal/sim/signing/vault"
)

// sendOTP is credentials/sendOTP (v1).
func (s *Service) sendOTP(c *call) (any, error) {
	found, err := s.credential(c)
	if err != nil {
		return nil, err
	}
	return s.sendTo(found, false)
}

func (s *Service) sendTo(found vault.Credential, v2 bool) (any, error) {
	kind := s.vault.Settings().OTPType
	switch {
	case found.Mode != vault.Explicit || kind == vault.OTPOffline || v2 && kind == vault.OTPApproval:
		return nil, invalid("Invalid parameter credentialID")
	case s.vault.Locked(found.User):
		return nil, invalid("PIN locked")
	}
	if _, ok := s.vault.SendOTP(found.User); !ok {
		return nil, invalid("Invalid parameter credentialID")
	}
	return empty{}, nil
}

// getChallenge is credentials/getChallenge (v2): the code goes by SMS.
func (s *Service) getChallenge(c *call) (any, error) {
	found, err := s.credential(c)
	if err != nil {
		return nil, err
	}
	object, err := c.body.needText("authObjectID")
	if err != nil {
		return nil, err
	}
	if object != objectOTP {
		return nil, invalid("Invalid parameter authObjectID")
	}
	return s.sendTo(found, true)
}

// count reads numSignatures.
func count(c *call) (int, error) {
	n, there, err := c.body.number("numSignatures")
	if err == nil && !there {
		err = missing("integer", "numSignatures")
	}
	return n, err
}

// terms reads what both versions of authorize have: the credential, how many
// signatures, over what.
func (s *Service) terms(c *call) (vault.Credential, *sad, error) {
	found, err := s.credential(c)
	if err != nil {
		return found, nil, err
	}
	if found.Mode != vault.Explicit {
		return found, nil, invalid("Invalid parameter credentialID") // oauth2code: authorised elsewhere
	}
	n, err := count(c)
	if err != nil {
		return found, nil, err
	}
	hashes, err := c.body.hashes(hashesName(c.v2))
	if err != nil {
		return found, nil, err
	}
	if c.v2 {
		if err := hashAlgorithm(c, hashes); err != nil {
			return found, nil, err
		}
	}
	if description, err := c.body.text("description"); err != nil || len(description) > 500 {
		return found, nil, invalid("Invalid parameter description")
	}
	if err := mayAuthorize(found); err != nil {
		return found, nil, err
	}
	a, err := s.agreed(found, n, hashes, hashesName(c.v2))
	return found, a, err
}

// authorizeV1 is credentials/authorize with PIN and OTP.
func (s *Service) authorizeV1(c *call) (any, error) {
	found, a, err := s.terms(c)
	if err != nil {
		return nil, err
	}
	pin, err := c.body.needText("PIN")
	if err != nil {
		return nil, err
	}
	otp, err := c.body.needText("OTP")
	if err != nil {
		return nil, err
	}
	switch s.vault.Check(found.User, &pin, &otp) {
	case vault.Locked:
		return nil, invalid("PIN locked")
	case vault.WrongPIN:
		return nil, refused("invalid_pin", "The PIN is invalid")
	case vault.WrongOTP:
		return nil, refused("invalid_otp", "The OTP is invalid")
	}
	return s.newSAD(a), nil
}

// authorizeV2 is credentials/authorize with authentication objects.
func (s *Service) authorizeV2(c *call) (any, error) {
	found, a, err := s.terms(c)
	if err != nil {
		return nil, err
	}
	given, err := authData(c)
	if err != nil {
		return nil, err
	}
	pin, otp := given[objectPIN], given[objectOTP]
	outside, code := s.vault.Settings().OTPType == vault.OTPApproval, &otp
	if outside {
		code = nil
	}
	verdict := s.vault.Check(found.User, &pin, code)
	switch {
	case verdict == vault.Locked:
		return nil, invalid("Credential locked")
	case verdict != vault.Right || outside && otp != "":
		return nil, wrongData()
	case outside:
		question := fmt.Sprintf("Confermare la firma di %d documenti?", a.left)
		return s.postpone(&pending{user: found.User, sad: a, question: s.vault.Ask(found.User, question)}), nil
	}
	if n := s.vault.Settings().Polls; n > 0 {
		return s.postpone(&pending{user: found.User, polls: n, sad: a}), nil
	}
	return s.newSAD(a), nil
}

// authData are the values by id; both objects are needed.
func authData(c *call) (map[string]string, error) {
	list, ok := c.body["authData"].([]any)
	if !ok {
		return nil, missing("array", "authData")
	}
	given := map[string]string{}
	for _, each := range list {
		object, ok := each.(map[string]any)
		if !ok {
			return nil, missing("array", "authData")
		}
		id, err := body(object).needText("id")
		if err != nil {
			return nil, err
		}
		value, err := body(object).text("value")
		if err != nil {
			return nil, err
		}
		if id != objectPIN && id != objectOTP {
			return nil, wrongData()
		}
		given[id] = value
	}
	for _, id := range []string{objectPIN, objectOTP} {
		if _, ok := given[id]; !ok {
			return nil, wrongData()
		}
	}
	return given, nil
}

func wrongData() error {
	return refused("invalid_authentication_data", "The authentication data is invalid")
}
