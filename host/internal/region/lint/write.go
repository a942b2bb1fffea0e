package lint

import (
	"bufio"
	"fmt"
	"io"
)

// Write tells a report to a person.
func (r Report) Write(out io.Writer) error {
	w := bufio.NewWriter(out)
	title := r.File
	if r.Name != "" {
		title += " – " + r.Name
	}
	fmt.Fprintf(w, "%s\n  %s\n", title, map[int]string{Complete: "completo", Faulty: "da correggere", Incomplete: "incompleto: manca ciò che può dare solo la Regione"}[r.Outcome()])
	if r.Card != "" || r.Cloud != "" {
		fmt.Fprintf(w, "  modi: %s\n", Ways(r.Card, r.Cloud))
	}
	findings(w, "Da correggere", r.Faults)
	findings(w, "Attenzione", r.Warnings)
	gaps(w, "Da completare all'adesione", r.Gaps)
	gaps(w, "Altro da chiedere", r.Later)
	if len(r.Certificates) > 0 {
		fmt.Fprintln(w, "  Certificati:")
	}
	for _, c := range r.Certificates {
		state := "non trovato"
		if !c.Missing {
			state = fmt.Sprintf("%s, scade il %s", c.Subject, day(c.NotAfter))
		}
		fmt.Fprintf(w, "    %s (%s): %s\n", c.Name, c.Use, state)
	}
	if len(r.Known) > 0 {
		fmt.Fprintln(w, "  Che cosa si sa:")
	}
	for _, k := range r.Known {
		fmt.Fprintf(w, "    - %s\n", k)
	}
	return w.Flush()
}

// Ways names the ways into a region by their drivers.
func Ways(card, cloud string) string {
	text := map[string]string{"sar": "carta", "sac": "carta (senza servizio di sessione)", "?": "carta (da definire)"}[card]
	without := map[string]string{"oidc": "pagina della Regione (SPID, CIE, CNS)", "id-sessione": "ID-SESSIONE di Sistema TS", "?": "senza carta (da definire)"}[cloud]
	switch {
	case text == "":
		return without
	case without == "":
		return text
	}
	return text + "; " + without
}

func findings(w io.Writer, title string, all []Finding) {
	if len(all) > 0 {
		fmt.Fprintf(w, "  %s:\n", title)
	}
	for _, f := range all {
		if f.Line > 0 {
			fmt.Fprintf(w, "    riga %d: %s\n", f.Line, f.Text)
			continue
		}
		fmt.Fprintf(w, "    %s\n", f.Text)
	}
}

func gaps(w io.Writer, title string, all []Gap) {
	if len(all) > 0 {
		fmt.Fprintf(w, "  %s:\n", title)
	}
	for _, g := range all {
		if g.Where == "" {
			fmt.Fprintf(w, "    - %s\n", g.Key)
			continue
		}
		fmt.Fprintf(w, "    - %s: %s\n", g.Key, g.Where)
	}
}
