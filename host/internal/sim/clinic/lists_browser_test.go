package clinic

func allSent(s *sheet) {
	s.counts("3 0 0 0")
	s.holds(`[...document.querySelectorAll("[role=tab]")].map(e => e.ariaSelected).join() === "true,false,false,false"`)
	s.shot("da-elaborare")
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelector("progress")?.value >= 1`)
	s.shot("elaborazione")
	s.counts("0 0 3 0")
	s.sees("StaticText", "^3 ricette trasmesse.$")
	s.shot("trasmesse-messaggio")
	s.click("button", "^Mostra trasmesse$")
	s.holds(`new Set([...document.querySelectorAll(".nre")].map(e => e.textContent)).size === 3`)
	s.holds(`document.querySelectorAll(".codice-autenticazione").length === 3`)
	s.sees("StaticText", "Contiene farmaci in DPC")
	s.shot("trasmesse")
	s.click("button", "^Visualizza$")
	s.sees("StaticText", "^Stato 3 – da erogare$")
	s.shot("visualizza")
	s.click("button", "^Chiudi$")
	s.holds(`document.activeElement.dataset.action === "view"`)
	s.click("button", "^Annulla ricetta$")
	s.sees("heading", "^Annullare la ricetta\\?$")
	s.shot("annulla")
	s.must(s.page.ClickSelector(s.ctx, "#conferma-annullo"))
	s.counts("0 0 2 1")
	s.click("tab", "^Archivio")
	s.sees("StaticText", "^Annullata$")
	s.shot("archivio")
	s.must(s.page.Reload(s.ctx))
	s.counts("0 0 2 1")
	s.must(s.page.FocusAX(s.ctx, "tab", "^Archivio"))
	s.press("ArrowRight")
	s.sees("StaticText", "^Nessuna ricetta da elaborare.$")
	s.shot("vuoto")
}

func someRefused(s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.counts("1 1 1 0")
	s.sees("StaticText", "La regione non risponde")
	s.shot("in-attesa")
	s.click("tab", "^In errore")
	s.sees("StaticText", "Codice fiscale non valido")
	s.shot("in-errore")
	var before, after string
	s.must(s.page.Eval(s.ctx, `document.querySelector("[data-client-id]").dataset.clientId`, &before))
	s.click("button", "^Correggi$")
	s.shot("correggi")
	s.must(s.page.ClickSelector(s.ctx, "#c-quantita"))
	s.press("Control+a")
	s.must(s.page.Type(s.ctx, "3"))
	s.click("button", "Rimetti in")
	s.counts("2 0 1 0")
	s.click("tab", "^Da elaborare")
	s.sees("StaticText", "quantità 3")
	s.must(s.page.Eval(s.ctx, `document.querySelector("[data-stato=draft]").dataset.clientId`, &after))
	if before != after {
		s.t.Errorf("a corrected prescription is another intent: %s, %s", before, after)
	}
	s.click("button", "^Elabora tutte$")
	s.counts("0 1 2 0") // the double refuses the second of a batch
}

func notConnected(s *sheet) {
	s.click("button", "^Elabora$")
	s.sees("alert", "")
	s.sees("StaticText", "Non risulta alcun collegamento alla regione")
	s.sees("StaticText", "Login Cloud regionale.* dal menu")
	s.counts("3 0 0 0")
	s.holds(`document.querySelectorAll("[data-action=send]:not(:disabled)").length === 3`)
	s.shot("scollegato")
	s.click("button", "^Chiudi messaggio$")
	s.must(s.page.WaitNoAX(s.ctx, "alert", ""))
}

func reloaded(s *sheet) {
	ids := `[...document.querySelectorAll("[data-client-id]")].map(e => e.dataset.clientId).join()`
	var before, after string
	s.sees("button", "^Elabora tutte$")
	s.must(s.page.Eval(s.ctx, ids, &before))
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelectorAll("[data-stato=sending]").length === 3`)
	s.must(s.page.Reload(s.ctx))
	s.sees("StaticText", "Non è più in carico a Raccordo") // the double died with its page
	s.must(s.page.Eval(s.ctx, ids, &after))
	if before != after {
		s.t.Errorf("client ids changed: %s, %s", before, after)
	}
}

