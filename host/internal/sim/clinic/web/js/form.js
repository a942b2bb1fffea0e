// The fields of a prescription, for a new one and for a correction, with the special cases.
import { html } from "./html.js";

const PRIORITIES = [["", "nessuna"], ["U", "U – urgente, entro 72 ore"], ["B", "B – breve, entro 10 giorni"], ["D", "D – differibile"], ["P", "P – programmata"]];
const NARCOTICS = [["", "no"], ["TDL", "Sezione A, terapia del dolore"], ["3BIS", "Allegato III-bis"], ["B", "Sezione B"], ["C", "Sezione C"], ["D", "Sezione D"], ["E", "Sezione E"]];
const ABROAD = [
	["stato_estero", "Stato estero", "text"],
	["istituzione_competente", "Istituzione competente", "text"],
	["numero_identificazione_personale", "N. identificazione personale", "text"],
	["numero_identificazione_tessera", "N. identificazione tessera", "text"],
	["data_nascita_estero", "Data di nascita", "date"],
	["data_scadenza_tessera", "Scadenza della tessera", "date"],
];

// form draws the fields of d; pre begins their ids.
export function form(d, pre) {
	const [i] = d.dettagli;
	const drug = d.tipo_prescrizione !== "P";
	const text = (name, label, value, more = "") =>
		html`<div class="campo"><label for="${pre}${name}">${label}</label><input id="${pre}${name}" name="${name}" value="${value}" maxlength="200" spellcheck="false"${more}></div>`;
	const select = (name, label, value, options) =>
		html`<div class="campo"><label for="${pre}${name}">${label}</label><select id="${pre}${name}" name="${name}">${options.map(([v, t]) => html`<option value="${v}"${v === (value ?? "") && html` selected`}>${t}</option>`)}</select></div>`;
	const tick = (name, label, on) =>
		html`<div class="spunta"><input type="checkbox" id="${pre}${name}" name="${name}"${on && html` checked`}><label for="${pre}${name}">${label}</label></div>`;
	const when = (name, content) => html`<div class="campi parte" data-se="${name}">${content}</div>`;
	const special = d.esente_reddito || d.piano_terapeutico || d.dpc || d.stato_estero || i.stupefacente || i.televisita || i.ciclica;

	return html`${pre && text("codice", "Codice", i.cod_prod_prest, html` required`)}
<div class="campi">${text("quantita", "Quantità", i.quantita, html` type="number" min="1" max="99" required`)}
${text("esenzione", "Esenzione", d.cod_esenzione, html` placeholder="nessuna"`)}</div>
${!drug && html`${text("diagnosi", "Quesito diagnostico", d.descrizione_diagnosi)}${select("priorita", "Classe di priorità", d.classe_priorita, PRIORITIES)}`}
${text("note", "Note", i.note)}
<details class="casi"${special && html` open`}><summary>Casi particolari</summary>
${tick("reddito", "Esente per reddito", d.esente_reddito)}
${drug && html`${tick("dpc", "Distribuzione per conto (DPC)", d.dpc)}${text("piano", "Piano terapeutico AIFA (n. protocollo)", d.piano_terapeutico)}${select("stupefacente", "Stupefacente", i.stupefacente, NARCOTICS)}
${when("stupefacente", html`${text("posologia", "Posologia e modo di somministrazione", i.posologia)}${text("recapito", "Telefono e indirizzo del medico", i.recapito_medico)}`)}`}
${!drug && html`${tick("televisita", "Televisita", i.televisita)}${tick("ciclica", "Prestazione ciclica", i.ciclica)}
${when("ciclica", text("sedute", "Numero di sedute", i.numero_sedute || 8, html` type="number" min="1" max="999"`))}`}
${tick("estero", "Assicurato estero (TEAM)", d.tipo_ricetta === "UE")}
${when("estero", ABROAD.map(([name, label, type]) => text(name, label, d[name], html` type="${type}"`)))}
</details>`;
}

// startForm shows the fields that a choice asks for.
export function startForm(element) {
	const show = () => {
		for (const part of element.querySelectorAll("[data-se]")) {
			const choice = element.elements[part.dataset.se];
			part.hidden = !(choice.type === "checkbox" ? choice.checked : choice.value);
		}
	};
	element.addEventListener("change", show);
	show();
}

function put(object, name, value) {
	if (value) object[name] = value;
	else delete object[name];
}

// filled is d with what the form says. patient: the codice fiscale, which a foreigner's prescription does not name.
export function filled(d, element, patient) {
	const e = element.elements;
	const text = (name) => e[name]?.value.trim() ?? "";
	const on = (name) => e[name]?.checked ?? false;
	const [item, ...rest] = d.dettagli;
	const i = { ...item, quantita: Number(text("quantita")) };
	const out = { ...d, dettagli: [i, ...rest] };
	if (e.codice) i.cod_prod_prest = text("codice");
	put(i, "note", text("note"));
	put(i, "stupefacente", text("stupefacente"));
	put(i, "posologia", i.stupefacente && text("posologia"));
	put(i, "recapito_medico", i.stupefacente && text("recapito"));
	put(i, "televisita", on("televisita"));
	put(i, "ciclica", on("ciclica"));
	put(i, "numero_sedute", i.ciclica && Number(text("sedute")));
	put(out, "cod_esenzione", text("esenzione").toUpperCase());
	put(out, "esente_reddito", on("reddito"));
	put(out, "dpc", on("dpc"));
	put(out, "piano_terapeutico", text("piano"));
	if (e.diagnosi) {
		put(out, "descrizione_diagnosi", text("diagnosi"));
		if (out.descrizione_diagnosi !== d.descrizione_diagnosi) delete out.cod_diagnosi;
		put(out, "classe_priorita", text("priorita"));
	}
	abroad(out, on("estero"), text, patient);
	return out;
}

// abroad: whoever is insured in the Union has a section of his own instead of the codice fiscale.
function abroad(out, is, text, patient) {
	for (const [name] of ABROAD) put(out, name, is && text(name));
	put(out, "tipo_ricetta", is && "UE");
	put(out, "codice_assistito", !is && patient);
	if (is) for (const name of ["provincia_assistito", "asl_assistito"]) delete out[name];
}
