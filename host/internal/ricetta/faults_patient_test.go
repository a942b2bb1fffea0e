package ricetta

import "raccordo/host/internal/wire"

// patientCodeFaults: codice fiscale, STP, ENI, provisional.
func patientCodeFaults() []fault {
	const field = "codice_assistito:0"
	code := func(wrong, code, says string) fault {
		return one(wrong, with(drug(), func(p *wire.Prescription) { p.CodiceAssistito = code }), field, says)
	}
	return []fault{
		code("codice assistito assente", "", "Manca il codice fiscale"),
		code("lettera di controllo errata", "PNIMRA70A01H501Q", "l'ultima lettera"),
		code("non è un codice", "MARIO", "non è un codice fiscale né"),
		code("nome al posto del codice, in lettere minuscole", "mario rossi", "non è un codice fiscale né"),
		code("la sola sigla STP", "STP", "non è un codice fiscale né"),
		code("codice fiscale in lettere minuscole", "pnimra70a01h501p", "lettere maiuscole"),
		code("codice fiscale con uno spazio in fondo", "PNIMRA70A01H501P ", "senza spazi"),
		code("codice fiscale di 15 caratteri", "PNIMRA70A01H501", "non è un codice fiscale né"),
		code("codice fiscale di 17 caratteri", "PNIMRA70A01H501PP", "non è un codice fiscale né"),
		code("lettera dove l'omocodia non ne ammette", "PNIMRA7AA01H501P", "non è un codice fiscale né"),
		code("mese di nascita F, che non esiste", fiscal("BNCLCU50F41X002"), "giorno o un mese"),
		code("giorno di nascita 00", fiscal("BNCLCU50A00X002"), "giorno o un mese"),
		code("giorno di nascita 32", fiscal("BNCLCU50A32X002"), "giorno o un mese"),
		code("giorno di nascita 40", fiscal("BNCLCU50A40X002"), "giorno o un mese"),
		code("giorno di nascita 72", fiscal("BNCLCU50A72X002"), "giorno o un mese"),
		code("30 febbraio", fiscal("BNCLCU50B30X002"), "giorno o un mese"),
		code("31 aprile di una donna", fiscal("BNCLCU50D71X002"), "giorno o un mese"),
		code("giorno 00 scritto in omocodia", fiscal("BNCLCU50ALLX002"), "giorno o un mese"),
		code("STP di 15 caratteri", "STP090000000012", "tre lettere e 13 cifre"),
		code("STP con una lettera tra le cifre", "STP09000000000A2", "tre lettere e 13 cifre"),
		code("ENI di 17 caratteri", "ENI09000000000123", "tre lettere e 13 cifre"),
		code("codice provvisorio con cifra di controllo errata", "12345678901", "provvisorio"),
		code("codice provvisorio di 10 cifre", "1234567890", "non è un codice fiscale né"),
		one("STP errato in una ricetta ST", with(drug(), func(p *wire.Prescription) { p.TipoRicetta, p.CodiceAssistito, p.CognomeNome = "ST", "STP1", "PROVA" }), field, "tre lettere e 13 cifre"),
		one("codice fiscale in una ricetta UE", with(abroad("UE"), func(p *wire.Prescription) { p.CodiceAssistito = "PNIMRA70A01H501P" }), field, "non va indicato"),
		one("codice STP in una ricetta EE", with(abroad("EE"), func(p *wire.Prescription) { p.CodiceAssistito = "STP0900000000012" }), field, "non va indicato"),
		one("ricetta ST senza codice e senza sezione estera", with(drug(), func(p *wire.Prescription) { p.TipoRicetta, p.CodiceAssistito, p.CognomeNome = "ST", "", "PROVA" }), field, "non è identificato"),
		one("ricetta NX senza codice e senza sezione estera", with(sailor("NX"), func(p *wire.Prescription) { p.CodiceAssistito, p.CognomeNome = "", "PROVA" }), field, "non è identificato"),
	}
}

