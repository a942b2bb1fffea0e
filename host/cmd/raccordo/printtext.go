package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// sheetNames are the kinds as their users know them.
var sheetNames = map[wire.SheetKind]string{
	wire.SheetRossa:      "Rosse cartacee (Modulo SSN)",
	wire.SheetBianca:     "Bianche cartacee (Ricettario personale)",
	wire.SheetPromemoria: "Rosse e bianche dematerializzate (Promemoria)",
}

var printStates = map[wire.PrintState]string{
	wire.PrintQueued: "in attesa", wire.PrintAccepted: "alla stampante", wire.PrintPrinting: "in stampa", wire.PrintHeld: "ferma",
	wire.PrintPrinted: "stampata", wire.PrintFailed: "non riuscita", wire.PrintCancelled: "annullata",
}

// jobLines are a job, and why it does not go on.
func jobLines(j wire.PrintJob) []string {
	var parts []string
	if j.ID != "" {
		parts = append(parts, j.ID[:min(8, len(j.ID))])
	}
	if at, err := time.Parse(time.RFC3339, j.CreatedAt); err == nil {
		parts = append(parts, at.Local().Format("15:04"))
	}
	parts = append(parts, j.Title)
	head := strings.Join(parts, "  ") + ": " + printStates[j.State]
	if j.Printer != "" {
		head += ", " + j.Printer
	}
	if j.Pages > 1 {
		head += fmt.Sprintf(", %d pagine", j.Pages)
	}
	if j.Copies > 1 {
		head += fmt.Sprintf(", %d copie", j.Copies)
	}
	lines := []string{head}
	if j.Problem != nil {
		lines = append(lines, "  "+strings.ReplaceAll(explain(j.Problem), "\n", "\n  "))
	}
	return append(lines, noticeLines("  Avviso: ", j.Notices)...)
}

// printerLines are the printers, and how each kind of sheet is printed.
func printerLines(r wire.PrinterList) []string {
	lines := []string{"Stampanti:"}
	if r.Problem != nil {
		lines = append(lines, "  "+strings.ReplaceAll(explain(r.Problem), "\n", "\n  "))
	} else if len(r.Printers) == 0 {
		lines = append(lines, "  nessuna: aggiungerne una nelle impostazioni del computer")
	}
	for _, p := range r.Printers {
		lines = append(lines, printerLine(p))
	}
	for _, p := range r.Profiles {
		lines = append(append(lines, ""), profileLines(p, r)...)
	}
	return lines
}

func printerLine(p wire.Printer) string {
	line := "  " + p.Name
	if p.Default {
		line += " (predefinita)"
	}
	switch {
	case p.Problem != "":
		line += ": " + texts.Of(p.Problem).Text
	case p.State == "stopped":
		line += ": in pausa"
	case !p.Accepting:
		line += ": non accetta stampe"
	case p.State == "printing":
		line += ": sta stampando"
	default:
		line += ": pronta"
	}
	var papers, trays []string
	for _, x := range p.Papers {
		papers = append(papers, x.Name)
	}
	for _, t := range p.Trays {
		trays = append(trays, fmt.Sprintf("%s (%s)", t.ID, t.Name))
	}
	if len(papers) > 0 {
		line += "\n    fogli: " + strings.Join(papers, ", ")
	}
	if len(trays) > 0 {
		line += "\n    cassetti: " + strings.Join(trays, ", ")
	}
	return line
}

// profileLines are the settings of a kind and what is wrong with them.
func profileLines(p wire.PrinterProfile, r wire.PrinterList) []string {
	lines := []string{fmt.Sprintf("%s [%s]", sheetNames[p.Kind], p.Kind)}
	add := func(key, name, value string) {
		if slices.Contains(p.Locked, key) {
			value += "  (stabilito dall'amministratore)"
		}
		lines = append(lines, "  "+name+": "+value)
	}
	printer := p.Printer
	if printer == "" {
		printer = "non scelta"
		if usual := proposed(r.Printers); usual != "" {
			printer += fmt.Sprintf("; per usare %s: raccordo printers set %s --printer=%s", usual, p.Kind, usual)
		}
	}
	add("printer", "stampante", printer)
	paper := p.Paper
	if paper == "custom" {
		paper = tenths(p.Width).String() + " x " + tenths(p.Height).String() + " mm"
	}
	add("paper", "foglio", paper)
	if p.Tray != "" || slices.Contains(p.Locked, "tray") {
		add("tray", "cassetto", p.Tray)
	}
	add("orientation", "verso", map[string]string{"auto": "auto", "portrait": "verticale", "landscape": "orizzontale"}[p.Orientation])
	add("copies", "copie", fmt.Sprint(p.Copies))
	scale := "auto"
	if p.Scale != 0 {
		scale = fmt.Sprintf("%d %%", p.Scale)
	}
	add("scale", "scala", scale)
	if p.OffsetX != 0 || slices.Contains(p.Locked, "offset_x") {
		add("offset_x", "spostamento a destra", tenths(p.OffsetX).String()+" mm")
	}
	if p.OffsetY != 0 || slices.Contains(p.Locked, "offset_y") {
		add("offset_y", "spostamento in basso", tenths(p.OffsetY).String()+" mm")
	}
	if p.Problem != nil && p.Problem.Data.Code != wire.ErrPrintNone {
		lines = append(lines, "  "+strings.ReplaceAll(explain(p.Problem), "\n", "\n  "))
	}
	return lines
}

// proposed is the printer that most users mean: the only one, or the system's default.
func proposed(printers []wire.Printer) string {
	if len(printers) == 1 {
		return printers[0].Name
	}
	for _, p := range printers {
		if p.Default {
			return p.Name
		}
	}
	return ""
}