// What is sent again keeps its number; after a reload the truth is asked for.
func unknown(s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelectorAll("[data-stato=unknown]").length === 3`)
	s.sees("StaticText", "ripete la stessa ricetta con lo stesso NRE")
	s.shot("esito-ignoto")
	s.must(s.page.Reload(s.ctx))
	s.holds(`document.querySelectorAll("[data-stato=unknown]").length === 3`)
	var before, after string
	s.must(s.page.Eval(s.ctx, `document.querySelector(".nre").textContent`, &before))
	s.click("button", "^Reinvia$")
	s.counts("2 0 1 0")
	s.click("tab", "^Trasmesse")
	s.must(s.page.Eval(s.ctx, `document.querySelector(".nre").textContent`, &after))
	if before != after {
		s.t.Errorf("sent as %s, sent again as %s", before, after)
	}
	s.click("tab", "^Da elaborare")
	s.click("button", "^Scarta$")
	s.sees("StaticText", "Raccordo la cerca e, se c’è, la annulla")
	s.shot("scarta")
	s.must(s.page.ClickSelector(s.ctx, "#conferma-scarto"))
	s.counts("1 0 1 1")
}

func undecided(s *sheet) {
	s.click("button", "^Elabora$")
	s.counts("2 1 0 0")
	s.click("tab", "^In errore")
	s.sees("StaticText", "Esito da decidere")
	s.shot("da-decidere")
	s.click("button", "^Risulta in Regione\\?$")
	s.sees("textbox", "^NRE della ricetta che risulta$")
	s.shot("risulta")
	s.must(s.page.ClickSelector(s.ctx, "#nre-presente"))
	s.must(s.page.Type(s.ctx, "0900a4123456789"))
	s.click("button", "^Sì, c’è$")
	s.counts("2 0 1 0")
	s.click("tab", "^Trasmesse")
	s.sees("StaticText", "^0900A4123456789$")
}

// What waits for the doctor stands in "In errore", and goes on when asked.
func exhausted(s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.counts("0 3 0 0")
	s.click("tab", "^In errore")
	s.sees("StaticText", "^Raccordo ha provato più volte.$")
	s.shot("tentativi-esauriti")
	s.click("button", "^Reinvia$")
	s.counts("0 2 1 0")
}

func byItself(s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelectorAll("[data-stato=queued]").length === 3`)
	s.sees("StaticText", "Prossimo tentativo: 22/11/2026 18:25")
	s.shot("in-coda")
	s.must(s.page.Eval(s.ctx, `window.dispatchEvent(new Event("finto-coda")), 1`, nil))
	s.counts("0 0 3 0")
}

func later(s *sheet) {
	s.click("button", "^Elabora più tardi$")
	s.sees("StaticText", "^Messa da parte: ")
	s.counts("3 0 0 0")
	s.shot("piu-tardi")
	s.must(s.page.Reload(s.ctx))
	s.sees("StaticText", "^Messa da parte: ")
	s.click("button", "^Duplica$")
	s.counts("4 0 0 0")
	s.holds(`new Set([...document.querySelectorAll("[data-client-id]")].map(e => e.dataset.clientId)).size === 4`)
	s.click("button", "^Elabora tutte$")
	s.counts("0 0 4 0")
}

func hundred(s *sheet) {
	s.click("button", "^Prepara 100 ricette di prova$")
	s.counts("103 0 0 0")
	s.sees("StaticText", "^le prime 100 di 103$")
	s.shot("cento")
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelector("progress")?.value >= 5`)
	s.shot("cento-in-corso")
	s.must(s.page.ClickSelector(s.ctx, "#interrompi"))
	s.sees("StaticText", "^Elaborazione interrotta: ")
	s.shot("cento-interrotta")
	s.must(s.page.Reload(s.ctx))
	s.holds(`document.querySelector("#tab-elaborare .contatore")?.textContent > 3`)
	s.click("button", "^Elabora tutte$")
	s.holds(`document.querySelector("progress")?.value >= 1`)
	s.must(s.page.ClickSelector(s.ctx, "#interrompi"))
	s.click("button", "^Riprendi$")
	s.holds(`document.querySelector(".messaggio.bene") !== null`)
	s.counts("0 0 103 0")
	s.holds(`(s => { const sent = JSON.parse(s).prescriptions.map(p => p.outcome.nre); return sent.length === 103 && new Set(sent).size === 103; })(sessionStorage.getItem("clinica-demo"))`)
}

func validity(s *sheet) {
	s.click("button", "^Elabora tutte$")
	s.counts("0 0 3 0")
	s.click("tab", "^Trasmesse")
	s.sees("StaticText", "^Validata dalla Regione$")
	s.click("button", "^Verifica validità ricetta$")
	s.sees("StaticText", "^La ricetta è valida – stato 3, da erogare$")
	s.sees("StaticText", "^Non ancora visibile nel FSE$")
	s.sees("StaticText", "^22/12/2026$")
	s.shot("validita-attesa")
	s.click("button", "^Chiudi$")
	s.shot("trasmesse-fse-attesa")
	s.click("button", "^Verifica validità ricetta$")
	s.sees("StaticText", "^Visibile nel FSE dal 22/11/2026 18:21$")
	s.shot("validita-fse")
	s.click("button", "^Chiudi$")
	s.shot("trasmesse-fse")
	s.click("button", "^Stampa promemoria$")
	s.sees("StaticText", "^Promemoria 0900A4[0-9]{9}: stampato \\(Finta\\)")
	s.sees("StaticText", "^1 foglio alla stampante.$")
	s.click("button", "^Stampa di nuovo$")
	s.holds(`document.querySelector("[data-stampa=printed]") && !document.querySelector("#stampa-tutte")?.disabled`)
	s.click("button", `^Stampa tutte \(2\)$`)
	s.holds(`document.querySelectorAll("[data-stampa=printed]").length === 3 && !document.querySelector("#stampa-tutte")`)
	s.shot("stampate")
	s.click("button", "^Anteprima$")
	s.sees("image", "^Anteprima: Promemoria 0900A4")
	s.sees("StaticText", "^Ridotta al 71 %$")
	s.holds(`document.querySelector(".anteprima").naturalWidth === 1`)
	s.shot("anteprima")
	s.click("button", "^Chiudi$")
	s.click("button", "^Scarica$")
	s.holds(`document.querySelector("#annunci").textContent === "Promemoria scaricato." && !document.querySelector("#dialogo").open`)
	s.click("button", "^Duplica$")
	s.counts("1 0 3 0")
}
