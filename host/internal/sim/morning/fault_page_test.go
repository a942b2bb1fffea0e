package morning

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

var writeFaults = flag.Bool("write-faults", false, "write docs/faults.md anew")

// TestFaultsPage: docs/faults.md is what TestFaults plays.
func TestFaultsPage(t *testing.T) {
	file := filepath.Join(root(t), "docs", "faults.md")
	want := faultsPage()
	if *writeFaults {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/faults.md; go test ./host/internal/sim/morning -run TestFaultsPage -write-faults\n%s", diff)
	}
}

const faultsHead = `# Guasti: che cosa vede il medico

Ogni guasto che la regione simulata sa produrre (pannello di controllo, porta 8450), nel momento in cui il medico si collega,
sincronizza un paziente o elabora tre ricette. Le prove lo riproducono in Chromium con la carta e via cloud, e controllano che la
pagina dica queste parole e nient'altro, che arrivino entro la scadenza, e che alla regione ogni ricetta ci sia una volta sola.

Pagina scritta da una prova (` + "`go test ./host/internal/sim/morning -run TestFaultsPage -write-faults`" + `): non modificarla a mano.

| guasto | al login, con la carta o via cloud | all'accesso con SPID o CIE | sincronizzando | elaborando tre ricette |
|---|---|---|---|---|
`

const faultsRules = `
- *nulla*: l'operazione riesce, al più dopo che Raccordo ha ricollegato da solo.
- Al login il messaggio è nella scelta del certificato o in un avviso; si resta non collegati e **il clic successivo** ritenta.
- Sincronizzando si resta collegati, salvo dove è scritto altro; il messaggio è al posto dei dati e **il clic successivo** li porta.
- *In dubbio*: la prima ricetta ha già il suo NRE e può essere arrivata; le altre due non sono partite. **«Elabora»** chiede prima
  di quell'NRE e lo riusa: nessun doppione, nessuna persa.
- *Da inviare*: nessuna delle tre è partita; **«Elabora»** le invia.
- *In pausa*: **«Ricollegati»** e l'invio riprende da solo.
- *Fine del collegamento*: serve un nuovo login.

## Che cosa fare

| messaggio | rimedio indicato | codice |
|---|---|---|
`

func faultsPage() string {
	var page strings.Builder
	page.WriteString(faultsHead)
	used := map[wire.ErrorCode]bool{}
	for _, f := range troubles {
		name := f.name
		if f.only != "" {
			name += map[string]string{"card": " (con la carta)", "cloud": " (via cloud)"}[f.only]
		}
		fmt.Fprintf(&page, "| %s |", name)
		for _, o := range []*outcome{f.login, f.page, f.sync, f.send} {
			fmt.Fprintf(&page, " %s |", cell(o))
			if o != nil {
				for _, code := range o.says {
					used[code] = true
				}
			}
		}
		page.WriteString("\n")
	}
	page.WriteString(faultsRules)
	for _, f := range wire.Faults {
		if used[f.Code] {
			m := texts.Of(f.Code)
			fmt.Fprintf(&page, "| %s | %s | `%s` |\n", m.Text, m.Remedy, f.Code)
		}
	}
	return page.String()
}

// cell tells an outcome in words.
func cell(o *outcome) string {
	if o == nil {
		return "–"
	}
	var parts []string
	for _, code := range o.says {
		if code != wire.ErrRxUnknown {
			parts = append(parts, "«"+texts.Of(code).Text+"»")
		}
	}
	switch {
	case o.rows == waiting:
		parts = append(parts, "*In pausa.*")
	case strings.HasPrefix(o.rows, "unknown"):
		parts = append(parts, "*In dubbio*: «"+texts.Of(wire.ErrRxUnknown).Text+"»")
	case o.rows != "":
		parts = append(parts, "*Da inviare.*")
	case o.then == "stale":
		parts = append(parts, "Accanto al nome: «Ricollegati».")
	}
	if o.then == "over" {
		parts = append(parts, "*Fine del collegamento.*")
	}
	if len(parts) == 0 {
		return "*nulla*"
	}
	return strings.Join(slices.Compact(parts), " ")
}
