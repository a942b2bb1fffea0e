package worker

import (
	"errors"
	"strings"
)

// module is the loaded PKCS#11 library and what is open in it.
type module struct {
	lib         cryptoki
	initialised bool
	slots       map[uint]*slot
}

// slot is the open session of a slot and the keys found after login.
type slot struct {
	session session
	open    bool              // logged in, as far as is known here
	keys    map[string]object // by CKA_ID
}

func (m *module) close() {
	if m.initialised {
		m.lib.Finalize()
	}
	m.lib.unload()
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
	err := m.lib.Initialize()
	if err != nil && !errors.Is(err, alreadyInitialised) {
		return fault("C_Initialize", err)
	}
	m.initialised = true
	return nil
}

// tokens lists what is initialised: SoftHSM, for one, always shows an empty
// slot more.
func (m *module) tokens() Response {
	ids, err := m.lib.GetSlotList()
	if err != nil {
		return Response{Fault: fault("C_GetSlotList", err)}
	}
	var list []Token
	for _, id := range ids {
		description, err := m.lib.GetSlotInfo(id)
		if err != nil {
			continue // pulled out in between
		}
		token, err := m.lib.GetTokenInfo(id)
		if err != nil || token.flags&flagTokenInitialized == 0 {
			continue // not a card of this module's, or an empty one
		}
		list = append(list, Token{
			Slot: id, Description: clean(description), Label: clean(token.label),
			Serial: clean(token.serial), Flags: token.flags,
			MinPIN: token.minPIN, MaxPIN: token.maxPIN, Mechanisms: m.mechanisms(id),
		})
	}
	return Response{Tokens: list}
}

func (m *module) mechanisms(id uint) []Mechanism {
	list, err := m.lib.GetMechanismList(id)
	if err != nil {
		return nil
	}
	var known []Mechanism
	for _, mech := range list {
		switch mech {
		case mechPKCS1:
			known = append(known, PKCS1)
		case mechPSS:
			known = append(known, PSS)
		case mechRaw:
			known = append(known, Raw)
		case mechECDSA:
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
		if m.lib.GetSessionInfo(s.session) == nil {
			return s, nil
		}
		m.forget(id)
	}
	h, err := m.lib.OpenSession(id)
	if err != nil {
		return nil, fault("C_OpenSession", err)
	}
	s := &slot{session: h, keys: map[string]object{}}
	m.slots[id] = s
	return s, nil
}

// forget drops the slot's sessions, also in the module, so that stale handles
// never outlive a card.
func (m *module) forget(id uint) {
	m.lib.CloseAllSessions(id)
	delete(m.slots, id)
}

func (m *module) logout(id uint) Response {
	s, ok := m.slots[id]
	if !ok {
		return Response{}
	}
	err := m.lib.Logout(s.session)
	m.forget(id)
	if err != nil && !errors.Is(err, rv(NotLoggedIn)) {
		return Response{Fault: fault("C_Logout", err)}
	}
	return Response{}
}
