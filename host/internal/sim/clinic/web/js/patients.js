// The list of patients.
import { age, plural, written } from "./format.js";
import { html, render } from "./html.js";
import { inList, save, store } from "./store.js";

const plain = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();

function found() {
	const words = plain(store.query).split(/\s+/).filter(Boolean);
	return store.seed.patients.filter((p) => {
		const text = plain(`${p.surname} ${p.name} ${p.cf}`);
		return words.every((w) => text.includes(w));
	});
}

function row(p) {
	const waiting = inList("elaborare").filter((r) => (r.patient ?? r.data.codice_assistito) === p.cf).length;
	return html`<tr><th scope="row"><a href="#/pazienti/${p.cf}">${p.surname} ${p.name}</a></th>
<td data-nome="Nascita">${written(p.birth_date)} <span class="tenue">(${age(p.birth_date)} anni)</span></td>
<td data-nome="Codice fiscale"><code>${p.cf}</code></td>
<td data-nome="Ricette">${waiting > 0 ? html`<span class="etichetta">${waiting} da elaborare</span>` : html`<span class="tenue">nessuna</span>`}</td></tr>`;
}

function rows() {
	const all = found();
	document.getElementById("trovati").textContent = plural(all.length, "paziente", "pazienti");
	render(
		document.getElementById("elenco"),
		all.length > 0
			? html`<table class="tabella"><thead><tr><th scope="col">Paziente</th><th scope="col">Nascita</th><th scope="col">Codice fiscale</th><th scope="col">Ricette</th></tr></thead><tbody>${all.map(row)}</tbody></table>`
			: html`<p class="vuoto">Nessun paziente corrisponde a “${store.query}”.</p>`,
	);
}

export function renderPatients(area) {
	render(area, html`<div class="titolo"><h1>Pazienti</h1><span id="trovati" class="tenue" role="status"></span></div>
<div class="cerca"><label for="cerca">Cerca per nome o codice fiscale</label><input id="cerca" type="search" autocomplete="off" spellcheck="false" value="${store.query}"></div>
<div id="elenco"></div>`);
	document.getElementById("cerca").addEventListener("input", (event) => {
		store.query = event.target.value;
		save();
		rows();
	});
	rows();
}