// patientFaults: names, residence, SASN, exemptions.
func patientFaults() []fault {
	set := func(wrong string, change func(*wire.Prescription), place, says string) fault {
		return one(wrong, with(drug(), change), place, says)
	}
	sasn := func(wrong, tipo string, change func(*wire.Prescription), place, says string) fault {
		return one(wrong, with(sailor(tipo), change), place, says)
	}
	exempt := func(wrong, code string, income bool, place, says string) fault {
		return set(wrong, func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = code, income }, place, says)
	}
	return []fault{
		set("tipo di ricetta sconosciuto", func(p *wire.Prescription) { p.TipoRicetta = "XX" }, "tipo_ricetta:0", "EE, UE, NA"),
		set("tipo di ricetta in lettere minuscole", func(p *wire.Prescription) { p.TipoRicetta = "na" }, "tipo_ricetta:0", "EE, UE, NA"),
		one("assicurato estero senza nome", with(abroad("UE"), func(p *wire.Prescription) { p.CognomeNome = "" }), "cognome_nome:0", "Senza codice fiscale"),
		one("assicurato estero con nome di soli spazi", with(abroad("EE"), func(p *wire.Prescription) { p.CognomeNome = "  " }), "cognome_nome:0", "Senza codice fiscale"),
		set("nome senza lettere", func(p *wire.Prescription) { p.CognomeNome = "1234 ?" }, "cognome_nome:0", "non contengono lettere"),
		set("nome con un carattere di controllo", func(p *wire.Prescription) { p.CognomeNome = "ROSSI\x07 MARIO" }, "cognome_nome:0", "non si può trasmettere"),
		set("nome oltre 400 caratteri", func(p *wire.Prescription) { p.CognomeNome = long(401) }, "cognome_nome:0", "400 caratteri"),
		set("indirizzo su due righe", func(p *wire.Prescription) { p.Indirizzo = "VIA PROVA 1\nFIRENZE" }, "indirizzo:0", "non si può trasmettere"),
		set("indirizzo oltre 400 caratteri", func(p *wire.Prescription) { p.Indirizzo = long(401) }, "indirizzo:0", "400 caratteri"),
		set("provincia senza ASL", func(p *wire.Prescription) { p.ProvinciaAssistito = "FI" }, "asl_assistito:0", "insieme"),
		set("ASL senza provincia", func(p *wire.Prescription) { p.ASLAssistito = "201" }, "asl_assistito:0", "insieme"),
		set("provincia in lettere minuscole", func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "fi", "201" }, "provincia_assistito:0", "due lettere maiuscole"),
		set("provincia di tre lettere", func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "FIR", "201" }, "provincia_assistito:0", "due lettere maiuscole"),
		set("ASL di due cifre", func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "FI", "20" }, "asl_assistito:0", "tre cifre"),
		set("ASL con il codice regione davanti", func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "FI", "090201" }, "asl_assistito:0", "tre cifre"),
		sasn("SASN ambulatoriale senza numero di tessera", "NA", func(p *wire.Prescription) { p.NumeroTesseraSASN = "" }, "numero_tessera_sasn:0", "obbligatorio"),
		sasn("SASN ambulatoriale senza società di navigazione", "NA", func(p *wire.Prescription) { p.SocietaNavigazione = " " }, "societa_navigazione:0", "obbligatorio"),
		sasn("SASN domiciliare senza numero di tessera", "ND", func(p *wire.Prescription) { p.NumeroTesseraSASN = "" }, "numero_tessera_sasn:0", "obbligatorio"),
		sasn("SASN extraeuropeo senza società di navigazione", "NX", func(p *wire.Prescription) { p.SocietaNavigazione = "" }, "societa_navigazione:0", "obbligatorio"),
		set("numero di tessera SASN per un assistito SSN", func(p *wire.Prescription) { p.NumeroTesseraSASN = "1" }, "numero_tessera_sasn:0", "Solo per un assistito SASN"),
		set("società di navigazione per un assistito SSN", func(p *wire.Prescription) { p.SocietaNavigazione = "X" }, "societa_navigazione:0", "Solo per un assistito SASN"),
		one("numero di tessera SASN per un assicurato UE", with(abroad("UE"), func(p *wire.Prescription) { p.NumeroTesseraSASN = "1" }), "numero_tessera_sasn:0", "Solo per un assistito SASN"),
		sasn("numero di tessera SASN oltre 64 caratteri", "NA", func(p *wire.Prescription) { p.NumeroTesseraSASN = long(65) }, "numero_tessera_sasn:0", "64 caratteri"),
		sasn("tipo NA con visita domiciliare", "NA", func(p *wire.Prescription) { p.TipoVisita = "D" }, "tipo_visita:0", "contraddice"),
		sasn("tipo ND con visita ambulatoriale", "ND", func(p *wire.Prescription) { p.TipoVisita = "A" }, "tipo_visita:0", "contraddice"),
		exempt("esenzione con il punto", "031.1", false, "cod_esenzione:0", "senza punti"),
		exempt("esenzione in lettere minuscole", "e01", false, "cod_esenzione:0", "maiuscole"),
		exempt("esenzione di due caratteri", "E1", false, "cod_esenzione:0", "da 3 a 6"),
		exempt("esenzione di sette caratteri", "RA00100", false, "cod_esenzione:0", "da 3 a 6"),
		exempt("esente per reddito senza codice", "", true, "cod_esenzione:0", "solo con il suo codice"),
		exempt("esente per reddito con il codice di non esente", "NES00", true, "esente_reddito:0", "non esente"),
		exempt("esente per reddito con il codice di una malattia cronica", "013", true, "esente_reddito:0", "malattia"),
		exempt("esente per reddito con un sottocodice di malattia cronica", "0A31", true, "esente_reddito:0", "malattia"),
		exempt("esente per reddito con il codice di una malattia rara", "RNG010", true, "esente_reddito:0", "malattia"),
		exempt("esente per reddito con il codice di gravidanza", "M31", true, "esente_reddito:0", "gravidanza"),
	}
}
