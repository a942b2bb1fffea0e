package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// describe words the whole smart card side, a remedy under each problem.
func describe(list wire.CardList) []string {
	switch {
	case list.Service == "unsupported":
		return problem("", wire.ErrUnsupported)
	case list.Service != "running":
		return problem("", wire.ErrPCSCDown)
	case len(list.Readers) == 0:
		return problem("", wire.ErrNoReader)
	}
	var lines []string
	for _, r := range list.Readers {
		lines = append(lines, reader(r)...)
	}
	return lines
}

func reader(r wire.Reader) []string {
	lines := []string{r.Name + ": " + stateText(r)}
	if r.State == wire.ReaderMute {
		lines = append(lines, problem("  ", wire.ErrCardMute)...)
	}
	c := r.Card
	if c == nil {
		return lines
	}
	lines = append(lines, "  "+cardText(*c))
	if c.Problem != "" {
		lines = append(lines, problem("  ", c.Problem)...)
	}
	if c.Module != "" {
		lines = append(lines, "  driver: "+c.Module)
	}
	for _, m := range c.Modules {
		if m.Problem != "" {
			lines = append(lines, fmt.Sprintf("  driver non usato: %s – %s", m.Name, texts.Of(m.Problem).Text))
		}
	}
	for _, x := range c.Certificates {
		lines = append(lines, "  "+certificateText(x))
	}
	return lines
}

func stateText(r wire.Reader) string {
	switch r.State {
	case wire.ReaderEmpty:
		return "nessuna carta"
	case wire.ReaderReading:
		return "lettura in corso"
	case wire.ReaderMute:
		return "carta capovolta o muta"
	}
	return "carta presente"
}

var kindNames = map[wire.CardKind]string{
	wire.KindCNS: "CNS", wire.KindTSCNS: "tessera sanitaria (TS-CNS)", wire.KindOperator: "carta operatore",
	wire.KindCIE: "carta d'identità elettronica", wire.KindOther: "carta di tipo sconosciuto",
}

// cardText names a card in one line.
func cardText(c wire.Card) string {
	parts := []string{kindNames[c.Kind]}
	if c.Holder != nil {
		parts = append(parts, c.Holder.Name)
	}
	if c.Serial != "" {
		parts = append(parts, "n. "+c.Serial)
	}
	if c.Maker != "" {
		parts = append(parts, c.Maker)
	}
	if c.Role == wire.RolePatient {
		parts = append(parts, "del paziente")
	}
	return strings.Join(parts, ", ")
}

func certificateText(c wire.Certificate) string {
	use := "accesso"
	if c.Purpose == "sign" {
		use = "firma"
	}
	text := fmt.Sprintf("certificato di %s %s…, %s, fino al %s", use, c.Fingerprint[:min(12, len(c.Fingerprint))], c.Issuer, day(c.NotAfter))
	switch {
	case c.ExpiresSoon && c.DaysLeft == 0:
		text += " (scade oggi)"
	case c.ExpiresSoon && c.DaysLeft == 1:
		text += " (scade tra 1 giorno)"
	case c.ExpiresSoon:
		text += fmt.Sprintf(" (scade tra %d giorni)", c.DaysLeft)
	}
	if !c.Usable && c.Reason != "" {
		text += " – " + texts.Of(c.Reason).Text
	}
	if c.Preferred {
		text += " – usato per il collegamento"
	}
	return text
}

func day(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return rfc3339
	}
	return t.In(ricetta.Rome()).Format("02/01/2006")
}

// problem is what went wrong and, one step further in, what to do.
func problem(indent string, code wire.ErrorCode) []string {
	m := texts.Of(code)
	return []string{indent + m.Text, indent + "  " + m.Remedy}
}

// changes has a line for each reader that is not as it was.
func changes(before, now wire.CardList) []string {
	if before.Service != now.Service || len(now.Readers) == 0 && len(before.Readers) > 0 {
		return describe(now)
	}
	var lines []string
	for _, r := range now.Readers {
		i := slices.IndexFunc(before.Readers, func(b wire.Reader) bool { return b.Name == r.Name })
		switch {
		case i < 0:
			lines = append(lines, changeText(r, "lettore collegato, "))
		case !reflect.DeepEqual(before.Readers[i], r):
			lines = append(lines, changeText(r, ""))
		}
	}
	for _, b := range before.Readers {
		if !slices.ContainsFunc(now.Readers, func(r wire.Reader) bool { return r.Name == b.Name }) {
			lines = append(lines, b.Name+": lettore scollegato")
		}
	}
	return lines
}

func changeText(r wire.Reader, what string) string {
	text := r.Name + ": " + what + stateText(r)
	if r.Card == nil || r.State != wire.ReaderCard {
		return text
	}
	text += ", " + cardText(*r.Card)
	if r.Card.Problem != "" {
		m := texts.Of(r.Card.Problem)
		text += " – " + m.Text + " " + m.Remedy
	}
	for _, c := range r.Card.Certificates {
		if c.NotifyExpiry {
			text += " – il certificato scade il " + day(c.NotAfter)
		}
	}
	return text
}
