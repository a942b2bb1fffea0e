package clinic

import (
	"fmt"

	"raccordo/host/internal/sim/browser"
)

// extensionSigns has twelve documents signed: the page's bar and the popup count
// them, and the popup's button ends it.
func extensionSigns(d desk, s *sheet) {
	s.sees("StaticText", "^Modi di firma disponibili: carta$")
	s.must(s.page.ClickSelector(s.ctx, "[data-firma=carta]"))
	s.states(1, 11)
	s.holds(`document.querySelector(".documento .dettagli").textContent.startsWith("profilo-Bianchi.pdf · ")`)
	s.click("button", "^Verifica firma$")
	s.sees("StaticText", "^La firma è valida.$")
	s.click("button", "^Chiudi$")
	s.click("button", `^Firma tutti \(11\)$`)
	s.sees("StaticText", "^Firma dei documenti$")
	s.shot("barra-firma")
	p := d.popup(s.t)
	p.sees("heading", "^Firma di 11 documenti$")
	p.sees("StaticText", "^[0-9]+ di 11 · Ultimo firmato: ")
	p.picture("popup-firma", browser.Size{Width: 400, Height: 700})
	p.click("button", "^Interrompi$")
	p.holds(`document.querySelector("#signing").hidden`)
	s.sees("StaticText", "^Firma interrotta: [0-9]+ document[oi] firmat[oi] con la carta, [0-9]+ non firmat[oi].$")
}

// large is the size of the large document, megabytes and bytes.
const (
	megabytes = 20
	large     = megabytes * 1_000_000
)

// largeDocument is handed over and comes back in pieces: neither the page's
// script nor the worker ever holds more than some of them.
func largeDocument(s *sheet) {
	s.must(s.page.Eval(s.ctx, fmt.Sprintf(`(() => {
		const file = new File(Array(%d).fill(new Uint8Array(1_000_000).fill(65)), "grande.bin");
		const data = new DataTransfer();
		data.items.add(file);
		const field = document.querySelector("#aggiungi-documento");
		field.files = data.files;
		field.dispatchEvent(new Event("change", { bubbles: true }));
		return 1;
	})()`, megabytes), nil))
	s.sees("StaticText", fmt.Sprintf("^grande.bin · %d,0 MB$", megabytes))
	s.must(s.page.ClickSelector(s.ctx, "[data-firma=carta]"))
	s.sees("StaticText", "^Consegna dei documenti a Raccordo$")
	s.shot("barra-consegna")
	s.must(s.page.WaitFor(s.ctx, `document.querySelector("[data-documento]").dataset.stato === "signed"`)) // some dozens of pieces
	var same bool
	s.must(s.page.Eval(s.ctx, fmt.Sprintf(`import("/js/papers.js").then(async ({ papers }) => {
		const { blob } = papers[0].signed;
		const tail = await blob.slice(%d).text();
		const middle = new Uint8Array(await blob.slice(10_000_000, 10_000_100).arrayBuffer());
		return blob.size === %d && tail === %q && middle.every((b) => b === 65);
	})`, large, large+len(signature), signature), &same))
	if !same {
		s.t.Error("what came back is not what was signed")
	}
}
