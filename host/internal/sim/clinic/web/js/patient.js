// The page of one patient: record, post-it, new prescription.
import { compose } from "./compose.js";
import { filled, form, startForm } from "./form.js";
import { age, written } from "./format.js";
import { html, render } from "./html.js";
import { add, fieldsOf, patient, save, store } from "./store.js";
import { askWhite } from "./white.js";

const INPUTS = [
	["indirizzo", "Indirizzo", "street-address", 120],
	["comune", "Comune", "address-level2", 60],
	["provincia", "Provincia", "address-level1", 2],
	["cap", "CAP", "postal-code", 5],
	["telefono", "Telefono", "tel", 20],
];

export function renderPatient(area, cf) {
	const p = patient(cf);
	if (!p) {
		render(area, html`<h1>Paziente non trovato</h1><p><a href="#/pazienti">Torna all’elenco dei pazienti</a></p>`);
		return;
	}
	const values = fieldsOf(p);
	render(area, html`<section class="scheda-paziente" data-cf="${p.cf}" aria-labelledby="nome-paziente">
<header><p class="ritorno"><a href="#/pazienti">Pazienti</a></p><h1 id="nome-paziente">${p.surname} ${p.name}</h1>
<p class="dati">${p.sex === "F" ? "Nata" : "Nato"} il ${written(p.birth_date)} a ${p.birth_place} (${age(p.birth_date)} anni) · <code>${p.cf}</code></p></header>
<div class="scheda-azioni"><div class="gruppo"><a class="bottone" href="#/ricette">Ricette</a><a class="bottone" href="#/documenti/${p.cf}">Documenti</a><button type="button" class="bottone" id="ricetta-bianca">Ricetta bianca</button>${store.seed.fse && html`<a class="bottone" href="${store.seed.fse}/assistito/${p.cf}" target="_blank" rel="noopener">Fascicolo (simulato)</a>`}</div></div>
<aside class="post-it"><label for="post-it">Post-it</label><textarea id="post-it" rows="2" data-nota>${store.notes[p.cf] ?? p.post_it}</textarea></aside>
<div class="colonne">
<form class="carta" data-form="record" autocomplete="off"><h2>Anagrafica</h2><p class="tenue">Come registrata nello studio. Si salva da sola.</p><div class="campi">${INPUTS.map(([name, label, , max]) => html`
<div class="campo campo-${name}"><label for="campo-${name}">${label}</label><input id="campo-${name}" name="${name}" maxlength="${max}" spellcheck="false" value="${values[name]}"></div>`)}</div></form>
${newPrescription()}
</div></section>`);
	wire(area, p);
}

function newPrescription() {
	return html`<form class="carta" data-form="new" autocomplete="off"><h2>Nuova ricetta</h2><p class="tenue">Va in “Da elaborare”.</p>
<div class="campo"><label for="modello">Prescrizione</label><select id="modello" name="modello">${store.seed.templates.map((t, i) => html`<option value="${i}">${t.title}</option>`)}</select></div>
<div id="campi-ricetta"></div>
<div class="fondo"><button class="bottone primario" id="aggiungi">Aggiungi</button><span id="aggiunta" role="status"></span></div></form>`;
}

const chosen = (element) => store.seed.templates[Number(element.modello.value)].prescription;

function showTemplate(element) {
	render(document.getElementById("campi-ricetta"), form(chosen(element), ""));
	element.dispatchEvent(new Event("change")); // what its choices ask for
}

function wire(area, p) {
	area.querySelector('[data-form="record"]').addEventListener("input", (event) => {
		store.fields[p.cf] = { ...store.fields[p.cf], [event.target.name]: event.target.value };
		save();
	});
	area.querySelector("[data-nota]").addEventListener("input", (event) => {
		store.notes[p.cf] = event.target.value;
		save();
	});
	for (const f of area.querySelectorAll("form")) f.addEventListener("submit", (event) => event.preventDefault());
	area.querySelector("#ricetta-bianca").addEventListener("click", () => askWhite(p));
	const element = area.querySelector('[data-form="new"]');
	showTemplate(element);
	startForm(element);
	element.modello.addEventListener("change", () => showTemplate(element));
	element.addEventListener("submit", () => {
		add(filled(compose(p, chosen(element)), element, p.cf), p.cf);
		save();
		area.querySelector("#aggiunta").innerHTML = html`Aggiunta. <a href="#/ricette">Vai alle ricette</a>`;
		document.dispatchEvent(new CustomEvent("clinica:ricette"));
	});
}
