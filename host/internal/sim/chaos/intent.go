package chaos

import (
	"fmt"
	"math/rand/v2"
	"regexp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// intent is one prescription that a doctor wants the region to have. Its mark
// stands in the text of the item, so that it is known at the region by what it
// is and not by its number.
type intent struct {
	mark string
	p    wire.Prescription

	settled bool                     // the outbox said so
	told    *wire.PrescriptionResult // the first answer that called it sent
	toldAt  int                      // when, by the office's clock
	doubt   string                   // what the answer to a later question said against it
}

var markForm = regexp.MustCompile(`\bPROVA [0-9]{6}\b`)

func markOf(text string) string { return markForm.FindString(text) }

// write makes the n-th prescription of the run, a specialist's or a drug, for
// one of a doctor's patients.
func write(n int, patients []anagrafe.Patient, random *rand.Rand) *intent {
	who := patients[random.IntN(len(patients))]
	i := &intent{mark: fmt.Sprintf("PROVA %06d", n)}
	i.p = wire.Prescription{
		ClientID: fmt.Sprintf("chaos-%06d-%08x", n, random.Uint32()), TipoVisita: "A",
		CodiceAssistito: who.CF, CognomeNome: who.Surname + " " + who.Name,
		Indirizzo:          fmt.Sprintf("%s, %s %s (%s)", who.Street, who.CAP, who.Town, who.Province),
		ProvinciaAssistito: who.Province, ASLAssistito: who.ASL,
	}
	if random.IntN(2) == 0 {
		i.p.TipoPrescrizione, i.p.ClassePriorita, i.p.CodDiagnosi, i.p.DescrizioneDiagnosi = "P", "P", "401.9", "IPERTENSIONE ARTERIOSA ESSENZIALE"
		i.p.Dettagli = []wire.PrescriptionItem{{CodProdPrest: "89.52", DescrProdPrest: "ELETTROCARDIOGRAMMA " + i.mark, Quantita: 1, TipoAccesso: "0"}}
		return i
	}
	i.p.TipoPrescrizione = "F"
	i.p.Dettagli = []wire.PrescriptionItem{{
		CodProdPrest: "037123015", DescrProdPrest: "RAMIPRIL 5 MG 28 COMPRESSE " + i.mark, CodGruppoEquival: "H6A",
		DescrGruppoEquival: "RAMIPRIL 5 MG 28 UNITÀ USO ORALE", Quantita: 1 + random.IntN(2),
	}}
	return i
}

// hear takes note of an answer, heard at an instant, to a question asked at
// another: what is sent once is sent for good.
func (i *intent) hear(r wire.PrescriptionResult, asked, heard int) {
	switch {
	case i.told == nil:
		if r.State == wire.Sent {
			i.told, i.toldAt = &r, heard
		}
	case asked < i.toldAt && r.State != wire.Sent: // the answer of before, overtaken
	case r.State != wire.Sent || r.NRE != i.told.NRE || r.CodAutenticazione != i.told.CodAutenticazione:
		i.doubt = fmt.Sprintf("told sent as %s, then %s %s", i.told.NRE, r.State, r.NRE)
	}
}

// settle takes note of what the outbox says, and reports whether that settles
// it.
func (i *intent) settle(r wire.PrescriptionResult, asked, heard int) bool {
	i.hear(r, asked, heard)
	if i.settled || r.State != wire.Sent && r.State != wire.Refused && r.State != wire.Cancelled {
		return false
	}
	i.settled = true
	return true
}
