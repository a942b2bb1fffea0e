//go:build cgo

package worker

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"
)

// module is one loaded PKCS#11 library and what is open in it.
type module struct {
	ctx         *pkcs11.Ctx
	initialised bool
	slots       map[uint]*slot
}

// slot is the open session of a slot and the keys found after login.
type slot struct {
	session pkcs11.SessionHandle
	keys    map[string]pkcs11.ObjectHandle // by CKA_ID
}

func open(path string) (*module, error) {
	ctx := pkcs11.New(path)
	if ctx == nil {
		return nil, fmt.Errorf("%s can not be loaded as a PKCS#11 module", path)
	}
	return &module{ctx: ctx, slots: map[uint]*slot{}}, nil
}

func (m *module) close() {
	if m.initialised {
		m.ctx.Finalize()
	}
	m.ctx.Destroy()
}

func (m *module) handle(req Request, secret []byte) Response {
	if f := m.initialise(); f != nil {
		return Response{Fault: f}
	}
	switch req.Op {
	case OpTokens:
		return m.tokens()
	case OpObjects:
		return m.objects(req.Slot)
	case OpLogin:
		return m.login(req.Slot, secret)
	case OpKey:
		return m.key(req.Slot, req.ID)
	case OpSign:
		return m.sign(req, secret)
	case OpLogout:
		return m.logout(req.Slot)
	}
	return Response{Fault: &Fault{Call: "worker", Name: "unknown request"}}
}

func (m *module) initialise() *Fault {
	if m.initialised {
		return nil
	}
	err := m.ctx.Initialize()
	if err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return fault("C_Initialize", err)
	}
	m.initialised = true
	return nil
}

// fault keeps the raw return value.
func fault(call string, err error) *Fault {
	if err == nil {
		return nil
	}
	var rv pkcs11.Error
	if !errors.As(err, &rv) {
		return &Fault{Call: call, Name: err.Error()}
	}
	name := rv.Error()
	if i := strings.LastIndex(name, ": "); i >= 0 && i+2 < len(name) {
		name = name[i+2:]
	} else {
		name = fmt.Sprintf("CKR_0x%X", uint(rv))
	}
	return &Fault{Call: call, Return: uint(rv), Name: name}
}

// tokens lists what is initialised: SoftHSM, for one, always shows an empty
// slot more.
func (m *module) tokens() Response {
	ids, err := m.ctx.GetSlotList(true)
	if err != nil {
		return Response{Fault: fault("C_GetSlotList", err)}
	}
	var list []Token
	for _, id := range ids {
		info, err := m.ctx.GetSlotInfo(id)
		if err != nil {
			continue // pulled out in between
		}
		token, err := m.ctx.GetTokenInfo(id)
		if err != nil || token.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue // not a card of this module's, or an empty one
		}
		list = append(list, Token{
			Slot: id, Description: clean(info.SlotDescription), Label: clean(token.Label),
			Serial: clean(token.SerialNumber), Flags: token.Flags,
			MinPIN: token.MinPinLen, MaxPIN: token.MaxPinLen, Mechanisms: m.mechanisms(id),
		})
	}
	return Response{Tokens: list}
}

func (m *module) mechanisms(id uint) []Mechanism {
	list, err := m.ctx.GetMechanismList(id)
	if err != nil {
		return nil
	}
	var known []Mechanism
	for _, mech := range list {
		switch mech.Mechanism {
		case pkcs11.CKM_RSA_PKCS:
			known = append(known, PKCS1)
		case pkcs11.CKM_RSA_PKCS_PSS:
			known = append(known, PSS)
		case pkcs11.CKM_RSA_X_509:
			known = append(known, Raw)
		case pkcs11.CKM_ECDSA:
			known = append(known, ECDSA)
		}
	}
	return known
}

// clean strips the padding of fixed-length fields (blanks; some modules: NUL).
func clean(s string) string { return strings.TrimSpace(strings.TrimRight(s, "\x00 ")) }

// open returns the slot's session, opening it when needed. It is read-only:
// nothing here ever changes a card.
func (m *module) open(id uint) (*slot, *Fault) {
	if s, ok := m.slots[id]; ok {
		if _, err := m.ctx.GetSessionInfo(s.session); err == nil {
			return s, nil
		}
		m.forget(id)
	}
	h, err := m.ctx.OpenSession(id, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil, fault("C_OpenSession", err)
	}
	s := &slot{session: h, keys: map[string]pkcs11.ObjectHandle{}}
	m.slots[id] = s
	return s, nil
}

// forget drops the slot's sessions, also in the module, so that stale handles
// never outlive a card.
func (m *module) forget(id uint) {
	m.ctx.CloseAllSessions(id)
	delete(m.slots, id)
}

func (m *module) logout(id uint) Response {
	s, ok := m.slots[id]
	if !ok {
		return Response{}
	}
	err := m.ctx.Logout(s.session)
	m.forget(id)
	if err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_NOT_LOGGED_IN)) {
		return Response{Fault: fault("C_Logout", err)}
	}
	return Response{}
}
