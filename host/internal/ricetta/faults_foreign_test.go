package ricetta

import "raccordo/host/internal/wire"

// foreignFaults: the section of those insured abroad.
func foreignFaults() []fault {
	missing := func(wrong, tipo string, change func(*wire.Prescription), place string) fault {
		return one(wrong, with(abroad(tipo), change), place, "è obbligatorio indicare")
	}
	spare := func(wrong string, change func(*wire.Prescription), place string) fault {
		return one(wrong, with(drug(), change), place, "Solo per un assicurato estero")
	}
	birth := func(wrong, date, says string) fault {
		return one(wrong, with(abroad("UE"), func(p *wire.Prescription) { p.DataNascitaEstero = date }), "data_nascita_estero:0", says)
	}
	expiry := func(wrong, date, says string) fault {
		return one(wrong, with(abroad("UE"), func(p *wire.Prescription) { p.DataScadenzaTessera = date }), "data_scadenza_tessera:0", says)
	}
	return []fault{
		missing("ricetta UE senza Stato estero", "UE", func(p *wire.Prescription) { p.StatoEstero = "" }, "stato_estero:0"),
		missing("ricetta UE senza istituzione", "UE", func(p *wire.Prescription) { p.IstituzioneEstera = "" }, "istituzione_competente:0"),
		missing("ricetta EE senza numero personale", "EE", func(p *wire.Prescription) { p.NumeroPersonale = "" }, "numero_identificazione_personale:0"),
		missing("ricetta EE senza data di nascita", "EE", func(p *wire.Prescription) { p.DataNascitaEstero = "" }, "data_nascita_estero:0"),
		missing("sezione estera cominciata e non finita in una ricetta ST", "ST", func(p *wire.Prescription) { p.IstituzioneEstera = "" }, "istituzione_competente:0"),
		{"ricetta NE senza sezione estera", with(drug(), func(p *wire.Prescription) { p.TipoRicetta, p.CognomeNome = "NE", "PROVA" }), []expected{
			{"stato_estero:0", "obbligatorio"}, {"istituzione_competente:0", "obbligatorio"},
			{"numero_identificazione_personale:0", "obbligatorio"}, {"data_nascita_estero:0", "obbligatorio"},
		}},
		spare("Stato estero per un assistito SSN", func(p *wire.Prescription) { p.StatoEstero = "DE" }, "stato_estero:0"),
		spare("istituzione estera per un assistito SSN", func(p *wire.Prescription) { p.IstituzioneEstera = "1" }, "istituzione_competente:0"),
		spare("numero personale estero per un assistito SSN", func(p *wire.Prescription) { p.NumeroPersonale = "1" }, "numero_identificazione_personale:0"),
		spare("numero di tessera estera per un assistito SSN", func(p *wire.Prescription) { p.NumeroTessera = "1" }, "numero_identificazione_tessera:0"),
		spare("data di nascita estera per un assistito SSN", func(p *wire.Prescription) { p.DataNascitaEstero = "1980-01-01" }, "data_nascita_estero:0"),
		spare("scadenza di tessera estera per un assistito SSN", func(p *wire.Prescription) { p.DataScadenzaTessera = "2030-01-01" }, "data_scadenza_tessera:0"),
		one("sezione estera per un assistito SASN italiano", with(sailor("NA"), func(p *wire.Prescription) { p.StatoEstero = "DE" }), "stato_estero:0", "Solo per un assicurato estero"),
		expiry("numero di tessera estera senza scadenza", "", "serve la sua scadenza"),
		expiry("tessera estera scaduta ieri", "2026-11-22", "scaduta"),
		expiry("tessera estera che scade il 31 novembre", "2026-11-31", "non esiste"),
		expiry("tessera estera che scade nel mese 13", "2026-13-01", "non esiste"),
		expiry("scadenza scritta all'italiana", "31/12/2027", "aaaa-mm-gg"),
		birth("nascita il 30 febbraio", "1980-02-30", "non esiste"),
		birth("nascita il 29 febbraio di un anno non bisestile", "1981-02-29", "non esiste"),
		birth("nascita con l'ora", "1980-02-28 00:00:00", "aaaa-mm-gg"),
		birth("nascita domani", "2026-11-24", "nel futuro"),
		birth("nascita nel 1801", "1801-01-01", "130 anni"),
		one("Stato estero oltre 64 caratteri", with(abroad("UE"), func(p *wire.Prescription) { p.StatoEstero = long(65) }), "stato_estero:0", "64 caratteri"),
		one("numero di tessera estera con un carattere di controllo", with(abroad("UE"), func(p *wire.Prescription) { p.NumeroTessera = "8027\x00" }), "numero_identificazione_tessera:0", "non si può trasmettere"),
	}
}
