// One prescription in a list.
import { when, written } from "./format.js";
import { html } from "./html.js";

const PRIORITY = { U: "urgente, entro 72 ore", B: "breve, entro 10 giorni", D: "differibile", P: "programmata" };

// What to say of a problem that comes without a text, by the part that failed.
const PLAIN = {
	extension: "Il browser non raggiunge Raccordo.",
	connector: "Raccordo ha interrotto l’invio.",
	pcsc: "Il servizio delle smart card non risponde.",
	reader: "La carta non è nel lettore.",
	card: "La carta non è utilizzabile.",
	module: "Il programma della carta non risponde.",
	pin: "Il PIN non è stato accettato.",
	tls: "La connessione protetta con la regione non è riuscita.",
	region: "La regione non risponde.",
	session: "Manca il collegamento alla regione.",
	data: "I dati della ricetta non sono completi.",
};

export function explain(fault) {
	const text = fault?.text ?? PLAIN[fault?.data?.hop] ?? "La richiesta non è riuscita.";
	const remedy = fault?.remedy ?? "";
	const code = fault?.data?.code;
	return html`<strong>${text}</strong>${remedy && html` ${remedy}`}${code && html` <span class="codice-errore">(${code})</span>`}`;
}

function item(i) {
	return html`<li><span class="voce">${i.descr_prod_prest || i.descr_gruppo_equival}</span> <span class="tenue">${i.cod_prod_prest} · quantità ${i.quantita}${i.nota_aifa && html` · nota ${i.nota_aifa}`}${i.note && html` · ${i.note}`}</span></li>`;
}

function details(d) {
	const parts = [];
	if (d.tipo_prescrizione === "P") parts.push(`Quesito: ${d.descrizione_diagnosi || d.cod_diagnosi || "mancante"}`);
	if (d.classe_priorita) parts.push(`Priorità ${d.classe_priorita} (${PRIORITY[d.classe_priorita]})`);
	parts.push(d.cod_esenzione ? `Esenzione ${d.cod_esenzione}` : "Nessuna esenzione");
	return parts.join(" · ");
}

function notices(list, kind) {
	if (!list?.length) return "";
	return html`<ul class="rilievi ${kind}">${list.map((n) => html`<li>${n.item > 0 && html`Riga ${n.item}: `}${n.text}${n.code && html` <span class="codice-errore">(${n.code})</span>`}</li>`)}</ul>`;
}

function outcome(p) {
	const o = p.outcome;
	if (p.sending) return html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>In elaborazione…</p>`;
	if (!o) return "";
	const number = o.nre && html`<dl class="numeri"><div><dt>NRE</dt><dd class="nre">${o.nre}</dd></div>${o.cod_autenticazione && html`<div><dt>Codice autenticazione</dt><dd class="codice-autenticazione">${o.cod_autenticazione}</dd></div>`}${o.inserted_at && html`<div><dt>Trasmessa</dt><dd>${written(o.inserted_at)}</dd></div>`}${o.cancelled && html`<div><dt>Annullata</dt><dd>${when(o.cancelled)}</dd></div>`}</dl>`;
	return html`${number}${waiting(o)}${notices(o.errors, "errori")}${notices(o.warnings, "avvisi")}`;
}

function waiting(o) {
	if (o.state === "queued") return html`<p class="rilievo attenzione">Non ancora trasmessa. ${o.problem && explain(o.problem)}</p>`;
	if (o.state === "unknown") return html`<p class="rilievo attenzione">Esito da verificare: “Elabora” ripete la stessa ricetta con lo stesso NRE, senza duplicarla. ${o.problem && explain(o.problem)}</p>`;
	if (o.state === "interrupted") return html`<p class="rilievo attenzione">La pagina è stata ricaricata durante l’invio: “Elabora” riprende la stessa ricetta, senza duplicarla.</p>`;
	if (o.state === "refused" && !o.errors?.length) return html`<p class="rilievo errore">${o.problem ? explain(o.problem) : "La regione non ha accettato la ricetta."}</p>`;
	return "";
}

function actions(p) {
	const id = p.data.client_id;
	const what = `${p.data.dettagli[0].descr_prod_prest}, ${p.data.cognome_nome}`;
	const action = (name, text, kind = "") =>
		html`<button type="button" class="bottone ${kind}" id="${name}-${id}" data-action="${name}" data-id="${id}" aria-describedby="voce-${id}"${p.sending && html` disabled`}>${text}</button>`;
	switch (p.list) {
		case "elaborare":
			return action("send", "Elabora", "primario");
		case "errore":
			return html`${action("correct", "Correggi", "primario")}${action("archive", "Archivia")}`;
		case "trasmesse":
			return html`${action("view", "Visualizza")}${action("cancel", "Annulla ricetta", "pericolo")}`;
		default:
			return p.outcome?.nre ? action("view", "Visualizza") : html`<span class="solo-lettori">${what}</span>`;
	}
}

function badge(p) {
	if (p.list !== "archivio") return "";
	return p.outcome?.cancelled ? html`<span class="etichetta grigia">Annullata</span>` : html`<span class="etichetta grigia">Archiviata</span>`;
}

export function row(p) {
	const d = p.data;
	const kind = d.tipo_prescrizione === "P" ? "Specialistica" : "Farmaceutica";
	return html`<li class="ricetta ${p.list}" data-client-id="${d.client_id}" data-stato="${p.sending ? "sending" : (p.outcome?.state ?? "draft")}">
<div class="corpo-ricetta" id="voce-${d.client_id}"><p class="chi"><span class="tipo ${kind.toLowerCase()}">${kind}</span> <a href="#/pazienti/${d.codice_assistito}">${d.cognome_nome}</a> <span class="tenue">${when(p.created)}</span> ${badge(p)}</p>
<ul class="voci">${d.dettagli.map(item)}</ul><p class="dettagli">${details(d)}</p></div>
<div class="azioni">${actions(p)}</div>
<div class="esito">${outcome(p)}</div></li>`;
}
