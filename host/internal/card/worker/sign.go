package worker

import "crypto"

// sign makes one signature. A secret is the PIN of a key that wants it for
// each signature (CKA_ALWAYS_AUTHENTICATE: CKU_CONTEXT_SPECIFIC between
// C_SignInit and C_Sign).
func (m *module) sign(req Request, pin []byte) Response {
	how, f := mechanismOf(req)
	if f != nil {
		return Response{Fault: f}
	}
	s, f := m.open(req.Slot)
	if f != nil {
		return Response{Fault: f}
	}
	key, f := m.privateKey(s, req.ID)
	if f != nil {
		return Response{Fault: f}
	}
	if err := m.lib.SignInit(s.session, how, key); err != nil {
		return Response{Fault: fault("C_SignInit", err)}
	}
	if req.Secret {
		if f := m.mayLogin(req.Slot, pin); f != nil {
			m.forget(req.Slot) // the session has an operation under way
			return Response{Fault: f}
		}
		if err := m.lib.Login(s.session, userContext, pin); err != nil {
			f := m.refused(req.Slot, err)
			m.forget(req.Slot)
			return Response{Fault: f}
		}
	}
	signature, err := m.lib.Sign(s.session, req.Data)
	if err != nil {
		return Response{Fault: fault("C_Sign", err)}
	}
	return Response{Signature: signature}
}

func mechanismOf(req Request) (mechanism, *Fault) {
	switch req.Mechanism {
	case PKCS1:
		return mechanism{kind: mechPKCS1}, nil
	case Raw:
		return mechanism{kind: mechRaw}, nil
	case ECDSA:
		return mechanism{kind: mechECDSA}, nil
	case PSS:
		hash, mgf, ok := pssHash(crypto.Hash(req.Hash))
		if ok && req.Salt >= 0 {
			return mechanism{mechPSS, &pssParams{hash, mgf, uint(req.Salt)}}, nil
		}
	}
	return mechanism{}, &Fault{Call: "C_SignInit", Return: MechanismInvalid, Name: rv(MechanismInvalid).Error()}
}

func pssHash(h crypto.Hash) (hash, mgf uint, ok bool) {
	switch h {
	case crypto.SHA1:
		return mechSHA1, mgfSHA1, true
	case crypto.SHA256:
		return mechSHA256, mgfSHA256, true
	case crypto.SHA384:
		return mechSHA384, mgfSHA384, true
	case crypto.SHA512:
		return mechSHA512, mgfSHA512, true
	}
	return 0, 0, false
}
