package clinic

import (
	"fmt"

	"raccordo/host/internal/sim/browser"
)

// printers is "Configurazione stampanti" used by mouse and by keyboard.
func printers(s *sheet) {
	card := func(kind, state string) {
		s.t.Helper()
		s.holds(fmt.Sprintf(`document.querySelector("[data-kind=%s]")?.dataset.state === %q`, kind, state))
	}
	s.sees("heading", "^Configurazione stampanti$")
	card("rossa", "unset")
	card("bianca", "ready")
	s.shot("stampanti")

	s.click("button", `^Imposta: Rosse cartacee \(Modulo SSN\)$`)
	s.sees("radiogroup", "^Stampante per: Rosse cartacee")
	s.sees("StaticText", "^La stampante è in pausa.$")
	s.holds(`document.activeElement.value === "" && document.activeElement.checked`)
	s.press("ArrowDown") // the first printer
	s.shot("stampanti-imposta")
	s.press("Enter")
	card("rossa", "ready")
	s.sees("StaticText", "^Laser_Studio$")
	s.holds(`document.activeElement.getAttribute("aria-label")?.startsWith("Imposta: Rosse")`)

	s.click("button", "^Configura: Rosse cartacee")
	s.sees("image", "^Disegno del foglio: A5 verticale, 148 × 210 mm$")
	s.must(s.page.ClickSelector(s.ctx, "#offset_x"))
	s.press("Control+a")
	s.must(s.page.Type(s.ctx, "-2,5"))
	s.must(s.page.ClickSelector(s.ctx, "#offset_y"))
	s.press("Control+a")
	s.must(s.page.Type(s.ctx, "5,x"))
	s.sees("alert", "")
	s.sees("StaticText", "^Valore non valido")
	s.press("Enter")
	s.holds(`document.activeElement.id === "offset_y" && document.querySelector("dialog").open`)
	s.press("Control+a")
	s.must(s.page.Type(s.ctx, "1"))
	s.must(s.page.ClickSelector(s.ctx, "#tray"))
	s.press("Escape")
	s.must(s.page.Eval(s.ctx, `(t => { t.value = "manual"; t.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector("#tray"))`, nil))
	s.sees("image", "^Disegno del foglio: A5 verticale, 148 × 210 mm, spostato di 2,5 mm a sinistra, 1 mm in basso$")
	s.shot("stampanti-configura")
	s.click("button", "^Anteprima$")
	s.sees("image", "^Anteprima: Rosse cartacee")
	s.shot("stampanti-anteprima")
	s.press("Escape")
	s.click("button", "^Salva$")
	s.sees("StaticText", "^A5 verticale, 148 × 210 mm, spostato di 2,5 mm a sinistra, 1 mm in basso · Inserimento manuale$")

	s.click("button", "^Configura: Rosse e bianche dematerializzate")
	s.holds(`document.querySelector("#paper").disabled && document.querySelector("#paper").getAttribute("aria-describedby").includes("paper-locked")`)
	s.sees("StaticText", "^Fissato dall'amministratore$")
	s.press("Escape")
	s.holds(`!document.querySelector("dialog")`)

	s.click("button", "^Stampa pagina di prova: Rosse cartacee")
	s.sees("StaticText", "^Pagina di prova inviata alla stampante.$")
	s.shot("stampanti-prova")
	s.must(s.page.Resize(s.ctx, browser.Size{Width: 320, Height: 900}))
	s.holds(`document.documentElement.scrollWidth <= 320`)
	s.picture("stampanti-stretto", browser.Size{Width: 320, Height: 1400})
}

// extensionPrints has slips printed that find no paper: the page tells it, and
// that it went on.
func extensionPrints(d desk, s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.sees("StaticText", "^3 ricette trasmesse.$")
	s.click("button", "^Stampa tutte$")
	s.sees("StaticText", "^Stampa in attesa: 3 stampe$")
	s.sees("StaticText", "^Manca la carta nella stampante")
	s.sees("StaticText", "^3 in attesa.$")
	s.click("tab", "^Trasmesse")
	s.holds(`[...document.querySelectorAll("[data-stampa]")].map(e => e.dataset.stampa).join() === "held,queued,queued"`)
	s.shot("stampe-ferme")

	p := d.popup(s.t)
	p.sees("heading", "^Stampe$")
	p.sees("button", "^Annulla: Promemoria 0900A4000000001$")
	p.sees("button", "^Configurazione stampanti$")
	p.picture("popup-stampe", popupSize)
	p.click("button", "^Annulla: Promemoria")
	p.sees("StaticText", "^Stampa annullata.$")

	s.click("link", "^Pazienti$")
	s.sees("heading", "^Pazienti$")
	s.click("link", "^BIANCHI LUCIA$")
	s.click("button", "^Ricetta bianca$")
	s.sees("heading", "^Ricetta bianca per BIANCHI LUCIA$")
	s.shot("ricetta-bianca")
	s.click("button", "^Stampa$")
	s.sees("StaticText", `^Ricetta bianca: stampato \(Laser_Studio\)`)
	s.click("button", "^Chiudi$") // nobody can read what lies behind a dialog
	s.sees("StaticText", "^Stampa ripresa: stampati 2 documenti$|^Stampa ripresa: Promemoria")
	s.shot("stampa-ripresa")

	s.must(s.page.Navigate(s.ctx, s.url+"/#/documenti"))
	s.click("button", "^Stampa$")
	s.sees("StaticText", "^Stampa non riuscita: profilo-Bianchi.pdf$")
	s.shot("stampa-fallita")
	s.holds(`document.querySelector("[data-stampa]").dataset.stampa === "failed"`)
	s.click("button", "^Stampa di nuovo$")
}

// redForm is for when the region does not answer: on paper a prescription leaves
// the lists, unless it is on its way already.
func redForm(s *sheet) {
	s.click("button", "^Elabora più tardi$")
	s.sees("StaticText", "^Messa da parte: ")
	s.must(s.page.ClickSelector(s.ctx, "#righe > li:nth-child(1) [data-action=red]"))
	s.sees("StaticText", "prende il posto di quella elettronica")
	s.shot("rossa")
	s.click("button", "^Stampa rossa$")
	s.sees("StaticText", "^La ricetta è già in coda o trasmessa.$")
	s.counts("3 0 0 0")
	s.shot("rossa-rifiutata")
	s.must(s.page.ClickSelector(s.ctx, "#righe > li:nth-child(2) [data-action=red]"))
	s.click("button", "^Stampa rossa$")
	s.counts("2 0 0 1")
	s.click("tab", "^Archivio")
	s.sees("StaticText", "^Su modulo rosso$")
	s.holds(`document.querySelector("#righe [data-stampa]").dataset.stampa === "printed"`)
}
