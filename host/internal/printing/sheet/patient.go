package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// mark is how a box is ticked.
const mark = "X"

func ticked(yes bool) string {
	if yes {
		return mark
	}
	return ""
}

// prescription gives the fields that the red form and the promemoria share. day is
// when it was written, as Rome reads it.
func prescription(p wire.Prescription, d wire.PrintDoctor, day time.Time) values {
	day = day.In(ricetta.Rome())
	f := map[string]string{
		"codice_fiscale": p.CodiceAssistito, "codice_fiscale_barre": p.CodiceAssistito,
		"non_esente": ticked(ricetta.NonEsente(p)), "esenzione": p.CodEsenzione, "reddito": ticked(ricetta.Reddito(p)),
		"sigla_provincia": p.ProvinciaAssistito, "asl": p.ASLAssistito, "disposizioni_regionali": p.DisposizioniReg,
		"suggerita": ticked(p.IndicazionePrescr == "S"), "ricovero": ticked(p.IndicazionePrescr == "H"), "altro": ticked(p.Altro),
		"tipologia": p.IndicazionePrescr, "priorita": p.ClassePriorita,
		"diagnosi":          joined(" ", p.CodDiagnosi, oneLine(p.DescrizioneDiagnosi)),
		"numero_confezioni": total(p), "tipo_ricetta": p.TipoRicetta,
		"data": day.Format("02/01/2006"), "data_cifre": day.Format("020106"),
		"medico": d.Name, "medico_cf": d.CodiceFiscale, "medico_righe": strings.Join(d.Lines, "\n"),
		"annotazioni": annotations(p, true), "estero": foreign(p),
	}
	if p.ClassePriorita != "" {
		f["priorita_"+strings.ToLower(p.ClassePriorita)] = mark
	}
	if !p.OscuramentoDati {
		f["cognome_nome"], f["indirizzo"] = oneLine(p.CognomeNome), address(p.Indirizzo)
	}
	v := values{fields: f}
	for _, item := range p.Dettagli {
		v.rows = append(v.rows, row{"descrizione": describe(p, item), "quantita": strconv.Itoa(item.Quantita), "nota": note(item)})
	}
	return v
}

// address: Sistema TS writes street|CAP|town|province, people read a line.
func address(s string) string {
	parts := strings.Split(s, "|")
	for i, part := range parts {
		parts[i] = oneLine(part)
	}
	if len(parts) == 4 && parts[3] != "" {
		parts[3] = "(" + parts[3] + ")"
	}
	if len(parts) < 2 {
		return parts[0]
	}
	return strings.TrimLeft(parts[0]+", "+joined(" ", parts[1:]...), ", ")
}

func total(p wire.Prescription) string {
	sum := 0
	for _, item := range p.Dettagli {
		sum += item.Quantita
	}
	return strconv.Itoa(sum)
}

// describe is one item in the words of the paper: code and name, then what the
// electronic prescription says in fields of its own.
func describe(p wire.Prescription, item wire.PrescriptionItem) string {
	code, name := item.CodProdPrest, item.DescrProdPrest
	if code == "" && name == "" {
		code, name = item.CodGruppoEquival, item.DescrGruppoEquival
	}
	text := joined(" - ", code, oneLine(name))
	var more []string
	add := func(yes bool, part string) {
		if yes && part != "" {
			more = append(more, part)
		}
	}
	add(item.NonSostituibile, joined(" ", "NON SOSTITUIBILE", bracketed(item.CodMotivazione)))
	add(item.Stupefacente != "", fmt.Sprintf("quantità: %d (%s)", item.Quantita, packs(item.Quantita)))
	add(item.TipoAccesso == "1", "Primo accesso")
	add(item.TipoAccesso == "0" && item.PNGLA, "Altro accesso")
	add(item.Televisita, "Televisita")
	add(item.NumeroSedute > 0, fmt.Sprintf("Sedute: %d", item.NumeroSedute))
	add(item.CodCatalogo != "", "Codice catalogo "+item.CodCatalogo)
	add(item.NumeroNota != "", "Nota "+item.NumeroNota)
	add(item.CondErogabilita != "", "Condizione di erogabilità "+item.CondErogabilita)
	add(item.ApproprPrescr != "", "Appropriatezza prescrittiva "+item.ApproprPrescr)
	add(item.Patologia != "", "Patologia "+item.Patologia)
	if p.TipoPrescrizione == "F" {
		add(true, ricetta.MotivazNote(item))
	} else {
		add(true, ricetta.TestoLiberoNote(item))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, "; ") + ")"
	}
	return text
}

func note(item wire.PrescriptionItem) string { return item.NotaAIFA }

// annotations are what the form has no box for and who dispenses must know. The
// promemoria has places of its own for some of it.
func annotations(p wire.Prescription, paper bool) string {
	var parts []string
	if p.PianoTerapeutico != "" {
		parts = append(parts, "Piano terapeutico AIFA "+p.PianoTerapeutico)
	}
	if paper && p.DPC {
		parts = append(parts, "DPC")
	}
	if p.RicettaInterna {
		parts = append(parts, "Ricetta interna")
	}
	if paper && p.TipoVisita == "D" {
		parts = append(parts, "Visita domiciliare")
	}
	return strings.Join(parts, "; ")
}

// foreign is what identifies somebody insured abroad, or by the SASN.
func foreign(p wire.Prescription) string {
	var parts []string
	for _, part := range []struct{ label, text string }{
		{"Stato ", p.StatoEstero}, {"istituzione ", p.IstituzioneEstera}, {"n. personale ", p.NumeroPersonale}, {"n. tessera ", p.NumeroTessera},
		{"nascita ", italianDate(p.DataNascitaEstero)}, {"scadenza tessera ", italianDate(p.DataScadenzaTessera)},
		{"tessera SASN ", p.NumeroTesseraSASN}, {"società di navigazione ", p.SocietaNavigazione},
	} {
		if part.text != "" {
			parts = append(parts, part.label+part.text)
		}
	}
	return strings.Join(parts, "; ")
}

func italianDate(s string) string {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.Format("02/01/2006")
	}
	return s
}

// joined leaves out what is empty.
func joined(between string, parts ...string) string {
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, between)
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "[" + s + "]"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
