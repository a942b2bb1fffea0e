package engine

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/card"
	"raccordo/host/internal/wire"
)

func TestPickSigning(t *testing.T) {
	auth := wire.Certificate{Fingerprint: "aa", Purpose: "auth", Usable: true}
	sign := wire.Certificate{Fingerprint: "bb", Purpose: "sign", Reason: wire.ErrCertSign}
	other := wire.Certificate{Fingerprint: "cc", Purpose: "sign", Reason: wire.ErrCertSign}
	keyless := wire.Certificate{Fingerprint: "dd", Purpose: "sign", Reason: wire.ErrCertNoKey}
	both := wire.Certificate{Fingerprint: "ee", Purpose: "auth", Usable: true} // an old card with one certificate for all
	holds := func(cf string, role wire.CardRole, list ...wire.Certificate) wire.Reader {
		return wire.Reader{Name: "Lettore", State: wire.ReaderCard, Card: &wire.Card{Kind: wire.KindOperator, Role: role, Holder: &wire.Person{CodiceFiscale: cf}, Certificates: list}}
	}
	broken := holds("", "")
	broken.Card.Problem = wire.ErrNoModule
	in := func(readers ...wire.Reader) wire.CardList { return wire.CardList{Service: "running", Readers: readers} }
	for _, row := range []struct {
		name   string
		list   wire.CardList
		wanted string
		doctor string
		want   string
		code   wire.ErrorCode
	}{
		{"a card with both", in(holds("A", "", auth, sign)), "", "", "bb", ""},
		{"several, the one that is wanted", in(holds("A", "", auth, sign, other)), "cc", "", "cc", ""},
		{"only authentication", in(holds("A", "", auth)), "", "", "", wire.ErrNoSignCert},
		{"an authentication certificate is wanted", in(holds("A", "", auth, sign)), "aa", "", "", wire.ErrNoSignCert},
		{"the key is missing", in(holds("A", "", auth, keyless)), "", "", "", wire.ErrNoSignCert},
		{"one certificate for all", in(holds("A", "", both)), "", "", "ee", ""},
		{"one for all, and one for signing", in(holds("A", "", both, sign)), "", "", "bb", ""},
		{"the doctor's card first", in(holds("A", "", sign), holds("B", "", other)), "", "B", "cc", ""},
		{"a patient's card besides", in(holds("P", wire.RolePatient, auth), holds("A", "", sign)), "", "A", "bb", ""},
		{"a patient's card alone", in(holds("P", wire.RolePatient, auth)), "", "A", "", wire.ErrNoSignCert},
		{"no module", in(broken), "", "", "", wire.ErrNoModule},
		{"being read", in(wire.Reader{State: wire.ReaderReading, Card: &wire.Card{}}), "", "", "", wire.ErrCardBusy},
		{"no card", in(wire.Reader{State: wire.ReaderEmpty}), "", "", "", wire.ErrNoCard},
		{"mute", in(wire.Reader{State: wire.ReaderMute}), "", "", "", wire.ErrCardMute},
		{"no reader", in(), "", "", "", wire.ErrNoReader},
		{"no service", wire.CardList{Service: "down"}, "", "", "", wire.ErrPCSCDown},
		{"no PC/SC at all", wire.CardList{Service: "unsupported"}, "", "", "", wire.ErrUnsupported},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, c, err := pickSigning(row.list, row.wanted, row.doctor, func(f string) bool { return f == "ee" })
			if c.Fingerprint != row.want || err != nil && codeOf(err) != row.code || err == nil && row.code != "" {
				t.Errorf("%q, %v; want %q, %s", c.Fingerprint, err, row.want, row.code)
			}
		})
	}
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	over := sign
	over.NotAfter = "2026-11-22T00:00:00Z"
	for name, row := range map[string]struct {
		list wire.CardList
		want bool
	}{"signs": {in(holds("A", "", auth, sign)), true}, "over": {in(holds("A", "", over)), false}, "only authentication": {in(holds("A", "", auth)), false}, "none": {in(), false}} {
		if got := signsWithCard(row.list, now); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// One PIN for a batch: it is asked for again only where the card has not
// accepted it, and for a key of another purpose.
func TestOnePIN(t *testing.T) {
	asked := 0
	refuse := errors.New("closed")
	o := &onePIN{ask: func(_ context.Context, req card.PINRequest) ([]byte, error) {
		if asked++; req.Reader == "refuses" {
			return nil, refuse
		}
		if req.Pinpad {
			return nil, nil
		}
		return []byte("1234" + string(rune('0'+asked))), nil
	}}
	get := func(req card.PINRequest) string {
		pin, err := o.pin(t.Context(), req)
		if err != nil {
			return err.Error()
		}
		defer clear(pin) // as the card does
		return string(pin)
	}
	sign := card.PINRequest{Purpose: "sign"}
	for i, row := range []struct {
		req   card.PINRequest
		right bool
		want  string
	}{
		{sign, false, "12341"}, {sign, true, "12342"}, {sign, true, "12342"}, {sign, true, "12342"},
		{card.PINRequest{Purpose: "auth"}, true, "12343"}, {card.PINRequest{Purpose: "sign", Pinpad: true}, true, ""},
		{card.PINRequest{Purpose: "sign", Reader: "refuses"}, true, "closed"},
	} {
		if got := get(row.req); got != row.want {
			t.Errorf("%d: %q, want %q", i, got, row.want)
		}
		if row.right {
			o.right()
		}
	}
	kept := o.typed
	o.wipe()
	if bytes.ContainsFunc(kept, func(r rune) bool { return r != 0 }) {
		t.Errorf("still in memory: %q", kept)
	}
}

func TestSizes(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 byte", 999: "999 byte", 1000: "1 kB", 1499: "1 kB", 999_499: "999 kB", 1_000_000: "1,0 MB", 104_861_696: "104,9 MB"} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
	if got := shortName(strings.Repeat("è", 50) + "-ultimo-foglio.pdf"); len([]rune(got)) != nameLength || !strings.HasSuffix(got, "o-foglio.pdf") {
		t.Errorf("%q", got)
	}
}
