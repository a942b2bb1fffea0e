package ricetta

import "raccordo/host/internal/wire"

// onItem is a fault of the first item of p.
func onItem(p wire.Prescription, wrong string, change func(*wire.PrescriptionItem), field, says string) fault {
	return one(wrong, item(p, change), field+":1", says)
}

// drugFaults: the items of a pharmaceutical prescription.
func drugFaults() []fault {
	bad := func(wrong string, change func(*wire.PrescriptionItem), field, says string) fault {
		return onItem(drug(), wrong, change, field, says)
	}
	group := func(d *wire.PrescriptionItem) {
		*d = wire.PrescriptionItem{CodGruppoEquival: "H1A", DescrGruppoEquival: "PRINCIPIO 10 MG", Quantita: 1}
	}
	return []fault{
		{"riga di farmaco vuota", item(drug(), func(d *wire.PrescriptionItem) { *d = wire.PrescriptionItem{Quantita: 1} }), []expected{
			{"cod_prod_prest:1", "Manca il codice"}, {"descr_prod_prest:1", "Manca la descrizione"},
		}},
		bad("farmaco con la sola descrizione", func(d *wire.PrescriptionItem) { d.CodProdPrest = "" }, "cod_prod_prest", "AIC o il gruppo"),
		bad("AIC con cifra di controllo errata", func(d *wire.PrescriptionItem) { d.CodProdPrest = "012745094" }, "cod_prod_prest", "cifra di controllo"),
		bad("AIC con due cifre scambiate", func(d *wire.PrescriptionItem) { d.CodProdPrest = "021745093" }, "cod_prod_prest", "cifra di controllo"),
		bad("AIC di otto cifre", func(d *wire.PrescriptionItem) { d.CodProdPrest = "01274509" }, "cod_prod_prest", "9 cifre"),
		bad("AIC con la lettera A davanti", func(d *wire.PrescriptionItem) { d.CodProdPrest = "A12745093" }, "cod_prod_prest", "9 cifre"),
		bad("gruppo di equivalenza in lettere minuscole", func(d *wire.PrescriptionItem) { d.CodGruppoEquival = "h1a" }, "cod_gruppo_equival", "maiuscole"),
		bad("gruppo di equivalenza di un carattere", func(d *wire.PrescriptionItem) { d.CodGruppoEquival = "H" }, "cod_gruppo_equival", "da 2 a 10"),
		bad("AIC senza descrizione", func(d *wire.PrescriptionItem) { d.DescrProdPrest = " " }, "descr_prod_prest", "Manca la descrizione"),
		bad("gruppo di equivalenza senza descrizione", func(d *wire.PrescriptionItem) { group(d); d.DescrGruppoEquival = "" }, "descr_gruppo_equival", "Manca la descrizione"),
		bad("descrizione del farmaco oltre 1000 caratteri", func(d *wire.PrescriptionItem) { d.DescrProdPrest = long(1001) }, "descr_prod_prest", "1000 caratteri"),
		bad("descrizione del gruppo con un carattere di controllo", func(d *wire.PrescriptionItem) { d.DescrGruppoEquival = "A\x7f" }, "descr_gruppo_equival", "non si può trasmettere"),
		bad("non sostituibile con il solo gruppo", func(d *wire.PrescriptionItem) { group(d); d.NonSostituibile, d.CodMotivazione = true, "1" }, "non_sostituibile", "codice AIC"),
		bad("non sostituibile senza motivazione", func(d *wire.PrescriptionItem) { d.NonSostituibile = true }, "cod_motivazione", "serve il codice"),
		bad("motivazione di cinque caratteri", func(d *wire.PrescriptionItem) { d.NonSostituibile, d.CodMotivazione = true, "12345" }, "cod_motivazione", "da 1 a 4"),
		bad("motivazione senza non sostituibilità", func(d *wire.PrescriptionItem) { d.CodMotivazione = "1" }, "cod_motivazione", "solo per un farmaco non sostituibile"),
		bad("nota AIFA con la parola nota", func(d *wire.PrescriptionItem) { d.NotaAIFA = "nota 13" }, "nota_aifa", "solo numero"),
		bad("nota AIFA di quattro cifre", func(d *wire.PrescriptionItem) { d.NotaAIFA = "1313" }, "nota_aifa", "solo numero"),
		bad("tipo di accesso su un farmaco", func(d *wire.PrescriptionItem) { d.TipoAccesso = "1" }, "tipo_accesso", forServices),
		bad("PNGLA su un farmaco", func(d *wire.PrescriptionItem) { d.PNGLA = true }, "pngla", forServices),
		bad("televisita su un farmaco", func(d *wire.PrescriptionItem) { d.Televisita = true }, "televisita", forServices),
		bad("codice di catalogo su un farmaco", func(d *wire.PrescriptionItem) { d.CodCatalogo = "1" }, "cod_catalogo", forServices),
		bad("numero nota su un farmaco", func(d *wire.PrescriptionItem) { d.NumeroNota = "1" }, "numero_nota", forServices),
		bad("condizione di erogabilità su un farmaco", func(d *wire.PrescriptionItem) { d.CondErogabilita = "1" }, "cond_erogabilita", forServices),
		bad("appropriatezza prescrittiva su un farmaco", func(d *wire.PrescriptionItem) { d.ApproprPrescr = "1" }, "appropr_prescrittiva", forServices),
		bad("codice patologia su un farmaco", func(d *wire.PrescriptionItem) { d.Patologia = "1" }, "patologia", forServices),
		bad("farmaco detto ciclico", func(d *wire.PrescriptionItem) { d.Ciclica = true }, "ciclica", forServices),
		bad("numero di sedute su un farmaco", func(d *wire.PrescriptionItem) { d.NumeroSedute = 3 }, "numero_sedute", forServices),
		bad("quantità zero", func(d *wire.PrescriptionItem) { d.Quantita = 0 }, "quantita", "tra 1 e 9"),
		bad("quantità negativa", func(d *wire.PrescriptionItem) { d.Quantita = -1 }, "quantita", "tra 1 e 9"),
		bad("dieci confezioni", func(d *wire.PrescriptionItem) { d.Quantita = 10 }, "quantita", "tra 1 e 9"),
		bad("nota del medico con un carattere di controllo", func(d *wire.PrescriptionItem) { d.Note = "al bisogno\x00" }, "note", "non si può trasmettere"),
		bad("nota del medico oltre 1000 caratteri", func(d *wire.PrescriptionItem) { d.Note = long(1001) }, "note", "1000 caratteri"),
		bad("campo regionale della riga con una tabulazione", func(d *wire.PrescriptionItem) { d.Prescrizione2 = "A\tB" }, "prescrizione2", "non si può trasmettere"),
		bad("campo regionale della riga oltre 400 caratteri", func(d *wire.PrescriptionItem) { d.Prescrizione2 = long(401) }, "prescrizione2", "400 caratteri"),
		one("stesso AIC su due righe", twice(drug()), "dettagli:2", "Lo stesso farmaco"),
		one("stesso gruppo di equivalenza su due righe", twice(item(drug(), group)), "dettagli:2", "Lo stesso farmaco"),
		one("errore nella seconda riga", with(twice(item(drug(), group)), func(p *wire.Prescription) {
			p.Dettagli[1] = wire.PrescriptionItem{CodProdPrest: "012745093", DescrProdPrest: "ALTRO", Quantita: 12}
		}), "quantita:2", "tra 1 e 9"),
	}
}

