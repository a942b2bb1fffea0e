package worker

import "errors"

// login logs the user in. Without a PIN it does so only on a token with a
// protected authentication path (PKCS#11 2.40, 5.6.7): a NULL PIN is right for
// a reader with a keypad and burns an attempt everywhere else.
func (m *module) login(id uint, pin []byte) Response {
	if f := m.mayLogin(id, pin); f != nil {
		return Response{Fault: f}
	}
	s, f := m.open(id)
	if f != nil {
		return Response{Fault: f}
	}
	err := m.lib.Login(s.session, userNormal, pin)
	if err == nil || errors.Is(err, rv(AlreadyLoggedIn)) {
		s.open = true
		return Response{}
	}
	return Response{Fault: m.refused(id, err)}
}

func (m *module) mayLogin(id uint, pin []byte) *Fault {
	if len(pin) > 0 {
		return nil
	}
	token, err := m.lib.GetTokenInfo(id)
	if err != nil {
		return fault("C_GetTokenInfo", err)
	}
	if token.flags&FlagProtectedPath == 0 {
		return &Fault{Call: "C_Login", Return: PINLength, Name: "empty PIN"}
	}
	return nil
}

// refused adds the token's flags: only after an attempt do they tell the truth
// with every module (final try, locked).
func (m *module) refused(id uint, err error) *Fault {
	f := fault("C_Login", err)
	if token, err := m.lib.GetTokenInfo(id); err == nil {
		f.Flags = token.flags
	}
	return f
}
