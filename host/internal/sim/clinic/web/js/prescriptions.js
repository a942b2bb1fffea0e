// The four lists.
import { html, render } from "./html.js";
import { askCancel, correct, view } from "./dialogs.js";
import { explain, row } from "./row.js";
import { archive, dismiss, send, sendAll, sending } from "./sending.js";
import { LISTS, inList, prescription, save, store } from "./store.js";

const area = () => document.getElementById("contenuto");
export const isShown = () => location.hash.startsWith("#/ricette");

function tab({ id, title }) {
	const selected = store.tab === id;
	return html`<button type="button" role="tab" id="tab-${id}" aria-controls="lista" aria-selected="${String(selected)}" tabindex="${selected ? 0 : -1}" data-action="tab" data-id="${id}">${title} <span class="contatore">${inList(id).length}</span></button>`;
}

function banner() {
	if (sending.active) {
		return html`<div class="avanzamento"><label for="avanzamento">Elaborazione: ${sending.done} di ${sending.total}</label><progress id="avanzamento" max="${sending.total}" value="${sending.done}"></progress></div>`;
	}
	const shut = html`<button type="button" class="chiudi" data-action="dismiss" aria-label="Chiudi messaggio">×</button>`;
	if (sending.fault) return html`<div class="messaggio errore" role="alert"><p>${explain(sending.fault)}</p>${shut}</div>`;
	const s = sending.summary;
	if (!s) return "";
	const show = s.list && s.list !== store.tab && html` <button type="button" class="collegamento" data-action="tab" data-id="${s.list}">Mostra ${LISTS.find((l) => l.id === s.list).title.toLowerCase()}</button>`;
	return html`<div class="messaggio ${s.good ? "bene" : "attenzione"}"><p><strong>${s.text}</strong>${show}</p>${shut}</div>`;
}

export function renderPrescriptions() {
	const list = inList(store.tab);
	const all = store.tab === "elaborare" && list.length > 0 && html`<button type="button" class="bottone primario" id="elabora-tutte" data-action="send-all"${sending.active && html` disabled`}>Elabora tutte</button>`;
	render(area(), html`<div class="titolo"><h1>Ricette</h1>${all}</div>
<div role="tablist" aria-label="Elenchi delle ricette" class="schede">${LISTS.map(tab)}</div>
${banner()}
<div id="lista" role="tabpanel" aria-labelledby="tab-${store.tab}">${list.length > 0 ? html`<ul class="ricette">${list.map(row)}</ul>` : html`<p class="vuoto">${LISTS.find((l) => l.id === store.tab).empty}</p>`}</div>`);
}

function show(list) {
	store.tab = list;
	save();
	renderPrescriptions();
}

// act runs inside the click: what is asked of Raccordo is the user's action.
function act(name, id) {
	switch (name) {
		case "tab":
			return show(id);
		case "send":
			return send([id]);
		case "send-all":
			return sendAll();
		case "view":
			return view(prescription(id));
		case "cancel":
			return askCancel(prescription(id));
		case "correct":
			return correct(prescription(id));
		case "archive":
			archive(prescription(id));
			break;
		case "dismiss":
			dismiss();
	}
	document.dispatchEvent(new CustomEvent("clinica:ricette"));
}

function onKey(event) {
	if (event.target.getAttribute?.("role") !== "tab") return;
	const at = LISTS.findIndex((l) => l.id === store.tab);
	const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: LISTS.length - 1 }[event.key];
	if (next === undefined) return;
	event.preventDefault();
	const { id } = LISTS[(next + LISTS.length) % LISTS.length];
	show(id);
	document.getElementById(`tab-${id}`).focus();
}

export function startPrescriptions() {
	area().addEventListener("click", (event) => {
		const button = event.target.closest("[data-action]");
		if (button && !button.disabled && isShown()) act(button.dataset.action, button.dataset.id);
	});
	area().addEventListener("keydown", onKey);
}