// narcoticFaults: nota STUP.
func narcoticFaults() []fault {
	bad := func(wrong string, change func(*wire.PrescriptionItem), field, says string) fault {
		return onItem(narcotic(), wrong, change, field, says)
	}
	return []fault{
		bad("sezione degli stupefacenti sconosciuta", func(d *wire.PrescriptionItem) { d.Stupefacente = "A" }, "stupefacente", "TDL, 3BIS"),
		bad("terapia del dolore senza posologia", func(d *wire.PrescriptionItem) { d.Posologia = "" }, "posologia", "modo di somministrazione"),
		bad("terapia del dolore senza recapito", func(d *wire.PrescriptionItem) { d.RecapitoMedico = " " }, "recapito_medico", "la legge vuole telefono"),
		bad("recapito senza telefono", func(d *wire.PrescriptionItem) { d.RecapitoMedico = "VIA DELLE PROVE 1, FIRENZE" }, "recapito_medico", "sia il numero"),
		bad("recapito senza indirizzo", func(d *wire.PrescriptionItem) { d.RecapitoMedico = "055 000000" }, "recapito_medico", "sia il numero"),
		bad("allegato III-bis senza posologia", func(d *wire.PrescriptionItem) { d.Stupefacente, d.Posologia, d.RecapitoMedico = "3BIS", "", "" }, "posologia", "modo di somministrazione"),
		bad("posologia oltre 400 caratteri", func(d *wire.PrescriptionItem) { d.Posologia = long(401) }, "posologia", "400 caratteri"),
		bad("recapito oltre 400 caratteri", func(d *wire.PrescriptionItem) { d.RecapitoMedico += long(400) }, "recapito_medico", "400 caratteri"),
		{"terapia del dolore senza posologia e senza recapito", item(narcotic(), func(d *wire.PrescriptionItem) { d.Posologia, d.RecapitoMedico = "", "" }), []expected{
			{"posologia:1", "legge"}, {"recapito_medico:1", "legge"},
		}},
	}
}

