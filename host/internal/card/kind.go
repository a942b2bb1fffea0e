package card

import (
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

// kinds are those that a catalogue may name.
var kinds = []wire.CardKind{wire.KindCNS, wire.KindTSCNS, wire.KindOperator, wire.KindCIE, wire.KindOther}

// family is the kind whose file system and modules a card shares.
func family(k wire.CardKind) wire.CardKind {
	if k == wire.KindTSCNS || k == wire.KindOperator {
		return wire.KindCNS
	}
	return k
}

// KindRule tells the kinds of CNS apart by the authentication certificate.
// What is empty is not looked at; all the rest must fit.
type KindRule struct {
	Kind   wire.CardKind `toml:"kind"`
	Issuer string        `toml:"issuer"`  // expression for the issuer's common name
	Unit   string        `toml:"unit"`    // expression for the subject's organisational unit
	CardID string        `toml:"card_id"` // expression for EF_IDCarta

	issuer, unit, cardID *regexp.Regexp
}

func (r *KindRule) compile() (err error) {
	if family(r.Kind) != wire.KindCNS {
		return fmt.Errorf("identity: kind %q is not one of a CNS", r.Kind)
	}
	if r.Issuer == "" && r.Unit == "" && r.CardID == "" {
		return errors.New("identity: a rule without a condition")
	}
	for _, x := range []struct {
		text string
		into **regexp.Regexp
	}{{r.Issuer, &r.issuer}, {r.Unit, &r.unit}, {r.CardID, &r.cardID}} {
		if x.text == "" {
			continue
		}
		if *x.into, err = regexp.Compile(x.text); err != nil {
			return fmt.Errorf("identity: %w", err)
		}
	}
	return nil
}

func (r KindRule) fits(cert *x509.Certificate, cardID string) bool {
	fits := func(x *regexp.Regexp, values ...string) bool {
		return x == nil || slices.ContainsFunc(values, x.MatchString)
	}
	return fits(r.issuer, cert.Issuer.CommonName) && fits(r.unit, cert.Subject.OrganizationalUnit...) && fits(r.cardID, cardID)
}

// Kind tells the family of a card by its ATR.
func (c Catalogue) Kind(atr []byte) wire.CardKind {
	if r, ok := c.rule(atr); ok {
		return r.Kind
	}
	if isCNS(atr) {
		return wire.KindCNS
	}
	return wire.KindOther
}

// refine makes the kind of a card more exact by an authentication certificate.
// A card that says nothing of itself keeps the kind that its ATR gave it.
func (c Catalogue) refine(kind wire.CardKind, cert *x509.Certificate, cardID string) wire.CardKind {
	if kind == wire.KindOther {
		kind = kindOf(cert)
	}
	if family(kind) != wire.KindCNS || !hasPolicy(cert, PolicyCNS) {
		return kind
	}
	if cardID == "" {
		cardID = cardIDOf(cert)
	}
	for _, r := range c.Kinds {
		if r.fits(cert, cardID) {
			return r.Kind
		}
	}
	return kind
}

// cardIDOf is the number of the card in the common name "<CF>/<card>.<hash>".
func cardIDOf(cert *x509.Certificate) string {
	_, rest, _ := strings.Cut(cert.Subject.CommonName, "/")
	id, _, _ := strings.Cut(rest, ".")
	return id
}
