package engine

import (
	"slices"
	"time"

	"raccordo/host/internal/wire"
)

// cardList is what the card service sees, with whose card each is, the
// certificate that a login without a choice would take, and what ends soon.
func (e *Engine) cardList() wire.CardList { return e.prefer(e.cards.State()) }

func (e *Engine) prefer(list wire.CardList) wire.CardList {
	e.mu.Lock()
	defer e.mu.Unlock()
	doctors := e.doctors(list)
	list.Readers = slices.Clone(list.Readers)
	for i, r := range list.Readers {
		if r.Card != nil {
			marked := e.mark(*r.Card, doctors)
			list.Readers[i].Card = &marked
		}
	}
	return list
}

// doctors are those who are known: by the session, this one or the last, by an
// operator's card, or because they have logged in with a card that is here.
func (e *Engine) doctors(list wire.CardList) map[string]bool {
	known := map[string]bool{}
	if e.live != nil {
		known[e.live.session.CF] = true
	}
	if e.lastDoctor != "" {
		known[e.lastDoctor] = true
	}
	for _, r := range list.Readers {
		if c := r.Card; c != nil && c.Holder != nil && (c.Kind == wire.KindOperator || e.memory.choice(c.Serial) != "") {
			known[c.Holder.CodiceFiscale] = true
		}
	}
	return known
}

// mark completes a copy of c; the card service's own stays as it is.
func (e *Engine) mark(c wire.Card, doctors map[string]bool) wire.Card {
	now := e.now()
	told, ok := e.expiryTold[c.Serial]
	news := ok && now.Sub(told) < noticeTime
	c.Role = role(c, doctors)
	c.Certificates = slices.Clone(c.Certificates)
	for i := range c.Certificates {
		x := &c.Certificates[i]
		x.ExpiresSoon, x.DaysLeft = expiry(x.NotAfter, now)
		x.NotifyExpiry = x.ExpiresSoon && news
	}
	if c.Role == wire.RolePatient {
		return c
	}
	if i := preferred(c, e.memory.choice(c.Serial)); i >= 0 {
		c.Certificates[i].Preferred = true
	}
	return c
}

// role tells a patient's health card from a doctor's card. A card of somebody
// else is a patient's when it is a TS-CNS, or nobody can log in with it; a card
// that has logged in is a doctor's (see doctors).
func role(c wire.Card, doctors map[string]bool) wire.CardRole {
	if c.Holder == nil || len(doctors) == 0 {
		return ""
	}
	if doctors[c.Holder.CodiceFiscale] {
		return wire.RoleDoctor
	}
	useless := !slices.ContainsFunc(c.Certificates, func(x wire.Certificate) bool { return x.Usable })
	if c.Kind == wire.KindTSCNS || c.Kind == wire.KindCNS && useless {
		return wire.RolePatient
	}
	return ""
}

// preferred is the index of the certificate chosen before, else of the first
// usable one, else -1.
func preferred(c wire.Card, chosen string) int {
	usable := -1
	for i, x := range c.Certificates {
		if x.Usable && (usable < 0 || x.Fingerprint == chosen) {
			usable = i
		}
	}
	return usable
}

// choose finds the certificate of a login, or says why there is none: the
// first obstacle that the user can remove.
func (e *Engine) choose(p wire.LoginParams) (fingerprint string, holder wire.Person, err error) {
	return pick(e.cardList(), p, e.memory.choice)
}

