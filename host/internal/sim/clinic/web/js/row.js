// One prescription in a list.
import { actions } from "./actions.js";
import { explain } from "./explain.js";
import { when, written } from "./format.js";
import { html } from "./html.js";
import { fseLabel, VALIDATED } from "./labels.js";
import { sheetLine } from "./sheet-line.js";

const PRIORITY = { U: "urgente, entro 72 ore", B: "breve, entro 10 giorni", D: "differibile", P: "programmata" };

function item(i) {
	return html`<li><span class="voce">${i.descr_prod_prest || i.descr_gruppo_equival}</span> <span class="tenue">${i.cod_prod_prest} · quantità ${i.quantita}${i.nota_aifa && html` · nota ${i.nota_aifa}`}${i.note && html` · ${i.note}`}</span></li>`;
}

function details(d) {
	const [i] = d.dettagli;
	const parts = [];
	if (d.tipo_prescrizione === "P") parts.push(`Quesito: ${d.descrizione_diagnosi || d.cod_diagnosi || "mancante"}`);
	if (d.classe_priorita) parts.push(`Priorità ${d.classe_priorita} (${PRIORITY[d.classe_priorita]})`);
	parts.push(d.cod_esenzione ? `Esenzione ${d.cod_esenzione}${d.esente_reddito ? " (per reddito)" : ""}` : "Nessuna esenzione");
	if (d.piano_terapeutico) parts.push(`Piano terapeutico ${d.piano_terapeutico}`);
	if (d.dpc) parts.push("DPC");
	if (i.stupefacente) parts.push(`Stupefacente: ${i.posologia || "posologia mancante"}`);
	if (i.televisita) parts.push("Televisita");
	if (i.ciclica) parts.push(`Ciclo di ${i.numero_sedute} sedute`);
	if (d.tipo_ricetta) parts.push(`Assicurato estero, ${d.stato_estero || "Stato mancante"}`);
	return parts.join(" · ");
}

function notices(list, kind) {
	if (!list?.length) return "";
	return html`<ul class="rilievi ${kind}">${list.map((n) => html`<li>${n.item > 0 && html`Riga ${n.item}: `}${n.remedy ? html`<strong>${n.text}</strong> ${n.remedy}` : n.text}${n.code && html` <span class="codice-errore">(${n.code})</span>`}</li>`)}</ul>`;
}

function outcome(p) {
	const o = p.outcome;
	if (p.sending) return html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>In elaborazione…</p>`;
	if (!o) return p.note ? html`<p class="rilievo attenzione">${p.note}</p>` : "";
	const number = o.nre && html`<dl class="numeri"><div><dt>NRE</dt><dd class="nre">${o.nre}</dd></div>${o.cod_autenticazione && html`<div><dt>Codice autenticazione</dt><dd class="codice-autenticazione">${o.cod_autenticazione}</dd></div>`}${o.inserted_at && html`<div><dt>Trasmessa</dt><dd>${written(o.inserted_at)}</dd></div>`}${o.cancelled && html`<div><dt>Annullata</dt><dd>${when(o.cancelled)}</dd></div>`}${o.check?.expires_on && p.list === "trasmesse" && html`<div><dt>Erogabile fino al</dt><dd>${written(o.check.expires_on)}</dd></div>`}</dl>`;
	return html`${number}${waiting(o)}${notices(o.errors, "errori")}${notices(o.warnings, "avvisi")}`;
}

function waiting(o) {
	const next = o.next_attempt_at && html` Prossimo tentativo: ${when(o.next_attempt_at)}.`;
	if (o.state === "draft") return html`<p class="rilievo quieto">Messa da parte: si elabora con “Elabora” o “Elabora tutte”.</p>`;
	if (o.state === "queued") return html`<p class="rilievo attenzione">Non ancora trasmessa. ${o.problem && explain(o.problem)}${next}</p>`;
	if (o.state === "unknown" && o.decide) return html`<p class="rilievo errore">Esito da decidere. ${o.problem && explain(o.problem)}</p>`;
	if (o.state === "unknown") return html`<p class="rilievo attenzione">Esito da verificare: “Reinvia” ripete la stessa ricetta con lo stesso NRE, senza duplicarla. ${o.problem && explain(o.problem)}${next}</p>`;
	if (o.state === "interrupted") return html`<p class="rilievo attenzione">La pagina è stata ricaricata durante l’invio: “Elabora” riprende la stessa ricetta, senza duplicarla.</p>`;
	if (o.state === "refused" && !o.errors?.length) return html`<p class="rilievo errore">${o.problem ? explain(o.problem) : "La regione non ha accettato la ricetta."}</p>`;
	return "";
}

function labels(p) {
	const o = p.outcome;
	if (p.list === "trasmesse") return html`${o?.cod_autenticazione && VALIDATED} ${o?.check && fseLabel(o.check)}`;
	if (p.list === "elaborare" && o?.state === "draft") return html`<span class="etichetta">Elabora più tardi</span>`;
	if (p.list !== "archivio") return "";
	return html`<span class="etichetta grigia">${o?.cancelled ? "Annullata" : o?.discarded ? "Scartata" : o?.paper ? "Su modulo rosso" : "Archiviata"}</span>`;
}

export function row(p) {
	const d = p.data;
	const kind = d.tipo_prescrizione === "P" ? "Specialistica" : "Farmaceutica";
	const more = p.sending ? [] : actions(p, false);
	return html`<li class="ricetta ${p.list}" data-client-id="${d.client_id}" data-stato="${p.sending ? "sending" : (p.outcome?.state ?? "draft")}">
<div class="corpo-ricetta" id="voce-${d.client_id}"><p class="chi"><span class="tipo ${kind.toLowerCase()}">${kind}</span> <a href="#/pazienti/${p.patient ?? d.codice_assistito}">${d.cognome_nome}</a> <span class="tenue">${when(p.created)}</span>${p.list !== "trasmesse" && html` ${labels(p)}`}</p>
<ul class="voci">${d.dettagli.map(item)}</ul><p class="dettagli">${details(d)}</p>${p.list === "trasmesse" && html`<p class="etichette">${labels(p)}</p>`}</div>
<div class="azioni">${actions(p, true)}</div>
<div class="esito">${outcome(p)}${sheetLine(p.sheet)}</div>
${more.length > 0 && html`<div class="altre-azioni">${more}</div>`}</li>`;
}
