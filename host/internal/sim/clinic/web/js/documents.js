// The documents that wait for the doctor's signature: all of them, or those of one patient.
import { explain } from "./explain.js";
import { when } from "./format.js";
import { html, refresh, refreshList, render } from "./html.js";
import { addFile, bytes, dismissSigning, paper, papers, sign, signing, stop, unsigned, ways } from "./papers.js";
import { sheetLine } from "./sheet-line.js";
import { again, halt, print, printing, WAITING } from "./sheets.js";
import { patient } from "./store.js";
import { check, verify } from "./verdict.js";

const area = () => document.getElementById("contenuto");
const section = () => location.hash.split("/");
export const documentsShown = () => section()[1] === "documenti";
const shown = () => papers.filter((p) => !section()[2] || p.cf === decodeURIComponent(section()[2]));

const STATES = { waiting: ["", "Da firmare"], signing: ["attesa", "In firma…"], done: ["buona", "Firmato"], failed: ["attesa", "Non firmato"], signed: ["buona", "Firmato"] };
const HOW = { card: "con la carta", remote: "con la firma remota" };

function size(n) {
	if (n === undefined) return "";
	return n < 1e6 ? ` · ${Math.max(1, Math.round(n / 1000))} kB` : ` · ${(n / 1e6).toFixed(1).replace(".", ",")} MB`;
}

function button(act, text, kind, p, off = signing.active) {
	const named = p ? html` data-id="${p.id}" id="${act}-${p.id}" aria-describedby="documento-${p.id}"` : html` id="${act}"`;
	return html`<button type="button" class="bottone ${kind}" data-firma="${act}"${named}${off && html` disabled`}>${text}</button>`;
}

function row(p) {
	const who = patient(p.cf);
	const [kind, text] = STATES[p.state];
	const s = p.signed;
	const waits = WAITING.includes(p.sheet?.state);
	const sheet = waits ? button("annulla-stampa", "Annulla stampa", "", p, false) : button("stampa", p.sheet ? "Stampa di nuovo" : "Stampa", "", p, printing.active);
	const buttons = s
		? [button("apri", "Apri", "", p, false), sheet, button("verifica", "Verifica firma", "primario", p, false)]
		: [button("apri", "Apri", "", p, false), sheet, button("carta", "Firma con la carta", "primario", p), button("remota", "Firma remota", "", p)];
	return html`<li class="ricetta documento" data-documento="${p.id}" data-stato="${p.state}">
<div id="documento-${p.id}"><p class="chi"><span class="etichetta ${kind}">${text}</span> ${who && html`<a href="#/pazienti/${who.cf}">${who.surname} ${who.name}</a>`}</p>
<p class="voce">${p.title}</p><p class="dettagli">${s?.name ?? p.name}${size((s?.blob ?? p.blob)?.size)}</p>
${s && html`<p class="dettagli">Firmato ${HOW[s.via]}${s.who && ` da ${s.who}`}, ${when(s.at)}</p>`}</div>
<div class="azioni">${buttons}</div>
<div class="esito">${p.fault && html`<p class="rilievo errore">${explain(p.fault)}</p>`}${sheetLine(p.sheet)}</div></li>`;
}

function banner() {
	if (signing.active) {
		const halt = signing.total > 1 && html`<button type="button" class="bottone piccolo" id="interrompi-firma" data-firma="stop"${signing.stopping && html` disabled`}>${signing.stopping ? "Interruzione in corso…" : "Interrompi"}</button>`;
		return html`<div class="avanzamento"><div class="testa"><label for="avanzamento-firma" id="firmati"></label>${halt}</div><progress id="avanzamento-firma" max="${signing.total}" value="0"></progress></div>`;
	}
	const { fault, summary, instead } = signing;
	const other = instead && html` <button type="button" class="bottone primario piccolo" id="altro-modo" data-firma="instead">${instead === "remote" ? "Firma remota" : "Firma con la carta"}</button>`;
	const shut = html`<button type="button" class="chiudi" data-firma="dismiss" aria-label="Chiudi messaggio">×</button>`;
	if (fault) return html`<div class="messaggio errore" role="alert"><p>${explain(fault)}${other}</p>${shut}</div>`;
	return summary && html`<div class="messaggio ${summary.good ? "bene" : "attenzione"}"><p><strong>${summary.text}</strong>${other}</p>${shut}</div>`;
}

