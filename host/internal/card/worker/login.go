//go:build cgo

package worker

import (
	"errors"
	"unsafe"

	"github.com/miekg/pkcs11"
)

// pinText lends the bytes to a call that wants a string, without a copy that
// could not be wiped. The binding turns "" into a NULL PIN, which is right for
// a reader with a keypad and burns an attempt everywhere else: login checks.
func pinText(pin []byte) string { return unsafe.String(unsafe.SliceData(pin), len(pin)) }

// login logs the user in. Without a PIN it does so only on a token with a
// protected authentication path (PKCS#11 2.40, 5.6.7).
func (m *module) login(id uint, pin []byte) Response {
	if f := m.mayLogin(id, pin); f != nil {
		return Response{Fault: f}
	}
	s, f := m.open(id)
	if f != nil {
		return Response{Fault: f}
	}
	err := m.ctx.Login(s.session, pkcs11.CKU_USER, pinText(pin))
	if err == nil || errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		return Response{}
	}
	return Response{Fault: m.refused(id, err)}
}

func (m *module) mayLogin(id uint, pin []byte) *Fault {
	if len(pin) > 0 {
		return nil
	}
	token, err := m.ctx.GetTokenInfo(id)
	if err != nil {
		return fault("C_GetTokenInfo", err)
	}
	if token.Flags&pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH == 0 {
		return &Fault{Call: "C_Login", Return: PINLength, Name: "empty PIN"}
	}
	return nil
}

// refused adds the token's flags: only after an attempt do they tell the truth
// with every module (final try, locked).
func (m *module) refused(id uint, err error) *Fault {
	f := fault("C_Login", err)
	if token, err := m.ctx.GetTokenInfo(id); err == nil {
		f.Flags = token.Flags
	}
	return f
}
