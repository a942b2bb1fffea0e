package clinic

import "fmt"

// states waits until so many documents are in each state.
func (s *sheet) states(signed, waiting int) {
	s.t.Helper()
	s.holds(fmt.Sprintf(`["signed", "waiting"].map((n) => document.querySelectorAll("[data-documento][data-stato=" + n + "]").length).join() === "%d,%d"`, signed, waiting))
}

// signs signs one document, looks at it and at its signature, then the rest.
func signs(s *sheet) {
	s.click("link", "^Documenti$")
	s.sees("StaticText", "^Modi di firma disponibili: carta, Firma remota simulata$")
	s.states(0, 12)
	s.holds(`[...document.querySelectorAll(".documento .dettagli")].every((e) => e.textContent.endsWith(" kB"))`)
	s.shot("documenti")
	s.must(s.page.ClickSelector(s.ctx, "[data-documento^=profilo] [data-firma=carta]"))
	s.states(1, 11)
	s.sees("StaticText", "^1 documento firmato con la carta.$")
	s.sees("StaticText", "^Firmato con la carta da GIULIA VERDI, ")
	s.click("button", "^Verifica firma$")
	s.sees("StaticText", "^La firma è valida.$")
	s.sees("StaticText", "^Rilasciato da un prestatore dell’elenco di fiducia: CA di prova$")
	s.shot("verifica-valida")
	s.click("button", "^Chiudi$")
	s.holds(`document.activeElement.dataset.firma === "verifica"`)
	s.click("button", `^Firma tutti \(11\)$`)
	s.sees("StaticText", "^Firma: [0-9]+ di 11$")
	s.shot("firma-in-corso")
	s.states(12, 0)
	s.sees("StaticText", "^11 documenti firmati con la carta.$")
	s.shot("firmati")
	s.must(s.page.ClickSelector(s.ctx, "[data-documento^=certificato] [data-firma=verifica]"))
	s.sees("StaticText", "^La firma non è valida.$")
	s.sees("StaticText", "^Il PDF contiene aggiunte successive all’ultima firma.$")
	s.shot("verifica-non-valida")
}

// signsOfOne are the documents of one patient, from the patient's page.
func signsOfOne(s *sheet) {
	s.click("link", "^GALLI PIETRO$")
	s.must(s.page.ClickSelector(s.ctx, `.scheda-azioni [href^="#/documenti/"]`))
	s.sees("heading", "^Documenti di GALLI PIETRO$")
	s.states(0, 2)
	s.click("button", `^Firma tutti \(2\)$`)
	s.states(2, 0)
	s.click("link", "^Documenti$")
	s.states(2, 10)
}

// signsOtherwise is a card that cannot sign: the page says so and offers the
// remote signature, which is not taken unasked.
func signsOtherwise(s *sheet) {
	s.sees("StaticText", "^Modi di firma disponibili: Firma remota simulata$")
	s.must(s.page.ClickSelector(s.ctx, "[data-firma=carta]"))
	s.sees("alert", "")
	s.sees("StaticText", "^La carta inserita serve a identificarsi")
	s.states(0, 12)
	s.shot("firma-senza-chiave")
	s.must(s.page.ClickSelector(s.ctx, "#altro-modo"))
	s.states(1, 11)
	s.sees("StaticText", "^1 documento firmato con la firma remota.$")
}

func signsWithWrongOTP(s *sheet) {
	s.must(s.page.ClickSelector(s.ctx, "[data-firma=remota]"))
	s.sees("StaticText", "^Il codice OTP è errato o scaduto.$")
	s.shot("firma-otp-errato")
	s.must(s.page.ClickSelector(s.ctx, "#altro-modo"))
	s.states(1, 11)
}

// signsSome is refused one of twelve, which alone is left to be signed.
func signsSome(s *sheet) {
	s.click("button", `^Firma tutti \(12\)$`)
	s.states(11, 1)
	s.sees("StaticText", "^11 documenti firmati con la carta, 1 non firmato.$")
	s.sees("StaticText", "^Il PDF è danneggiato, oppure non è un PDF.$")
	s.shot("firma-in-parte")
}

func stopsSigning(s *sheet) {
	s.click("button", `^Firma tutti \(12\)$`)
	s.sees("StaticText", "^Firma: 1 di 12$")
	s.click("button", "^Interrompi$")
	s.sees("StaticText", "^Firma interrotta: [12] document[oi] firmat[oi] con la carta, 1[01] non firmati.$")
	s.holds(`document.querySelectorAll(".documento .errore").length === 0`)
	s.shot("firma-interrotta")
}
