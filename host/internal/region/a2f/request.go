package a2f

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
	"unicode/utf8"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

// Namespaces and SOAPActions of the WSDL.
const (
	nsEnvelope = "http://schemas.xmlsoap.org/soap/envelope/"
	nsAuth     = "http://authservice.xsd.wsdl.auth.a2f.sts.sanita.finanze.it"
	nsTypes    = "http://datatype.xsd.wsdl.auth.a2f.sts.sanita.finanze.it"
	actions    = "http://wsdl.auth.a2f.sts.sanita.finanze.it/"
)

type operation struct{ action, request, answer string }

var (
	create     = operation{actions + "create", "CreateAuthReq", "CreateAuthRes"}
	revoke     = operation{actions + "revoke", "RevokeAuthReq", "RevokeAuthRes"}
	checkToken = operation{actions + "checkToken", "CheckTokenReq", "CheckTokenRes"}
)

const (
	maxSealed = 256 // valore: a key of more than 1536 bits does not fit
	noSSA     = "000000"
)

// account is the user whom a request names.
func (w Who) account() string {
	if w.UserID != "" {
		return w.UserID
	}
	return w.User
}

func (w Who) ssa() string {
	if w.SSA == "" {
		return noSSA
	}
	return w.SSA
}

// encode checks, seals and writes one request.
func (s *Service) encode(w Who, op operation, token string) ([]byte, error) {
	if err := s.check(w, op); err != nil {
		return nil, err
	}
	sealed, err := s.opt.Seal(w.PinCode)
	switch {
	case errors.Is(err, sac.ErrCipherExpired):
		return nil, &exchange.Error{Code: wire.ErrRegionCipher, Err: err}
	case err != nil:
		return nil, &exchange.Error{Code: wire.ErrRegionConfig, Detail: "cipher", Err: err}
	case len(sealed) > maxSealed:
		return nil, &exchange.Error{Code: wire.ErrRegionConfig, Detail: "cipher", Err: errors.New("sealed pinCode longer than the schema allows")}
	}
	return s.write(w, op, token, sealed), nil
}

// check finds what Sistema TS would refuse, before anything leaves. The codice
// fiscale is judged by its length alone: those of the test accounts have a
// wrong check letter on purpose.
func (s *Service) check(w Who, op operation) error {
	if w.User == "" || w.Password == "" || strings.Contains(w.User, ":") { // RFC 7617, section 2
		return &exchange.Error{Code: wire.ErrCredentials, Notices: []wire.Notice{{Field: "user", Text: "Mancano il nome utente o la password di Sistema TS.", Remedy: "Inserire le credenziali di Sistema TS nelle impostazioni."}}}
	}
	if w.PinCode == "" {
		return &exchange.Error{Code: wire.ErrPinCode}
	}
	var wrong []wire.Notice
	length := func(field, value string, low, high int, text string) {
		if n := utf8.RuneCountInString(value); n < low || n > high {
			wrong = append(wrong, wire.Notice{Field: field, Text: text, Remedy: "Correggere il dato nelle impostazioni."})
		}
	}
	length("userId", w.account(), 1, 16, "Il nome utente di Sistema TS può avere al massimo 16 caratteri: con un nickname indicare anche il codice utente.")
	length("cfUtente", w.CF, 16, 16, "Il codice fiscale del medico deve avere 16 caratteri.")
	if op == create {
		length("codRegione", w.Region, 3, 3, "Il codice della regione deve avere 3 caratteri.")
		length("codAslAo", w.ASL, 3, 3, "Il codice della ASL deve avere 3 caratteri (000 se non c'è).")
		length("codSsa", w.ssa(), 5, 6, "Il codice SSA deve avere 5 o 6 caratteri (000000 se non c'è).")
		length("codiceStruttura", w.Structure, 0, 10, "Il codice della struttura può avere al massimo 10 caratteri.")
	}
	if len(wrong) > 0 {
		return &exchange.Error{Code: wire.ErrA2F, Detail: wrong[0].Field, Notices: wrong}
	}
	if n := utf8.RuneCountInString(s.opt.Context); n < 1 || n > 30 || utf8.RuneCountInString(s.opt.Application) > 30 {
		return &exchange.Error{Code: wire.ErrRegionConfig, Detail: "context"}
	}
	return nil
}

// write builds the envelope in the order of the schema, an xs:sequence. What is
// empty is left out; opzioni and infoAggiuntive always are (manual, 4.1).
func (s *Service) write(w Who, op operation, token, sealed string) []byte {
	var b bytes.Buffer
	text := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteString("<" + name + ">")
		// bytes.Buffer never fails; characters XML has no room for become U+FFFD.
		_ = xml.EscapeText(&b, []byte(value))
		b.WriteString("</" + name + ">")
	}
	b.WriteString(xml.Header + `<soapenv:Envelope xmlns:soapenv="` + nsEnvelope + `" xmlns:aut="` + nsAuth + `" xmlns:dat="` + nsTypes + `"><soapenv:Header/><soapenv:Body><aut:` + op.request + `>`)
	text("aut:userId", w.account())
	b.WriteString("<aut:identificativo>")
	text("dat:tipo", "P") // pincode
	text("dat:valore", sealed)
	b.WriteString("</aut:identificativo>")
	text("aut:cfUtente", w.CF)
	if op == create {
		text("aut:codRegione", w.Region)
		text("aut:codAslAo", w.ASL)
		text("aut:codSsa", w.ssa())
		text("aut:codiceStruttura", w.Structure)
	} else {
		text("aut:token", token)
	}
	text("aut:contesto", s.opt.Context)
	text("aut:applicazione", s.opt.Application)
	b.WriteString("</aut:" + op.request + "></soapenv:Body></soapenv:Envelope>")
	return b.Bytes()
}