function count() {
	const bar = document.getElementById("avanzamento-firma");
	if (!bar) return;
	bar.value = signing.done;
	document.getElementById("firmati").textContent = signing.done === 0 ? "La firma si conferma nella finestra di Raccordo" : `Firma: ${signing.done} di ${signing.total}`;
}

function means() {
	if (!ways.known) return "";
	const all = [ways.card && "carta", ...ways.remote.map((r) => r.name)].filter(Boolean);
	return all.length > 0 ? `Modi di firma disponibili: ${all.join(", ")}` : "Nessun modo di firma disponibile: inserire una carta di firma.";
}

const picker = (id, text) => html`<label class="bottone" for="${id}">${text}</label><input type="file" class="solo-lettori" id="${id}">`;

export function renderDocuments() {
	const list = shown();
	const who = section()[2] && patient(decodeURIComponent(section()[2]));
	if (area().querySelector("#documenti")?.dataset.di !== (who?.cf ?? "")) {
		render(area(), html`<div class="titolo"><h1>${who ? `Documenti di ${who.surname} ${who.name}` : "Documenti da firmare"}</h1><div id="comandi-firma" class="gruppo"></div></div><p class="tenue" id="modi-firma" role="status"></p><div id="avviso-firma"></div><ul class="ricette" id="documenti" data-di="${who?.cf ?? ""}"></ul>
<div class="gruppo altri-documenti">${picker("aggiungi-documento", "Aggiungi un documento…")}${picker("verifica-documento", "Verifica un documento firmato…")}</div>`);
		for (const p of list) bytes(p).then(() => documentsShown() && renderDocuments(), () => {}); // signing it says why
	}
	const left = unsigned(list).length;
	refresh(document.getElementById("comandi-firma"), left > 1 ? button("tutti", `Firma tutti (${left})`, "primario") : "");
	document.getElementById("modi-firma").textContent = means();
	refresh(document.getElementById("avviso-firma"), html`${banner()}`);
	count();
	refreshList(document.getElementById("documenti"), list.map((p) => [p.id, row(p)]));
}

async function open(p) {
	const name = p.signed?.name ?? p.name;
	const link = document.createElement("a");
	const address = URL.createObjectURL(p.signed?.blob ?? (await bytes(p)));
	Object.assign(link, { href: address, target: "_blank", rel: "noopener" });
	if (!/\.pdf$/i.test(name)) link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), 60_000); // the new page has read it by then
}

// A signed document is printed as it was signed; what is no PDF has no sheets.
async function printDocument(p) {
	if (p.sheet?.id) return again([p]);
	const blob = p.signed?.blob ?? (await bytes(p));
	return print([p], () => ({ kind: "document", blob, name: p.signed?.name ?? p.name }));
}

const ACTS = {
	apri: open,
	stampa: printDocument,
	"annulla-stampa": halt,
	carta: (p) => sign([p], "card"),
	remota: (p) => sign([p], "remote"),
	tutti: () => sign(unsigned(shown()), "auto"),
	instead: () => sign(signing.again, signing.instead),
	stop: () => stop(),
	dismiss: () => dismissSigning(),
	verifica: verify,
};

export function startDocuments() {
	area().addEventListener("click", (event) => {
		const pressed = event.target.closest("[data-firma]");
		if (!pressed || pressed.disabled || !documentsShown()) return;
		ACTS[pressed.dataset.firma](paper(pressed.dataset.id));
		renderDocuments();
	});
	area().addEventListener("change", ({ target }) => {
		const [file] = target.files ?? [];
		if (!file) return;
		if (target.id === "aggiungi-documento") addFile(file);
		else check(file.name, file);
		target.value = "";
		renderDocuments();
	});
}
