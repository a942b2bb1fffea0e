package card

import (
	"fmt"

	"raccordo/host/internal/wire"
)

// Check refuses what can not be this PIN, so that it reaches no module and
// costs no attempt. The error's detail is the rule, never the PIN.
func (r PINRequest) Check(pin []byte) *Error {
	if r.Pinpad {
		return nil
	}
	if len(pin) == 0 || len(pin) < r.MinLen || r.MaxLen > 0 && len(pin) > r.MaxLen {
		return r.malformed()
	}
	for _, c := range pin {
		// A zero byte would end the PIN early in a module written in C.
		if c == 0 || r.Digits && (c < '0' || c > '9') {
			return r.malformed()
		}
	}
	return nil
}

func (r PINRequest) malformed() *Error {
	e := &Error{Code: wire.ErrPINFormat, Detail: "1 or more"}
	switch {
	case r.MinLen == r.MaxLen && r.MaxLen > 0:
		e.Detail = fmt.Sprint(r.MinLen)
	case r.MaxLen > 0:
		e.Detail = fmt.Sprintf("%d to %d", max(r.MinLen, 1), r.MaxLen)
	}
	if r.Digits {
		e.Detail += " digits"
	} else {
		e.Detail += " characters"
	}
	return e
}

// numeric tells the cards whose PIN is of digits only: every CNS ("CNS – file
// system": 5 to 8 digits) and the CIE 3.0 (8 digits). Of another card nobody
// knows.
func numeric(kind wire.CardKind) bool { return kind != wire.KindOther && kind != "" }