// serviceFaults: the items of a specialist prescription.
func serviceFaults() []fault {
	bad := func(wrong string, change func(*wire.PrescriptionItem), field, says string) fault {
		return onItem(visit(), wrong, change, field, says)
	}
	cyclic := func(wrong string, change func(*wire.PrescriptionItem), field, says string) fault {
		return onItem(cycle(), wrong, change, field, says)
	}
	return []fault{
		{"riga di prestazione vuota", item(visit(), func(d *wire.PrescriptionItem) { *d = wire.PrescriptionItem{Quantita: 1} }), []expected{
			{"cod_prod_prest:1", "Manca il codice della prestazione"}, {"descr_prod_prest:1", "Manca la descrizione della prestazione"},
		}},
		bad("codice di prestazione con uno spazio", func(d *wire.PrescriptionItem) { d.CodProdPrest = "89.7 B" }, "cod_prod_prest", "senza spazi"),
		bad("prestazione senza descrizione", func(d *wire.PrescriptionItem) { d.DescrProdPrest = "" }, "descr_prod_prest", "Manca la descrizione della prestazione"),
		bad("tipo di accesso sconosciuto", func(d *wire.PrescriptionItem) { d.TipoAccesso = "2" }, "tipo_accesso", "primo accesso (1)"),
		bad("prestazione PNGLA senza tipo di accesso", func(d *wire.PrescriptionItem) { d.PNGLA, d.TipoAccesso = true, "" }, "tipo_accesso", "Piano nazionale"),
		bad("gruppo di equivalenza su una prestazione", func(d *wire.PrescriptionItem) { d.CodGruppoEquival = "H1A" }, "cod_gruppo_equival", forDrugs),
		bad("descrizione di gruppo su una prestazione", func(d *wire.PrescriptionItem) { d.DescrGruppoEquival = "X" }, "cod_gruppo_equival", forDrugs),
		bad("prestazione non sostituibile", func(d *wire.PrescriptionItem) { d.NonSostituibile = true }, "non_sostituibile", forDrugs),
		bad("codice di motivazione su una prestazione", func(d *wire.PrescriptionItem) { d.CodMotivazione = "1" }, "cod_motivazione", forDrugs),
		bad("nota AIFA su una prestazione", func(d *wire.PrescriptionItem) { d.NotaAIFA = "13" }, "nota_aifa", forDrugs),
		bad("sezione degli stupefacenti su una prestazione", func(d *wire.PrescriptionItem) { d.Stupefacente = "B" }, "stupefacente", forDrugs),
		bad("posologia su una prestazione", func(d *wire.PrescriptionItem) { d.Posologia = "1 al giorno" }, "posologia", forDrugs),
		bad("recapito del medico su una prestazione", func(d *wire.PrescriptionItem) { d.RecapitoMedico = "055" }, "recapito_medico", forDrugs),
		bad("nessuna prestazione nella riga (quantità zero)", func(d *wire.PrescriptionItem) { d.Quantita = 0 }, "quantita", "tra 1 e 8"),
		bad("nove prestazioni nella riga", func(d *wire.PrescriptionItem) { d.Quantita = 9 }, "quantita", "tra 1 e 8"),
		bad("sedute su una prestazione non ciclica", func(d *wire.PrescriptionItem) { d.NumeroSedute = 8 }, "numero_sedute", "branca 12"),
		cyclic("due cicli nella stessa riga", func(d *wire.PrescriptionItem) { d.Quantita = 2 }, "quantita", "sempre 1"),
		cyclic("ciclo con quantità zero", func(d *wire.PrescriptionItem) { d.Quantita = 0 }, "quantita", "sempre 1"),
		cyclic("dieci sedute", func(d *wire.PrescriptionItem) { d.NumeroSedute = 10 }, "numero_sedute", "una sola cifra"),
		cyclic("numero di sedute negativo", func(d *wire.PrescriptionItem) { d.NumeroSedute = -1 }, "numero_sedute", "da 1 a 9"),
		bad("codice di catalogo oltre 64 caratteri", func(d *wire.PrescriptionItem) { d.CodCatalogo = long(65) }, "cod_catalogo", "64 caratteri"),
		bad("codice di catalogo con un carattere di controllo", func(d *wire.PrescriptionItem) { d.CodCatalogo = "1\n" }, "cod_catalogo", "non si può trasmettere"),
		bad("numero nota di undici caratteri", func(d *wire.PrescriptionItem) { d.NumeroNota = long(11) }, "numero_nota", "10 caratteri"),
		bad("condizione di erogabilità di undici caratteri", func(d *wire.PrescriptionItem) { d.CondErogabilita = long(11) }, "cond_erogabilita", "10 caratteri"),
		bad("appropriatezza prescrittiva di undici caratteri", func(d *wire.PrescriptionItem) { d.ApproprPrescr = long(11) }, "appropr_prescrittiva", "10 caratteri"),
		bad("codice patologia di undici caratteri", func(d *wire.PrescriptionItem) { d.Patologia = long(11) }, "patologia", "10 caratteri"),
		bad("nota della prestazione oltre 1000 caratteri", func(d *wire.PrescriptionItem) { d.Note = long(1001) }, "note", "1000 caratteri"),
	}
}
