package engine

import (
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// onPaper goes with every red form.
var onPaper = wire.Notice{Text: "La ricetta rossa prende il posto di quella elettronica: la stessa prescrizione non va più inviata alla Regione."}

// rossaSheet has the fields of the red form, which needs neither a session nor the
// region: it is what remains when both are down. A prescription that is, or may become,
// electronic is refused: on paper it would exist twice.
func (e *Engine) rossaSheet(c Call, item wire.PrintItem, set wire.PrinterSettings) ([]byte, []wire.Notice, error) {
	if item.Prescription == nil {
		return nil, nil, wire.NewError(wire.ErrParams, "/prescription")
	}
	p := *item.Prescription
	if err := e.notElectronic(c, p.ClientID); err != nil {
		return nil, nil, err
	}
	now := e.now()
	if notices := paperFaults(p, now); len(notices) > 0 {
		wrong := wire.NewError(wire.ErrRxInvalid, notices[0].Field)
		wrong.Data.Notices = notices
		return nil, nil, wrong
	}
	doctor, err := e.onSheet(item.Doctor)
	if err != nil {
		return nil, nil, err
	}
	l, err := e.layout(set)
	if err != nil {
		return nil, nil, err
	}
	pdf, err := sheet.Rossa(l, p, doctor, now.In(ricetta.Rome()))
	return pdf, []wire.Notice{onPaper}, err
}

// notElectronic refuses a prescription that is in charge or at the region. One that was
// kept for later can be discarded first.
func (e *Engine) notElectronic(c Call, clientID string) error {
	box, _, err := e.journal.use()
	if err != nil {
		return err // it may be in there
	}
	rec, known, err := box.Find(queueOrigin(c), clientID)
	switch {
	case err != nil:
		return trouble(err)
	case known && rec.State != outbox.Refused && rec.State != outbox.Cancelled:
		return wire.NewError(wire.ErrPrintTaken, "")
	}
	return nil
}

// electronic are members that only the electronic prescription has.
var electronic = []string{"client_id", "tipo_visita", "tipo_accesso", "cod_prod_prest", "cod_gruppo_equival"}

// paperFaults are all that is missing on the form, at once: there the name is needed, and
// words instead of codes.
func paperFaults(p wire.Prescription, now time.Time) []wire.Notice {
	all := slices.DeleteFunc(ricetta.Validate(p, now), func(n wire.Notice) bool { return slices.Contains(electronic, n.Field) })
	if strings.TrimSpace(p.CognomeNome) == "" {
		all = append(all, wire.Notice{Field: "cognome_nome", Text: "Sulla ricetta rossa servono cognome e nome dell'assistito, o le iniziali dove la legge le prescrive: scriverli."})
	}
	for i, d := range p.Dettagli {
		if strings.TrimSpace(d.DescrProdPrest+d.DescrGruppoEquival) == "" {
			all = append(all, wire.Notice{Field: "descr_prod_prest", Item: i + 1, Text: "Sulla ricetta rossa serve la descrizione del farmaco o della prestazione: scriverla."})
		}
	}
	return all
}