func pick(list wire.CardList, p wire.LoginParams, choice func(serial string) string) (fingerprint string, holder wire.Person, err error) {
	switch list.Service {
	case "running":
	case "unsupported":
		return "", holder, wire.NewError(wire.ErrUnsupported, "")
	default:
		return "", holder, wire.NewError(wire.ErrPCSCDown, "")
	}
	if len(list.Readers) == 0 {
		return "", holder, wire.NewError(wire.ErrNoReader, "")
	}
	reason, foreign := wire.ErrNoCard, false
	for _, r := range sorted(list.Readers, p.Doctor) {
		if r.State == wire.ReaderMute && reason == wire.ErrNoCard {
			reason = wire.ErrCardMute
		}
		if r.Card == nil {
			continue
		}
		c, ok := wanted(*r.Card, p, choice)
		holder := person(*r.Card, c)
		switch {
		case !ok && (r.Card.Role != wire.RolePatient || reason == wire.ErrNoCard):
			reason = obstacle(r)
		case !ok:
		case !c.Usable:
			return "", holder, wire.NewError(c.Reason, "")
		case p.Doctor != "" && holder.CodiceFiscale != "" && holder.CodiceFiscale != p.Doctor,
			p.Doctor == "" && r.Card.Role == wire.RolePatient:
			foreign = true
		default:
			return c.Fingerprint, holder, nil
		}
	}
	if foreign {
		reason = wire.ErrWrongDoctor
	}
	return "", wire.Person{}, wire.NewError(reason, "")
}

// sorted puts the cards of the doctor whom the page names first and those of
// patients last.
func sorted(readers []wire.Reader, doctor string) []wire.Reader {
	rank := func(r wire.Reader) int {
		switch c := r.Card; {
		case c != nil && c.Holder != nil && c.Holder.CodiceFiscale == doctor:
			return 0
		case c != nil && c.Role == wire.RolePatient:
			return 2
		}
		return 1
	}
	list := slices.Clone(readers)
	slices.SortStableFunc(list, func(a, b wire.Reader) int { return rank(a) - rank(b) })
	return list
}

// wanted is the certificate of a card that a login means: the one that it
// names, else the preferred one. The card of the doctor whom the page names has
// one even where it was taken for a patient's.
func wanted(c wire.Card, p wire.LoginParams, choice func(string) string) (wire.Certificate, bool) {
	if p.Certificate != "" {
		i := slices.IndexFunc(c.Certificates, func(x wire.Certificate) bool { return x.Fingerprint == p.Certificate })
		if i < 0 {
			return wire.Certificate{}, false
		}
		return c.Certificates[i], true
	}
	i := preferred(c, choice(c.Serial))
	if i < 0 {
		return wire.Certificate{}, false
	}
	return c.Certificates[i], true
}

func person(card wire.Card, c wire.Certificate) wire.Person {
	if card.Holder != nil {
		return *card.Holder
	}
	return wire.Person{Name: c.Subject}
}

// obstacle says why no certificate of a card came into question.
func obstacle(r wire.Reader) wire.ErrorCode {
	switch {
	case r.Card.Problem != "":
		return r.Card.Problem
	case r.State == wire.ReaderReading:
		return wire.ErrCardBusy
	case len(r.Card.Certificates) > 0 && r.Card.Certificates[0].Reason != "":
		return r.Card.Certificates[0].Reason
	}
	return wire.ErrNoCert
}

// expiryWarning is how long before its end a certificate is announced.
const expiryWarning = 30 * 24 * time.Hour

// noticeTime is how long an announcement stays in the state of a card: a page
// that is opened later that day is not bothered.
const noticeTime = time.Minute

func expiry(notAfter string, now time.Time) (soon bool, days int) {
	end, err := time.Parse(time.RFC3339, notAfter)
	left := end.Sub(now)
	if err != nil || left <= 0 || left > expiryWarning {
		return false, 0
	}
	return true, int(left / (24 * time.Hour))
}

// announce marks in list what ends soon and has not been told today.
func (e *Engine) announce(list wire.CardList) wire.CardList {
	if e.tellExpiry(list) {
		return e.prefer(list)
	}
	return list
}

// tellExpiry notes which cards are to be announced now, once a day each.
func (e *Engine) tellExpiry(list wire.CardList) (news bool) {
	today := e.now().In(e.zone).Format(time.DateOnly)
	for _, r := range list.Readers {
		c := r.Card
		if c == nil || r.State != wire.ReaderCard || c.Serial == "" || c.Role == wire.RolePatient ||
			!slices.ContainsFunc(c.Certificates, func(x wire.Certificate) bool { return x.ExpiresSoon }) {
			continue
		}
		if e.memory.firstToday(c.Serial, today) {
			e.mu.Lock()
			e.expiryTold[c.Serial] = e.now()
			e.mu.Unlock()
			news = true
		}
	}
	return news
}
