package ricetta

import (
	"time"

	"raccordo/host/internal/wire"
)

// hasForeign tells whether the section of those insured abroad was begun.
func hasForeign(p wire.Prescription) bool {
	return p.StatoEstero != "" || p.IstituzioneEstera != "" || p.NumeroPersonale != "" ||
		p.NumeroTessera != "" || p.DataNascitaEstero != "" || p.DataScadenzaTessera != ""
}

// foreign checks the section of those insured abroad (SPEC24, statoEstero to
// dataScadTessera). A provisional certificate has no card number, so that
// number and expiry are asked for only where the number is there.
func (c *checker) foreign(p wire.Prescription, k kind) {
	begun := hasForeign(p)
	for _, f := range []struct{ field, value, what string }{
		{"stato_estero", p.StatoEstero, "lo Stato estero"},
		{"istituzione_competente", p.IstituzioneEstera, "l'istituzione competente"},
		{"numero_identificazione_personale", p.NumeroPersonale, "il numero di identificazione personale"},
		{"data_nascita_estero", p.DataNascitaEstero, "la data di nascita"},
	} {
		c.foreignField(k, begun, f.field, f.value, f.what)
	}
	if k.foreign == never {
		c.foreignField(k, begun, "numero_identificazione_tessera", p.NumeroTessera, "il numero della tessera estera")
		c.foreignField(k, begun, "data_scadenza_tessera", p.DataScadenzaTessera, "la scadenza della tessera estera")
		return
	}
	if p.NumeroTessera != "" && p.DataScadenzaTessera == "" {
		c.add("data_scadenza_tessera", "Con il numero della tessera estera serve la sua scadenza: indicarla come è scritta sulla tessera.")
	}
	c.foreignDates(p)
}

func (c *checker) foreignField(k kind, begun bool, field, value, what string) {
	switch {
	case k.foreign == never && value != "":
		c.add(field, "Solo per un assicurato estero si indica "+what+": togliere il dato o scegliere il tipo di ricetta EE, UE, NE, NX o ST.")
	case (k.foreign == always || k.foreign == maybe && begun) && blank(value):
		c.add(field, "Per un assicurato estero è obbligatorio indicare "+what+": copiare il dato dalla tessera o dal certificato sostitutivo.")
	}
}

func (c *checker) foreignDates(p wire.Prescription) {
	today := c.today.Format(time.DateOnly)
	if born := p.DataNascitaEstero; !blank(born) {
		switch {
		case !day(born):
			c.add("data_nascita_estero", "La data di nascita non esiste o non è nella forma aaaa-mm-gg: correggerla.")
		case born > today:
			c.add("data_nascita_estero", "La data di nascita è nel futuro: correggerla.")
		case born < c.today.AddDate(-130, 0, 0).Format(time.DateOnly):
			c.add("data_nascita_estero", "La data di nascita è di oltre 130 anni fa: correggere l'anno.")
		}
	}
	if expiry := p.DataScadenzaTessera; expiry != "" {
		switch {
		case !day(expiry):
			c.add("data_scadenza_tessera", "La scadenza della tessera non esiste o non è nella forma aaaa-mm-gg: correggerla.")
		case expiry < today:
			c.add("data_scadenza_tessera", "La tessera dell'assicurato estero è scaduta: chiedere una tessera valida o il certificato sostitutivo provvisorio.")
		}
	}
}
