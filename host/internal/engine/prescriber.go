package engine

import (
	"context"
	"strings"

	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// identity is the session's doctor as a prescription names him, without the
// pinCode. The organisation is region and ASL, three digits each (A2F-DEM
// section 4).
func (e *Engine) identity(l *link) ricetta.Doctor {
	s := e.sessionOf(l)
	d := ricetta.Doctor{CF: s.CF, Region: e.profile.Code, Specializzazione: s.Specializzazione}
	if len(s.Organisation) == 6 {
		d.Region, d.ASL = s.Organisation[:3], s.Organisation[3:]
	}
	return d
}

// doctor is the session's doctor with the pinCode, for which a window opens
// only when the caller's user is there.
func (e *Engine) doctor(ctx context.Context, c Call, l *link) (ricetta.Doctor, error) {
	d := e.identity(l)
	kept, err := e.keptPinCode(d.CF)
	if err != nil && (c.UserGesture || c.Caller.Kind == "cli") {
		kept, err = e.pinCode(ctx, l)
		if err == nil {
			e.attend() // the background may go on with it
		}
	}
	d.PinCode = kept
	return d, err
}

func established(l *link) session.Established {
	s := l.session
	return session.Established{
		Doctor: doctorOf(s), SubstituteOf: l.substituteOf,
		Method: s.Method, Level: s.Level, Since: s.Since, ExpiresAt: s.ExpiresAt,
	}
}

func doctorOf(s region.Session) wire.Person {
	return wire.Person{CodiceFiscale: s.CF, Name: strings.TrimSpace(s.Name + " " + s.Surname)}
}
