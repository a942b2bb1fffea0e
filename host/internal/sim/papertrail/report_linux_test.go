//go:build cgo

package papertrail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/paper"
)

const docs = "../../../../docs"

// report holds docs/print-proof.md against what was proven.
func report(t *testing.T, all []kind, matrix []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(head)
	for _, k := range all {
		read := "–"
		if len(k.codes) > 0 {
			read = fmt.Sprint(len(k.codes))
		}
		against := "misure del modello"
		switch {
		case k.from != nil:
			against = "PDF ricevuto"
		case k.layout == "":
			against = "foglio della stampante PDF"
		}
		way := "in verticale"
		if k.lying {
			way = "in orizzontale"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | ✓ | %s | ✓ |\n", k.name, way, against, read, onDots(k))
	}
	b.WriteString(middle)
	b.WriteString(strings.Join(matrix, "\n"))
	b.WriteString(foot)
	path := filepath.Join(docs, "print-proof.md")
	if *update {
		check(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	if diff := cmp.Diff(string(must(os.ReadFile(path))(t)), b.String()); diff != "" {
		t.Errorf("docs/print-proof.md says otherwise (go test -update writes it): %s", diff)
	}
}

func onDots(k kind) string {
	if unreadable(k) {
		return "✓ ¹"
	}
	return "✓"
}

// unreadable tells which bar codes zbar does not read off the raster of 300 dpi, and why that
// is not ours: the ministry's bars, of which ghostscript blackens every dot that they touch;
// and bars that were moved into the margin that the printer does not reach.
func unreadable(k kind) bool {
	return k.from != nil && len(k.codes) > 0 || k.set.OffsetX > 0
}

const head = `# Che cosa è arrivato alla stampante

Pagina scritta dalle prove automatiche (` + "`go test ./host/internal/sim/papertrail -update`" + `). I programmi
di Raccordo, compilati da questi sorgenti, stampano attraverso un vero CUPS su quattro stampanti: una
che riceve PDF, due che ricevono punti (CUPS raster a 300 e a 600 dpi, attraverso ghostscript) e il vero
driver cups-pdf. Il foglio arrivato viene letto con programmi di altri (pdfinfo, pdftotext, pdftoppm,
zbarimg, rastertopdf): dimensione della carta, verso di lettura, ogni parola e ogni punto d'inchiostro
al loro posto entro 0,3 mm, niente girato, ridotto, perso o aggiunto.

| Foglio | Si legge | Confrontato con | Codici a barre | PDF | Raster 300 dpi | cups-pdf |
|---|---|---|---|---|---|---|
`

const middle = `
¹ Inchiostro e posizioni giusti, ma a 300 dpi zbarimg non legge i codici a barre: nel promemoria ricevuto
ghostscript annerisce ogni punto toccato dalle barre del Ministero, che Raccordo non cambia (a 600 dpi
vengono letti); con lo spostamento di +5,0 mm le ultime barre cadono nei 4,2 mm che la stampante non
raggiunge. Sulla stampante PDF i codici sono letti a 300 e a 600 dpi, sulla raster a 600 dpi tutti.

- **Spostamento**: con +5,0 e −3,0 mm ogni parola è esattamente di tanto più a destra e più in alto (entro 0,05 mm).
- **Cassetti**: ogni cassetto scelto arriva al driver con la sua parola (InputSlot) e nel raster con il suo numero.
- **Copie**: tre copie di due pagine sono sei fogli, mai fronte-retro, anche se la stampante lo farebbe da sé.
- **Anteprima**: di ogni foglio della prima tabella, mostra ciò che poi è uscito dalla stampante PDF.
- **Modelli**: ogni cifra nelle sue caselle, ogni codice a barre dalla prima all'ultima barra dove il modello lo vuole.
- **cups-pdf** chiama A5 un foglio di 148,5 × 209,9 mm e vi mette il contenuto nel mezzo; gira per lo schermo
  le pagine che si leggono in orizzontale.

## Ogni pagina su ogni carta

Le stesse righe di [print-matrix.md](print-matrix.md), stampate davvero: ✓ vuol dire che il foglio è uscito come lì
descritto (verso, scala, i quattro segni entro 0,3 mm), «rifiutata» che è stato rifiutato con la stessa ragione.

| Pagina | Carta | Orientamento | PDF | Raster 300 dpi | cups-pdf |
|---|---|---|---|---|---|
`

const foot = `

–: il profilo usato per cups-pdf è quello della ricetta rossa, in cui «automatico» segue il modello e non la pagina.

## Come si presentano

| | |
|---|---|
| ![Promemoria ricevuto, su A5](img/print-promemoria.png) | ![Promemoria disegnato](img/print-promemoria-disegnato.png) |
| ![Ricetta rossa: solo i campi](img/print-rossa.png) | ![Ricetta bianca](img/print-bianca.png) |
| ![PDF della pagina web](img/print-documento.png) | ![Pagina di prova](img/print-prova.png) |
`

// shown keeps a small picture of a sheet as it is read.
func (k kind) shown(t *testing.T, s paper.Sheet) {
	if k.image == "" {
		return
	}
	base := filepath.Join(t.TempDir(), "p")
	if k.lying {
		tool(t, "qpdf", "--rotate=+90", s.Path, base+".pdf")
	} else {
		tool(t, "qpdf", s.Path, base+".pdf")
	}
	to := filepath.Join(docs, "img", "print-"+k.image)
	tool(t, "pdftoppm", "-r", "90", "-gray", "-png", "-singlefile", base+".pdf", to)
	if size := must(os.Stat(to + ".png"))(t).Size(); size > 120<<10 {
		t.Errorf("%s has %d bytes", to, size)
	}
}
