// Dialogs about one prescription: its state at the region, cancelling, correcting.
import { written } from "./format.js";
import { html } from "./html.js";
import { request } from "./raccordo.js";
import { explain } from "./row.js";
import { cancelled, corrected } from "./sending.js";

const dialog = () => document.getElementById("dialogo");
const changed = () => document.dispatchEvent(new CustomEvent("clinica:ricette"));

let opener = null;
let shown = 0; // an answer that arrives for an older dialog is dropped

function open(title, content, buttons) {
	const d = dialog();
	if (!d.open) opener = document.activeElement?.id;
	d.innerHTML = html`<h2 id="dialogo-titolo">${title}</h2><div class="contenuto">${content}</div><div class="fondo">${buttons}</div>`;
	if (!d.open) d.showModal();
	return ++shown;
}

function close() {
	shown++;
	dialog().close();
}

const CLOSE = html`<button type="button" class="bottone" data-dialogo="chiudi" autofocus>Chiudi</button>`;

export function startDialogs() {
	const d = dialog();
	d.addEventListener("click", (event) => {
		if (event.target.closest("[data-dialogo=chiudi]")) close();
	});
	d.addEventListener("close", () => {
		if (opener) document.getElementById(opener)?.focus();
	});
}

export async function view(p) {
	const title = `Ricetta ${p.outcome.nre}`;
	const answer = request("prescription.view", { nre: p.outcome.nre });
	const mine = open(title, html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>Lettura dalla regione…</p>`, CLOSE);
	let content;
	try {
		content = facts(await answer);
	} catch (fault) {
		content = html`<p class="rilievo errore" role="alert">${explain(fault)}</p>`;
	}
	if (mine === shown) open(title, content, CLOSE);
}

function facts(r) {
	const rows = [
		["Codice autenticazione", r.cod_autenticazione],
		["Assistito", r.cognome_nome],
		["Compilata", written(r.compiled_at)],
		["Inserita", written(r.inserted_at)],
		["Esenzione", r.cod_esenzione],
		["Diagnosi", r.diagnosi],
	].filter(([, value]) => value);
	return html`<p class="stato-regione" data-stato-processo="${r.state}">Stato ${r.state} – ${r.state_text}</p>
<dl class="fatti">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<ul class="voci">${(r.dettagli ?? []).map((i) => html`<li>${i.descr_prod_prest || i.descr_gruppo_equival} <span class="tenue">${i.cod_prod_prest} · quantità ${i.quantita}</span></li>`)}</ul>
${r.warnings?.length > 0 && html`<ul class="rilievi avvisi">${r.warnings.map((n) => html`<li>${n.text}</li>`)}</ul>`}`;
}

export function askCancel(p) {
	const item = p.data.dettagli[0];
	open(
		"Annullare la ricetta?",
		html`<p>${item.descr_prod_prest} per <strong>${p.data.cognome_nome}</strong>, NRE <span class="nre">${p.outcome.nre}</span>.</p><p>La ricetta non potrà più essere erogata e uscirà dal Fascicolo Sanitario Elettronico.</p>`,
		html`<button type="button" class="bottone" data-dialogo="chiudi" autofocus>Indietro</button><button type="button" class="bottone pericolo pieno" id="conferma-annullo">Annulla ricetta</button>`,
	);
	document.getElementById("conferma-annullo").addEventListener("click", () => cancel(p));
}

async function cancel(p) {
	const answer = request("prescription.cancel", { nre: p.outcome.nre });
	const mine = open("Annullamento", html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>Annullamento in corso…</p>`, CLOSE);
	try {
		cancelled(p, await answer);
		if (mine === shown) close();
		document.getElementById("annunci").textContent = "Ricetta annullata.";
		changed();
	} catch (fault) {
		if (mine === shown) open("Ricetta non annullata", html`<p class="rilievo errore" role="alert">${explain(fault)}</p>`, CLOSE);
	}
}

export function correct(p) {
	const [item] = p.data.dettagli;
	open(
		"Correggi ricetta",
		html`<form id="correggi" autocomplete="off"><p>${item.descr_prod_prest} per <strong>${p.data.cognome_nome}</strong></p>
<div class="campo"><label for="c-codice">Codice</label><input id="c-codice" name="codice" value="${item.cod_prod_prest}" maxlength="20" spellcheck="false"></div>
<div class="campo"><label for="c-quantita">Quantità</label><input id="c-quantita" name="quantita" type="number" min="1" max="9" required value="${item.quantita}"></div>
<div class="campo"><label for="c-esenzione">Esenzione</label><input id="c-esenzione" name="esenzione" maxlength="6" value="${p.data.cod_esenzione}" spellcheck="false"></div>
${p.data.tipo_prescrizione === "P" && html`<div class="campo"><label for="c-diagnosi">Quesito diagnostico</label><input id="c-diagnosi" name="diagnosi" maxlength="200" value="${p.data.descrizione_diagnosi}"></div>`}</form>`,
		html`<button type="button" class="bottone" data-dialogo="chiudi">Indietro</button><button class="bottone primario" form="correggi">Rimetti in “Da elaborare”</button>`,
	);
	document.getElementById("correggi").addEventListener("submit", (event) => {
		event.preventDefault();
		corrected(p, edited(p.data, event.target));
		close();
		changed();
	});
}

function edited(data, form) {
	const [item, ...rest] = data.dettagli;
	const out = { ...data, dettagli: [{ ...item, cod_prod_prest: form.codice.value.trim(), quantita: Number(form.quantita.value) }, ...rest] };
	const exemption = form.esenzione.value.trim().toUpperCase();
	if (exemption) out.cod_esenzione = exemption;
	else delete out.cod_esenzione;
	if (form.diagnosi) out.descrizione_diagnosi = form.diagnosi.value.trim();
	return out;
}
