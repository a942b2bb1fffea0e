package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// written is a prescription that can be written on paper.
func onForm(id string) wire.Prescription {
	p := drug(id)
	p.CognomeNome, p.Indirizzo = "PROVA ANNA", "VIA DI PROVA 1 PRATO PO"
	return p
}

var author = &wire.PrintDoctor{Name: "DOTTORE DI PROVA", CodiceFiscale: "RSSMRA75C03F839K", Lines: []string{"Medico di medicina generale"}}

// Printed offline; never beside an electronic one.
func TestRossa(t *testing.T) {
	s := granted(t)
	s.chosen()
	form := func(p wire.Prescription) wire.PrintItem {
		return wire.PrintItem{Kind: "rossa", Prescription: &p}
	}
	s.send(clinic, "later", onForm("draft"))
	s.send(clinic, "", onForm("sent"))
	for id, want := range map[string]wire.ErrorCode{"draft": wire.ErrPrintTaken, "sent": wire.ErrPrintTaken, "neither": ""} {
		if j, code := s.one(clinic, form(onForm(id))); code != want || want == "" && (len(j.Notices) == 0 || j.Notices[0] != onPaper) {
			t.Errorf("%s: %q %+v", id, code, j)
		}
	}
	if _, code := s.one(other, form(onForm("draft"))); code != "" {
		t.Errorf("another page's name of the same: %q", code)
	}
	draft := s.entries(s.caller(), clinic, wire.OutboxParams{ClientIDs: []string{"draft"}})[0]
	if _, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.discard", wire.OutboxParams{IDs: []string{draft.ID}}); code != "" {
		t.Fatal(code)
	}
	if _, code := s.one(clinic, form(onForm("draft"))); code != "" {
		t.Errorf("given up before: %q", code)
	}
	refused := onForm("refused")
	refused.CodiceAssistito = "RSSMRA75C03F839X"
	if r := s.send(clinic, "", refused)[0]; r.State != wire.Refused {
		t.Fatalf("%+v", r)
	}
	if _, code := s.one(clinic, form(onForm("refused"))); code != "" {
		t.Errorf("corrected after it was refused: %q", code)
	}

	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	item := form(onForm("offline"))
	if _, code := s.one(clinic, item); code != wire.ErrParams {
		t.Errorf("nobody says who prescribes: %q", code)
	}
	item.Doctor = author
	if _, code := s.one(clinic, item); code != "" {
		t.Errorf("offline: %q", code)
	}
	bare := onForm("bare")
	bare.CognomeNome, bare.CodiceAssistito, bare.Dettagli[0].DescrProdPrest = "", "RSSMRA75C03F839X", ""
	j, code := s.one(clinic, form(bare))
	if code != wire.ErrRxInvalid {
		t.Fatalf("%q", code)
	}
	var fields []string
	for _, n := range j.Problem.Data.Notices {
		fields = append(fields, n.Field)
	}
	slices.Sort(fields)
	if diff := cmp.Diff([]string{"codice_assistito", "cognome_nome", "descr_prod_prest"}, slices.Compact(fields)); diff != "" {
		t.Error(diff)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "rossa"}); code != wire.ErrParams {
		t.Errorf("no prescription: %q", code)
	}
}

func TestBianca(t *testing.T) {
	s := connected(t)
	s.chosen()
	white := &wire.WhitePrescription{Name: "PROVA ANNA", Items: []wire.WhiteItem{{Text: "FARMACO DI PROVA", Quantity: 1}}}
	if j, code := s.one(clinic, wire.PrintItem{Kind: "bianca", White: white}); code != "" || j.Profile != wire.SheetBianca {
		t.Errorf("the session's doctor: %q %+v", code, j)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "bianca", White: white, Doctor: author, Copies: 2}); code != "" {
		t.Errorf("another doctor: %q", code)
	}
	if sheets := s.tray.sheets(); len(sheets) != 2 || sheets[1].ticket.Copies != 2 {
		t.Errorf("%d sheets", len(sheets))
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "bianca"}); code != wire.ErrParams {
		t.Errorf("nothing: %q", code)
	}
}

// slipless is a region that returns no promemoria.
type slipless struct{ sessionRegion }

func (r slipless) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	receipt, err := r.sessionRegion.Send(ctx, d, nre, p, compiled)
	receipt.Promemoria = nil
	return receipt, err
}

// Drawn only where the profile says that the region returns none, and only of what was sent.
func TestPromemoriaOfOurOwn(t *testing.T) {
	s := granted(t)
	s.chosen()
	s.e.journal.sender = outbox.NewSender(s.e.journal.box, slipless{sessionRegion{s.e}}, outbox.SenderOptions{})
	sent := onForm("1")
	nre := s.send(clinic, "", sent)[0].NRE
	item := wire.PrintItem{Kind: "promemoria", NRE: nre, Prescription: &sent}
	if _, code := s.one(clinic, item); code != wire.ErrRxNoPDF {
		t.Errorf("the profile does not allow it: %q", code)
	}
	s.e.profile.Policies.Promemoria = "drawn"
	if _, code := s.one(clinic, item); code != "" {
		t.Errorf("%q", code)
	}
	altered := sent
	altered.Dettagli = []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 2}}
	for name, row := range map[string]struct {
		item wire.PrintItem
		want wire.ErrorCode
	}{
		"not what was sent":  {wire.PrintItem{Kind: "promemoria", NRE: nre, Prescription: &altered}, wire.ErrRxChanged},
		"nothing to draw":    {wire.PrintItem{Kind: "promemoria", NRE: nre}, wire.ErrParams},
		"never sent by us":   {wire.PrintItem{Kind: "promemoria", NRE: "0900A0000000999", Prescription: &sent}, wire.ErrRxNone},
		"sent by other page": {item, wire.ErrRxNoPDF},
	} {
		origin := clinic
		if strings.Contains(name, "other page") {
			origin = other
		}
		if _, code := s.one(origin, row.item); code != row.want {
			t.Errorf("%s: %q, not %q", name, code, row.want)
		}
	}
	if n := len(s.tray.sheets()); n != 1 {
		t.Errorf("%d sheets", n)
	}
}
