package sheet

import "raccordo/host/internal/wire"

// patientNames are the fields that every prescription of the SSN has.
var patientNames = []string{
	"cognome_nome", "indirizzo", "codice_fiscale", "codice_fiscale_barre",
	"non_esente", "esenzione", "reddito", "sigla_provincia", "asl", "disposizioni_regionali",
	"suggerita", "ricovero", "altro", "tipologia",
	"priorita", "priorita_u", "priorita_b", "priorita_d", "priorita_p",
	"diagnosi", "numero_confezioni", "tipo_ricetta", "data", "data_cifre",
	"medico", "medico_cf", "medico_righe", "annotazioni", "estero",
}

// fieldNames are the fields a layout can place, by kind.
var fieldNames = map[wire.SheetKind][]string{
	wire.SheetRossa: patientNames,
	wire.SheetPromemoria: append([]string{
		"nre", "nre_1", "nre_2", "cod_autenticazione", "regione", "tipo_assistenza", "indirizzo_sac", "dpc", "frase",
	}, patientNames...),
	wire.SheetBianca: {
		"medico", "medico_cf", "medico_righe", "paziente", "codice_fiscale", "codice_fiscale_barre", "indirizzo",
		"data", "nota", "nrbe", "nrbe_barre", "pin", "pin_barre", "foglio",
	},
}

// rowsName is what the list is called, by kind.
var rowsName = map[wire.SheetKind]string{
	wire.SheetRossa: "dettagli", wire.SheetPromemoria: "dettagli", wire.SheetBianca: "righe",
}

// columnNames are the columns a list can have, by kind.
var columnNames = map[wire.SheetKind][]string{
	wire.SheetRossa:      {"descrizione", "quantita", "nota"},
	wire.SheetPromemoria: {"descrizione", "quantita", "nota"},
	wire.SheetBianca:     {"numero", "testo", "quantita", "posologia", "volte"},
}

// wanted are the fields without which a sheet is worth nothing.
var wanted = map[wire.SheetKind][]string{
	wire.SheetRossa:      {"cognome_nome", "codice_fiscale", "esenzione", "numero_confezioni"},
	wire.SheetPromemoria: {"nre_1", "nre_2", "codice_fiscale_barre", "cod_autenticazione", "data", "medico"},
	wire.SheetBianca:     {"medico", "paziente", "data"},
}
