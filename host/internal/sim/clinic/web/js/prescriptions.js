// The four lists.
import { html, refresh, refreshList, render } from "./html.js";
import { prepare } from "./compose.js";
import { askCancel, askDiscard, correct, decide, view } from "./dialogs.js";
import { explain } from "./explain.js";
import { archive, duplicate } from "./manage.js";
import { askRed, previewSlip, printable, printAgain, printAll, printSlip, stopPrint } from "./printing.js";
import { download } from "./promemoria.js";
import { row } from "./row.js";
import { dismiss, resend, send, sendAll, sending, stop } from "./sending.js";
import { dismissSheets, printing } from "./sheets.js";
import { LISTS, inList, prescription, save, store } from "./store.js";
import { verify } from "./verify.js";

const area = () => document.getElementById("contenuto");
export const isShown = () => location.hash.startsWith("#/ricette");

function tab({ id, title }) {
	const selected = store.tab === id;
	return html`<button type="button" role="tab" id="tab-${id}" aria-controls="lista" aria-selected="${String(selected)}" tabindex="${selected ? 0 : -1}" data-action="tab" data-id="${id}">${title} <span class="contatore">${inList(id).length}</span></button>`;
}

function banner() {
	if (sending.active) return progress();
	if (printing.active) return html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>Invio alla stampante…</p>`;
	const shut = html`<button type="button" class="chiudi" data-action="dismiss" aria-label="Chiudi messaggio">×</button>`;
	const fault = printing.fault ?? sending.fault;
	if (fault) return html`<div class="messaggio errore" role="alert"><p>${explain(fault)}</p>${shut}</div>`;
	if (printing.summary) return html`<div class="messaggio ${printing.summary.good ? "bene" : "attenzione"}"><p><strong>${printing.summary.text}</strong></p>${shut}</div>`;
	const s = sending.summary;
	if (!s) return "";
	const go = s.resume.length > 0 && html` <button type="button" class="bottone primario piccolo" id="riprendi" data-action="resume">Riprendi</button>`;
	const show = s.list && s.list !== store.tab && html` <button type="button" class="collegamento" data-action="tab" data-id="${s.list}">Mostra ${LISTS.find((l) => l.id === s.list).title.toLowerCase()}</button>`;
	const slips = printable(s.sent.map(prescription).filter(Boolean)).length > 0 && html` <button type="button" class="bottone primario piccolo" id="stampa-inviate" data-action="print-sent">Stampa tutte</button>`;
	return html`<div class="messaggio ${s.good ? "bene" : "attenzione"}"><p><strong>${s.text}</strong>${go}${slips}${show}</p>${shut}</div>`;
}

function progress() {
	const halt = sending.total > 1 && html`<button type="button" class="bottone piccolo" id="interrompi" data-action="stop"${sending.stopping && html` disabled`}>${sending.stopping ? "Interruzione in corso…" : "Interrompi"}</button>`;
	return html`<div class="avanzamento"><div class="testa"><label for="avanzamento" id="fatte"></label>${halt}</div><progress id="avanzamento" max="${sending.total}" value="0"></progress></div>`;
}

function count() {
	const bar = document.getElementById("avanzamento");
	if (!bar) return;
	bar.value = sending.done;
	document.getElementById("fatte").textContent = `Elaborazione: ${sending.done} di ${sending.total}`;
}

function header(waiting) {
	if (store.tab === "trasmesse") {
		const left = printable().length;
		return left > 0 && html`<button type="button" class="bottone primario" id="stampa-tutte" data-action="print-all"${printing.active && html` disabled`}>Stampa tutte (${left})</button>`;
	}
	if (store.tab !== "elaborare") return "";
	const off = sending.active && html` disabled`;
	const all = waiting > 0 && html`${waiting > 100 && html`<span class="tenue">le prime 100 di ${waiting}</span> `}<button type="button" class="bottone primario" id="elabora-tutte" data-action="send-all"${off}>Elabora tutte</button>`;
	return html`<div class="gruppo"><button type="button" class="bottone" id="prepara" data-action="prepare"${off}>Prepara 100 ricette di prova</button>${all}</div>`;
}

export function renderPrescriptions() {
	const list = inList(store.tab);
	if (!document.getElementById("lista")) {
		render(area(), html`<div class="titolo"><h1>Ricette</h1><div id="comandi"></div></div><div role="tablist" aria-label="Elenchi delle ricette" class="schede" id="schede"></div><div id="avviso"></div><div id="lista" role="tabpanel"><ul class="ricette" id="righe"></ul><div id="nessuna"></div></div>`);
	}
	const part = (id) => document.getElementById(id);
	refresh(part("comandi"), html`${header(list.length)}`);
	refresh(part("schede"), html`${LISTS.map(tab)}`);
	refresh(part("avviso"), html`${banner()}`);
	count();
	part("lista").setAttribute("aria-labelledby", `tab-${store.tab}`);
	refreshList(part("righe"), list.map((p) => [p.data.client_id, row(p)]));
	refresh(part("nessuna"), list.length > 0 ? "" : html`<p class="vuoto">${LISTS.find((l) => l.id === store.tab).empty}</p>`);
}

function show(list) {
	store.tab = list;
	save();
	renderPrescriptions();
}

const ACTS = {
	tab: (_, id) => show(id),
	send: (p) => send([p.data.client_id]),
	later: (p) => send([p.data.client_id], "later"),
	resend: (p) => resend([p.data.client_id]),
	"send-all": () => sendAll(),
	stop: () => stop(),
	resume: () => resend(sending.summary.resume),
	prepare: () => prepare(100),
	edit: correct,
	correct,
	view,
	verify,
	download,
	print: printSlip,
	again: printAgain,
	halt: stopPrint,
	preview: previewSlip,
	red: askRed,
	"print-all": () => printAll(),
	"print-sent": () => printAll(sending.summary.sent.map(prescription).filter(Boolean)),
	duplicate,
	cancel: askCancel,
	discard: askDiscard,
	decide,
	archive,
	dismiss: () => {
		dismiss();
		dismissSheets();
	},
};

// act runs inside the click: what is asked of Raccordo is the user's action.
function act(name, id) {
	ACTS[name](prescription(id), id);
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
