package engine

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// hand is who signs, and with what: known before anything is shown or asked.
type hand struct {
	via    string // "card" or "remote"
	who    wire.Signatory
	with   string // Italian, as in "con la carta …"
	signer signature.Signer
}

// handFor finds the hand that a request wants. auto takes a card that can sign,
// else the remote service.
func (e *Engine) handFor(ctx context.Context, c Call, p wire.SignParams) (*hand, error) {
	h, err := e.hands(ctx, c, p)
	if err != nil {
		return nil, err
	}
	if err := e.own(h); err != nil {
		h.signer.Close()
		return nil, err
	}
	return h, nil
}

// own refuses the hand of somebody else than the doctor who is connected. A
// certificate that names no codice fiscale is shown with its name, and judged by
// who reads it.
func (e *Engine) own(h *hand) error {
	if doctor := e.signingDoctor(); doctor != "" && h.who.CF != "" && h.who.CF != doctor {
		return wire.NewError(wire.ErrWrongDoctor, "")
	}
	return nil
}

func (e *Engine) findHand(ctx context.Context, c Call, p wire.SignParams) (*hand, error) {
	if p.Via == "remote" {
		return e.remoteHand(ctx, c, p)
	}
	h, err := e.cardHand(ctx, c, p)
	if p.Via == "card" {
		return h, err
	}
	if err == nil {
		err = e.own(h)
	}
	if err == nil {
		return h, nil
	}
	if len(e.remoteServices()) > 0 {
		return e.remoteHand(ctx, c, p)
	}
	switch codeOf(err) { // there is no card, and nothing in its place
	case wire.ErrNoCard, wire.ErrNoReader, wire.ErrPCSCDown, wire.ErrUnsupported:
		return nil, wire.NewError(wire.ErrSignWay, "")
	}
	return nil, err
}

// cardHand is the signing certificate of an inserted card.
func (e *Engine) cardHand(ctx context.Context, c Call, p wire.SignParams) (*hand, error) {
	r, chosen, err := pickSigning(e.settledCards(ctx), p.Certificate, e.signingDoctor(), e.signsToo(ctx))
	if err != nil {
		return nil, err
	}
	cert, chain, err := e.cards.Certificate(ctx, chosen.Fingerprint)
	if err != nil {
		return nil, err
	}
	now := e.now()
	switch {
	case now.Before(cert.NotBefore):
		return nil, wire.NewError(wire.ErrCertEarly, "")
	case now.After(cert.NotAfter):
		return nil, wire.NewError(wire.ErrCertExpired, "")
	}
	algorithm, err := signature.AlgorithmOf(cert.PublicKey)
	if err != nil {
		return nil, err
	}
	h := &hand{via: "card", who: signature.Signatory(cert), with: "con la " + cardName(*r.Card)}
	if h.who.CF == "" && r.Card.Holder != nil {
		h.who.CF = r.Card.Holder.CodiceFiscale
	}
	h.signer = &cardSigner{
		e: e, fingerprint: chosen.Fingerprint, identity: signature.Identity{Certificate: cert, Chain: chain, Algorithm: algorithm},
		text: func(n int) string { return fmt.Sprintf("%s: firma di %s.", caller(c), counted(n)) },
	}
	return h, nil
}

// readingPatience is how long a card that is being read is waited for.
const readingPatience = 10 * time.Second

// settledCards are the cards once none of them is being read any more.
func (e *Engine) settledCards(ctx context.Context) wire.CardList {
	ctx, cancel := context.WithTimeout(ctx, readingPatience)
	defer cancel()
	changes, stop := e.cards.Subscribe()
	defer stop()
	for {
		select {
		case list := <-changes:
			if !slices.ContainsFunc(list.Readers, func(r wire.Reader) bool { return r.State == wire.ReaderReading }) {
				return e.prefer(list)
			}
		case <-ctx.Done():
			return e.cardList()
		}
	}
}

// signingDoctor is the codice fiscale of who is connected, empty if nobody is.
func (e *Engine) signingDoctor() string {
	if now := e.session.Snapshot(); now.State == wire.Connected && now.Doctor != nil {
		return now.Doctor.CodiceFiscale
	}
	return ""
}

// signsToo tells of an authentication certificate whether it may sign documents
// as well: some old cards have both uses in one.
func (e *Engine) signsToo(ctx context.Context) func(fingerprint string) bool {
	return func(fingerprint string) bool {
		cert, _, err := e.cards.Certificate(ctx, fingerprint)
		return err == nil && cert.KeyUsage&x509.KeyUsageContentCommitment != 0
	}
}

// cardName is a card in a sentence.
func cardName(c wire.Card) string {
	name := cmp.Or(kindNames[c.Kind], "Carta")
	name = strings.ToLower(name[:1]) + name[1:]
	if c.Serial != "" {
		name += " n. " + c.Serial
	}
	return name
}

// caller names who asks, in a sentence.
func caller(c Call) string {
	switch {
	case c.Origin != "" && !ownPage(c.Origin, c.Caller):
		return "La pagina " + c.Origin
	case c.Caller.Kind == "browser":
		return "L’estensione del browser"
	}
	return "La riga di comando"
}

func counted(n int) string {
	if n == 1 {
		return "un documento"
	}
	return fmt.Sprintf("%d documenti", n)
}
