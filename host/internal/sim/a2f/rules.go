package a2f

import (
	"regexp"
	"unicode/utf8"

	"raccordo/host/internal/ricetta"
)

var pinCode = regexp.MustCompile(`^[0-9]{10}$`)

// create answers CreateAuthReq.
func (s *Service) create(c call) reply {
	if r, ok := s.identify(c); !ok {
		return r
	}
	if c.Value("codRegione") == "" || c.Value("codAslAo") == "" || c.Value("codSsa") == "" {
		return refuse("300")
	}
	d := c.doctor
	if c.Value("codRegione") != d.Region || c.Value("codAslAo") != d.ASL || c.Value("codSsa") != noSSA {
		return refuse("307")
	}
	if s.production && s.uncertified[d.CF] {
		return refuse("200")
	}
	token, g := s.issue(d.CF, Context, c.Value("applicazione"))
	r := reply{key: "emailStatus", value: "Email con ID-SESSIONE inviata alla casella certificata (simulatore)"}
	if s.production {
		s.mail[d.CF] = append(s.mail[d.CF], Mail{token, g.to})
	} else {
		r.remark("token", token)
	}
	return r
}

// checkToken answers CheckTokenReq.
func (s *Service) checkToken(c call) reply {
	g, r, ok := s.named(c)
	if !ok {
		return r
	}
	switch g.at(s.opt.Now()) {
	case revoked:
		r = refuse("06")
	case expired:
		r = refuse("07")
	}
	told := *g // the answer is written when others may already change it
	r.token, r.now = &told, s.opt.Now()
	return r
}

// revokeToken answers RevokeAuthReq. Whoever revokes what has ended already is
// warned, and told since when.
func (s *Service) revokeToken(c call) reply {
	g, r, ok := s.named(c)
	if !ok {
		return r
	}
	now := s.opt.Now()
	switch g.at(now) {
	case revoked:
		r = refuse("05")
		r.key, r.value = "lastRevokePreviousDate", g.ended.In(ricetta.Rome()).Format(italianTime)
	case expired:
		r = refuse("05")
		r.key, r.value = "lastRevokePreviousDate", g.to.In(ricetta.Rome()).Format(italianTime)
	default:
		g.revoke(now)
		r.key, r.value = "revokeStatus", "Revoca dell'ID-SESSIONE eseguita (simulatore)"
	}
	return r
}

// named finds the token that a request is about.
func (s *Service) named(c call) (*grant, reply, bool) {
	if r, ok := s.identify(c); !ok {
		return nil, r, false
	}
	token := c.Value("token")
	switch n := utf8.RuneCountInString(token); {
	case n == 0:
		return nil, refuse("01"), false
	case n > 36:
		return nil, refuse("02"), false
	}
	g := s.tokens[token]
	switch {
	case g == nil:
		return nil, refuse("603"), false
	case g.cf != c.doctor.CF || g.application != c.Value("applicazione"):
		return nil, refuse("04"), false
	}
	return g, reply{}, true
}

// identify holds who is named in a request against who is authenticated.
func (s *Service) identify(c call) (reply, bool) {
	kind, sealed := "", ""
	if id := c.Child("identificativo"); id != nil {
		kind, sealed = id.Value("tipo"), id.Value("valore")
	}
	code := ""
	switch {
	case c.Value("userId") == "" || c.Value("contesto") == "" || c.Value("cfUtente") == "" || sealed == "":
		code = "300"
	case utf8.RuneCountInString(sealed) > 256:
		code = "02"
	case c.Value("userId") != c.doctor.CF:
		code = "602"
	case c.Value("contesto") != Context || c.Value("applicazione") != "" && c.Value("applicazione") != Prescriber && c.Value("applicazione") != Dispenser:
		code = "9998"
	case c.Child("opzioni") != nil || c.Child("infoAggiuntive") != nil:
		code = "10"
	case kind == "":
		code = "21"
	case kind != "P":
		code = "303"
	case c.Value("cfUtente") != c.doctor.CF:
		r := refuse("306")
		r.errors[0].text += ". " + c.Value("cfUtente") // as the manual's example does
		return r, false
	default:
		return s.pinCode(sealed, c.doctor.PinCode)
	}
	return refuse(code), false
}

func (s *Service) pinCode(sealed, right string) (reply, bool) {
	clear, err := s.opt.Decrypt(sealed)
	switch {
	case err != nil:
		return refuse("700"), false
	case !pinCode.MatchString(clear):
		return refuse("301"), false
	case clear != right:
		return refuse("302"), false
	}
	return reply{}, true
}
