// "Ricetta bianca": the doctor's own paper, for what the national health service does not pay.
import { explain } from "./explain.js";
import { html } from "./html.js";
import { preview } from "./preview.js";
import { prescriber } from "./printing.js";
import { request } from "./raccordo.js";
import { sheetLine } from "./sheet-line.js";
import { fieldsOf } from "./store.js";
import { during, open } from "./window.js";

const FIELDS = [
	["prodotto", "Farmaco o prestazione", "text", "KETOPROFENE 50 MG 30 CAPSULE"],
	["numero", "Quantità", "number", "1"],
	["posologia-bianca", "Posologia", "text", "1 capsula dopo i pasti, al bisogno"],
	["volte", "Ripetibile, volte", "number", ""],
	["nota-bianca", "Nota", "text", ""],
];

export function askWhite(p) {
	const fields = FIELDS.map(([id, label, type, value]) => html`<div class="campo"><label for="${id}">${label}</label><input id="${id}" type="${type}" value="${value}" spellcheck="false"${type === "number" && html` min="0" max="99"`}${id === "prodotto" && html` required`}></div>`);
	const buttons = html`<button type="button" class="bottone" data-dialogo="chiudi">Indietro</button><button type="button" class="bottone" id="anteprima-bianca">Anteprima</button><button class="bottone primario" form="bianca">Stampa</button>`;
	open(`Ricetta bianca per ${p.surname} ${p.name}`, html`<form id="bianca" autocomplete="off">${fields}</form>`, buttons);
	const form = document.getElementById("bianca");
	const id = crypto.randomUUID(); // of this sheet: pressed twice it is printed once
	document.getElementById("anteprima-bianca").addEventListener("click", () => form.reportValidity() && preview("Ricetta bianca", white(p, id)));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		during("Ricetta bianca", "Invio alla stampante…", "Ricetta bianca non stampata", request("print", { items: [white(p, id)] }), ({ jobs: [job] }, mine) => {
			if (mine) open("Ricetta bianca", job.id ? sheetLine(job) : html`<p class="rilievo errore">${explain(job.problem)}</p>`);
		});
	});
}

function white(p, id) {
	const text = (name) => document.getElementById(name).value.trim();
	const [quantity, times] = [Number(text("numero")), Number(text("volte"))];
	const f = fieldsOf(p);
	const item = { text: text("prodotto"), ...(quantity && { quantity }), ...(text("posologia-bianca") && { dosage: text("posologia-bianca") }), ...(times && { times }) };
	return {
		kind: "bianca",
		client_id: id,
		doctor: prescriber(),
		white: { name: `${p.surname} ${p.name}`, codice_fiscale: p.cf, address: `${f.indirizzo}, ${f.cap} ${f.comune} (${f.provincia})`, items: [item], ...(text("nota-bianca") && { note: text("nota-bianca") }) },
	};
}
