package ricetta

import "raccordo/host/internal/wire"

// headerFaults: the whole prescription.
func headerFaults() []fault {
	onDrug := func(wrong string, change func(*wire.Prescription), place, says string) fault {
		return one(wrong, with(drug(), change), place, says)
	}
	onVisit := func(wrong string, change func(*wire.Prescription), place, says string) fault {
		return one(wrong, with(visit(), change), place, says)
	}
	nine := func(p *wire.Prescription) {
		for range 8 {
			p.Dettagli = append(p.Dettagli, p.Dettagli[0])
		}
	}
	return []fault{
		{"ricetta del tutto vuota", wire.Prescription{}, []expected{
			{"codice_assistito:0", "Manca"}, {"client_id:0", "identificativo"}, {"tipo_prescrizione:0", "farmaceutica"},
			{"tipo_visita:0", "ambulatoriale"}, {"dettagli:0", "non contiene prescrizioni"},
		}},
		onDrug("identificativo assente", func(p *wire.Prescription) { p.ClientID = "" }, "client_id:0", "ricaricare la pagina"),
		onDrug("identificativo di soli spazi", func(p *wire.Prescription) { p.ClientID = "  " }, "client_id:0", "ricaricare la pagina"),
		onDrug("identificativo oltre 64 caratteri", func(p *wire.Prescription) { p.ClientID = long(65) }, "client_id:0", "64 caratteri"),
		onDrug("identificativo con un carattere di controllo", func(p *wire.Prescription) { p.ClientID = "1\x1b" }, "client_id:0", "non si può trasmettere"),
		onDrug("tipo di prescrizione assente", func(p *wire.Prescription) { p.TipoPrescrizione = "" }, "tipo_prescrizione:0", "farmaceutica (F)"),
		onDrug("tipo di prescrizione sconosciuto", func(p *wire.Prescription) { p.TipoPrescrizione = "X" }, "tipo_prescrizione:0", "farmaceutica (F)"),
		onDrug("tipo di prescrizione in lettera minuscola", func(p *wire.Prescription) { p.TipoPrescrizione = "f" }, "tipo_prescrizione:0", "farmaceutica (F)"),
		onDrug("tipo di visita assente", func(p *wire.Prescription) { p.TipoVisita = "" }, "tipo_visita:0", "ambulatoriale (A)"),
		onDrug("tipo di visita sconosciuto", func(p *wire.Prescription) { p.TipoVisita = "T" }, "tipo_visita:0", "ambulatoriale (A)"),
		onDrug("indicazione sconosciuta", func(p *wire.Prescription) { p.IndicazionePrescr = "X" }, "indicazione_prescrizione:0", "suggerita (S)"),
		onDrug("classe di priorità su un farmaco", func(p *wire.Prescription) { p.ClassePriorita = "U" }, "classe_priorita:0", "le ricette specialistiche"),
		onDrug("ricetta interna su un farmaco", func(p *wire.Prescription) { p.RicettaInterna = true }, "ricetta_interna:0", "le ricette specialistiche"),
		onDrug("piano terapeutico scritto con PT=", func(p *wire.Prescription) { p.PianoTerapeutico = "PT=1234" }, "piano_terapeutico:0", "senza «PT=»"),
		onDrug("piano terapeutico con il punto e virgola", func(p *wire.Prescription) { p.PianoTerapeutico = "1234;" }, "piano_terapeutico:0", "punto e virgola"),
		onDrug("piano terapeutico con uno spazio", func(p *wire.Prescription) { p.PianoTerapeutico = "12 34" }, "piano_terapeutico:0", "protocollo"),
		onDrug("diagnosi che non è ICD-9-CM su un farmaco", func(p *wire.Prescription) { p.CodDiagnosi = "J45" }, "cod_diagnosi:0", "ICD-9-CM"),
		onDrug("testata regionale con un a capo", func(p *wire.Prescription) { p.Testata2 = "A=1;\nB=2" }, "testata2:0", "non si può trasmettere"),
		onDrug("testata regionale oltre 400 caratteri", func(p *wire.Prescription) { p.Testata2 = long(401) }, "testata2:0", "400 caratteri"),
		onDrug("disposizioni regionali con un carattere di controllo", func(p *wire.Prescription) { p.DisposizioniReg = "A\x02" }, "disposizioni_regionali:0", "non si può trasmettere"),
		onDrug("disposizioni regionali oltre 200 caratteri", func(p *wire.Prescription) { p.DisposizioniReg = long(201) }, "disposizioni_regionali:0", "200 caratteri"),
		onDrug("nessuna prescrizione", func(p *wire.Prescription) { p.Dettagli = nil }, "dettagli:0", "aggiungere almeno"),
		onVisit("nove prestazioni", nine, "dettagli:0", "più di 8"),
		onVisit("piano terapeutico su una prestazione", func(p *wire.Prescription) { p.PianoTerapeutico = "1234" }, "piano_terapeutico:0", "le ricette farmaceutiche"),
		onVisit("distribuzione per conto su una prestazione", func(p *wire.Prescription) { p.DPC = true }, "dpc:0", "le ricette farmaceutiche"),
		onVisit("specialistica senza diagnosi", func(p *wire.Prescription) { p.DescrizioneDiagnosi = "" }, "descrizione_diagnosi:0", "quesito diagnostico"),
		onVisit("diagnosi di soli spazi", func(p *wire.Prescription) { p.DescrizioneDiagnosi = " \n " }, "descrizione_diagnosi:0", "quesito diagnostico"),
		onVisit("diagnosi con un carattere di controllo", func(p *wire.Prescription) { p.DescrizioneDiagnosi = "dolore\x0b" }, "descrizione_diagnosi:0", "non si può trasmettere"),
		onVisit("diagnosi con un carattere perso", func(p *wire.Prescription) { p.DescrizioneDiagnosi = "nausea e vertigini pi\uFFFD" }, "descrizione_diagnosi:0", "non si può trasmettere"),
		onVisit("diagnosi con un comando di direzione nascosto", func(p *wire.Prescription) { p.DescrizioneDiagnosi = "no\u202Eallergia" }, "descrizione_diagnosi:0", "non si può trasmettere"),
		onVisit("diagnosi che non è UTF-8", func(p *wire.Prescription) { p.DescrizioneDiagnosi = "citt\xe0" }, "descrizione_diagnosi:0", "non si può trasmettere"),
		onVisit("diagnosi oltre 2000 caratteri", func(p *wire.Prescription) { p.DescrizioneDiagnosi = long(2001) }, "descrizione_diagnosi:0", "2000 caratteri"),
		onVisit("codice di diagnosi di due cifre", func(p *wire.Prescription) { p.CodDiagnosi = "40" }, "cod_diagnosi:0", "ICD-9-CM"),
		onVisit("codice di diagnosi con tre decimali", func(p *wire.Prescription) { p.CodDiagnosi = "401.999" }, "cod_diagnosi:0", "ICD-9-CM"),
		onVisit("codice di diagnosi V di una cifra", func(p *wire.Prescription) { p.CodDiagnosi = "V7" }, "cod_diagnosi:0", "ICD-9-CM"),
		onVisit("classe di priorità sconosciuta", func(p *wire.Prescription) { p.ClassePriorita = "Z" }, "classe_priorita:0", "U, B, D o P"),
		onVisit("classe di priorità in lettera minuscola", func(p *wire.Prescription) { p.ClassePriorita = "b" }, "classe_priorita:0", "U, B, D o P"),
		one("prestazione PNGLA senza classe di priorità", item(with(visit(), func(p *wire.Prescription) { p.ClassePriorita = "" }), func(d *wire.PrescriptionItem) { d.PNGLA = true }), "classe_priorita:0", "Piano nazionale"),
		one("seconda prestazione PNGLA senza classe di priorità", with(twice(visit()), func(p *wire.Prescription) { p.ClassePriorita, p.Dettagli[1].PNGLA = "", true }), "classe_priorita:0", "Piano nazionale"),
	}
}
