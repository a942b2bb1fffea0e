//go:build cgo

package worker

import (
	"crypto"

	"github.com/miekg/pkcs11"
)

// sign makes one signature. A secret is the PIN of a key that wants it for
// each signature (CKA_ALWAYS_AUTHENTICATE: CKU_CONTEXT_SPECIFIC between
// C_SignInit and C_Sign).
func (m *module) sign(req Request, pin []byte) Response {
	mech, f := mechanism(req)
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
	if err := m.ctx.SignInit(s.session, []*pkcs11.Mechanism{mech}, key); err != nil {
		return Response{Fault: fault("C_SignInit", err)}
	}
	if req.Secret {
		if f := m.mayLogin(req.Slot, pin); f != nil {
			m.forget(req.Slot) // the session has an operation under way
			return Response{Fault: f}
		}
		if err := m.ctx.Login(s.session, pkcs11.CKU_CONTEXT_SPECIFIC, pinText(pin)); err != nil {
			f := m.refused(req.Slot, err)
			m.forget(req.Slot)
			return Response{Fault: f}
		}
	}
	signature, err := m.ctx.Sign(s.session, req.Data)
	if err != nil {
		return Response{Fault: fault("C_Sign", err)}
	}
	return Response{Signature: signature}
}

func mechanism(req Request) (*pkcs11.Mechanism, *Fault) {
	switch req.Mechanism {
	case PKCS1:
		return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil), nil
	case Raw:
		return pkcs11.NewMechanism(pkcs11.CKM_RSA_X_509, nil), nil
	case ECDSA:
		return pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil), nil
	case PSS:
		hash, mgf, ok := pssHash(crypto.Hash(req.Hash))
		if ok && req.Salt >= 0 {
			return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_PSS, pkcs11.NewPSSParams(hash, mgf, uint(req.Salt))), nil
		}
	}
	return nil, &Fault{Call: "C_SignInit", Return: MechanismInvalid, Name: "CKR_MECHANISM_INVALID"}
}

func pssHash(h crypto.Hash) (hash, mgf uint, ok bool) {
	switch h {
	case crypto.SHA1:
		return pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1, true
	case crypto.SHA256:
		return pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, true
	case crypto.SHA384:
		return pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384, true
	case crypto.SHA512:
		return pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512, true
	}
	return 0, 0, false
}
