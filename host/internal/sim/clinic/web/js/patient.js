// The page of one patient: record, post-it, new prescription.
import { age, written } from "./format.js";
import { html, render } from "./html.js";
import { fieldsOf, patient, save, store } from "./store.js";

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
<div class="scheda-azioni"><div class="gruppo"><a class="bottone" href="#/ricette">Ricette</a>${store.seed.fse && html`<a class="bottone" href="${store.seed.fse}/assistito/${p.cf}" target="_blank" rel="noopener">Fascicolo (simulato)</a>`}</div></div>
<aside class="post-it"><label for="post-it">Post-it</label><textarea id="post-it" rows="2" data-nota>${store.notes[p.cf] ?? p.post_it}</textarea></aside>
<div class="colonne">
<form class="carta" data-form="record" autocomplete="off"><h2>Anagrafica</h2><p class="tenue">Come registrata nello studio. Si salva da sola.</p><div class="campi">${INPUTS.map(([name, label, , max]) => html`
<div class="campo campo-${name}"><label for="campo-${name}">${label}</label><input id="campo-${name}" name="${name}" maxlength="${max}" spellcheck="false" value="${values[name]}"></div>`)}</div></form>
${newPrescription()}
</div></section>`);
	wire(area, p);
	showTemplate(area);
}

function newPrescription() {
	return html`<form class="carta" data-form="new" autocomplete="off"><h2>Nuova ricetta</h2><p class="tenue">Va in “Da elaborare”.</p>
<div class="campo"><label for="modello">Prescrizione</label><select id="modello" name="modello">${store.seed.templates.map((t, i) => html`<option value="${i}">${t.title}</option>`)}</select></div>
<div class="campi"><div class="campo"><label for="quantita">Quantità</label><input id="quantita" name="quantita" type="number" min="1" max="9" required></div>
<div class="campo"><label for="esenzione">Esenzione</label><input id="esenzione" name="esenzione" maxlength="6" placeholder="nessuna" spellcheck="false"></div></div>
<div class="campo" id="gruppo-diagnosi"><label for="diagnosi">Quesito diagnostico</label><input id="diagnosi" name="diagnosi" maxlength="200"></div>
<div class="campo"><label for="note">Note</label><input id="note" name="note" maxlength="200"></div>
<div class="fondo"><button class="bottone primario" id="aggiungi">Aggiungi</button><span id="aggiunta" role="status"></span></div></form>`;
}

function showTemplate(area) {
	const form = area.querySelector('[data-form="new"]');
	const { prescription: t } = store.seed.templates[Number(form.modello.value)];
	form.quantita.value = t.dettagli[0].quantita;
	form.note.value = t.dettagli[0].note ?? "";
	form.diagnosi.value = t.descrizione_diagnosi ?? "";
	area.querySelector("#gruppo-diagnosi").hidden = t.tipo_prescrizione !== "P";
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
	area.querySelector("#modello").addEventListener("change", () => showTemplate(area));
	for (const form of area.querySelectorAll("form")) form.addEventListener("submit", (event) => event.preventDefault());
	const form = area.querySelector('[data-form="new"]');
	form.addEventListener("submit", () => {
		store.prescriptions.push({ data: compose(p, form), list: "elaborare", created: new Date().toISOString(), outcome: null, sending: false });
		save();
		area.querySelector("#aggiunta").innerHTML = html`Aggiunta. <a href="#/ricette">Vai alle ricette</a>`;
		document.dispatchEvent(new CustomEvent("clinica:ricette"));
	});
}

// compose makes the prescription of the form. Its client_id is the name of this intent for ever.
function compose(p, form) {
	const { prescription: t } = store.seed.templates[Number(form.modello.value)];
	const f = fieldsOf(p);
	const [item] = t.dettagli;
	const data = {
		...t,
		client_id: crypto.randomUUID(),
		codice_assistito: p.cf,
		cognome_nome: `${p.surname} ${p.name}`,
		indirizzo: `${f.indirizzo}, ${f.cap} ${f.comune} (${f.provincia})`,
		dettagli: [{ ...item, quantita: Number(form.quantita.value), note: form.note.value.trim() }],
	};
	if (f.provincia && p.asl) Object.assign(data, { provincia_assistito: f.provincia.toUpperCase(), asl_assistito: p.asl });
	if (form.esenzione.value.trim()) data.cod_esenzione = form.esenzione.value.trim().toUpperCase();
	if (t.tipo_prescrizione === "P") {
		data.descrizione_diagnosi = form.diagnosi.value.trim();
		if (data.descrizione_diagnosi !== t.descrizione_diagnosi) delete data.cod_diagnosi;
	}
	return data;
}
