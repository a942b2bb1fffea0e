// Dialogs about one prescription: as the region has it, cancelling, correcting, giving up, deciding.
import { filled, form, startForm } from "./form.js";
import { written } from "./format.js";
import { html } from "./html.js";
import { corrected, discard, resolve } from "./manage.js";
import { cancelled } from "./outcome.js";
import { request } from "./raccordo.js";
import { announce, BACK, CLOSE, changed, close, during, open } from "./window.js";

const named = (p) => html`${p.data.dettagli[0].descr_prod_prest} per <strong>${p.data.cognome_nome}</strong>`;
const button = (id, text, kind) => html`<button type="button" class="bottone ${kind}" id="${id}">${text}</button>`;
const press = (id, f) => document.getElementById(id).addEventListener("click", f);

export function view(p) {
	const title = `Ricetta ${p.outcome.nre}`;
	return during(title, "Lettura dalla regione…", title, request("prescription.view", { nre: p.outcome.nre }), (r, mine) => {
		if (mine) open(title, html`<p class="stato-regione" data-stato-processo="${r.state}">Stato ${r.state} – ${r.state_text}</p>${facts(r)}`, CLOSE);
	});
}

export function facts(r) {
	const rows = [
		["Codice autenticazione", r.cod_autenticazione],
		["Assistito", r.cognome_nome],
		["Compilata", written(r.compiled_at)],
		["Inserita", written(r.inserted_at)],
		["Esenzione", r.cod_esenzione],
		["Diagnosi", r.diagnosi],
	].filter(([, value]) => value);
	return html`<dl class="fatti">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<ul class="voci">${(r.dettagli ?? []).map((i) => html`<li>${i.descr_prod_prest || i.descr_gruppo_equival} <span class="tenue">${i.cod_prod_prest} · quantità ${i.quantita}</span></li>`)}</ul>
${r.warnings?.length > 0 && html`<ul class="rilievi avvisi">${r.warnings.map((n) => html`<li>${n.text}</li>`)}</ul>`}`;
}

export function askCancel(p) {
	const text = html`<p>${named(p)}, NRE <span class="nre">${p.outcome.nre}</span>.</p><p>La ricetta non potrà più essere erogata e uscirà dal Fascicolo Sanitario Elettronico.</p>`;
	open("Annullare la ricetta?", text, html`${BACK}${button("conferma-annullo", "Annulla ricetta", "pericolo pieno")}`);
	press("conferma-annullo", () => {
		const answer = request("prescription.cancel", { nre: p.outcome.nre });
		during("Annullamento", "Annullamento in corso…", "Ricetta non annullata", answer, (result, mine) => {
			cancelled(p, result);
			over(mine, "Ricetta annullata.");
		});
	});
}

export function askDiscard(p) {
	const left = p.outcome?.state === "unknown";
	const text = html`<p>${named(p)}.</p>${left && html`<p>La regione potrebbe averla ricevuta: Raccordo la cerca e, se c’è, la annulla.</p>`}`;
	open("Scartare la ricetta?", text, html`${BACK}${button("conferma-scarto", "Scarta", "pericolo pieno")}`);
	press("conferma-scarto", () =>
		during("Scarto", "Rinuncia alla ricetta in corso…", "Ricetta non scartata", discard(p), (_, mine) => over(mine, "Ricetta scartata.")),
	);
}

// decide asks what only the region's own pages can tell.
export function decide(p) {
	const text = html`<p>${named(p)}.</p><p>La regione non sa dire se ha ricevuto questa ricetta. Controllare sul portale della regione le ricette dell’assistito.</p>
<form id="risulta" autocomplete="off"><div class="campo"><label for="nre-presente">NRE della ricetta che risulta</label><input id="nre-presente" name="nre" maxlength="15" pattern="[0-9]{3}[0-9A-Za-z]{2}[0-7][0-9]{9}" required spellcheck="false" title="15 caratteri, come sul portale della regione"></div></form>`;
	open("Risulta in Regione?", text, html`${BACK}${button("non-risulta", "No, non c’è", "")}<button class="bottone primario" form="risulta">Sì, c’è</button>`);
	const answer = (decision, nre) =>
		during("Verifica", "Chiusura della questione in corso…", "Ricetta ancora da decidere", resolve(p, decision, nre), (_, mine) => over(mine, "Ricetta decisa."));
	press("non-risulta", () => answer("absent"));
	document.getElementById("risulta").addEventListener("submit", (event) => {
		event.preventDefault();
		answer("present", event.target.nre.value.trim().toUpperCase());
	});
}

function over(mine, words) {
	if (mine) close();
	announce(words);
	changed();
}

export function correct(p) {
	const wrong = p.outcome?.errors ?? [];
	const why = wrong.length > 0 && html`<ul class="rilievi errori">${wrong.map((n) => html`<li>${n.remedy ? html`<strong>${n.text}</strong> ${n.remedy}` : n.text}</li>`)}</ul>`;
	open(
		wrong.length > 0 ? "Correggi ricetta" : "Modifica ricetta",
		html`${why}<form id="correggi" autocomplete="off"><p>${named(p)}</p>${form(p.data, "c-")}</form>`,
		html`<button type="button" class="bottone" data-dialogo="chiudi">Indietro</button><button class="bottone primario" form="correggi">Rimetti in “Da elaborare”</button>`,
	);
	const fields = document.getElementById("correggi");
	startForm(fields);
	fields.addEventListener("submit", (event) => {
		event.preventDefault();
		corrected(p, filled(p.data, fields, p.patient));
		close();
		changed();
	});
}
