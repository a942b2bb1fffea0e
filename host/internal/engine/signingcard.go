package engine

import (
	"slices"
	"time"

	"raccordo/host/internal/wire"
)

// pickSigning finds the certificate with which documents are signed, the
// doctor's first, or says why there is none.
func pickSigning(list wire.CardList, wanted, doctor string, too func(string) bool) (wire.Reader, wire.Certificate, error) {
	if list.Service != "running" {
		code := wire.ErrPCSCDown
		if list.Service == "unsupported" {
			code = wire.ErrUnsupported
		}
		return wire.Reader{}, wire.Certificate{}, wire.NewError(code, "")
	}
	if len(list.Readers) == 0 {
		return wire.Reader{}, wire.Certificate{}, wire.NewError(wire.ErrNoReader, "")
	}
	reason := wire.ErrNoCard
	for _, r := range sorted(list.Readers, doctor) {
		if r.State == wire.ReaderMute && reason == wire.ErrNoCard {
			reason = wire.ErrCardMute
		}
		if r.Card == nil {
			continue
		}
		if c, ok := signingCertificate(*r.Card, wanted, too); ok {
			return r, c, nil
		}
		if r.Card.Role != wire.RolePatient || reason == wire.ErrNoCard {
			reason = noSigning(r)
		}
	}
	return wire.Reader{}, wire.Certificate{}, wire.NewError(reason, "")
}

func signingCertificate(c wire.Card, wanted string, too func(string) bool) (wire.Certificate, bool) {
	fits := func(x wire.Certificate) bool { return wanted == "" || x.Fingerprint == wanted }
	for _, signs := range []func(wire.Certificate) bool{
		func(x wire.Certificate) bool { return x.Purpose == "sign" && x.Reason == wire.ErrCertSign },
		func(x wire.Certificate) bool {
			return x.Purpose != "sign" && x.Reason != wire.ErrCertNoKey && too(x.Fingerprint)
		},
	} {
		if i := slices.IndexFunc(c.Certificates, func(x wire.Certificate) bool { return fits(x) && signs(x) }); i >= 0 {
			return c.Certificates[i], true
		}
	}
	return wire.Certificate{}, false
}

// noSigning says why no certificate of a card signs documents.
func noSigning(r wire.Reader) wire.ErrorCode {
	switch {
	case r.Card.Problem != "":
		return r.Card.Problem
	case r.State == wire.ReaderReading:
		return wire.ErrCardBusy
	}
	return wire.ErrNoSignCert
}

// signsWithCard tells whether a card that can sign is inserted, as far as is
// known without asking it.
func signsWithCard(list wire.CardList, now time.Time) bool {
	return slices.ContainsFunc(list.Readers, func(r wire.Reader) bool {
		return r.Card != nil && slices.ContainsFunc(r.Card.Certificates, func(c wire.Certificate) bool {
			end, err := time.Parse(time.RFC3339, c.NotAfter)
			return c.Purpose == "sign" && c.Reason == wire.ErrCertSign && (err != nil || end.After(now))
		})
	})
}
