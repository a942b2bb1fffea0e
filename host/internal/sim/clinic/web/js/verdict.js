// "Verifica firma": who signed, and whether it holds.
import { when, written } from "./format.js";
import { html } from "./html.js";
import { request } from "./raccordo.js";
import { during, open } from "./window.js";

const INTEGRITY = { intact: "Il documento non è cambiato dopo la firma", broken: "Il documento è cambiato dopo la firma", not_checked: "Firma di un tipo che non si può controllare" };
const COVERS = { revision: "La firma vale per una versione precedente del documento", part: "La firma non copre tutto il documento" };
const CHAIN = { trusted: "Rilasciato da un prestatore dell’elenco di fiducia", untrusted: "Rilasciato da un prestatore che non è nell’elenco di fiducia", not_checked: "Non confrontato con l’elenco di fiducia" };
const REVOCATION = { good: "Non revocato", revoked: "Revocato", unknown: "Stato di revoca non disponibile", not_checked: "Stato di revoca non controllato" };
const VALIDITY = { valid: "Valido al momento della firma", expired: "Scaduto al momento della firma", not_yet_valid: "Non ancora valido al momento della firma" };
const KIND = { valid: "", indeterminate: "dubbia", invalid: "non-valida" };

export const verify = (p) => check(p.signed.name, p.signed.blob);

export function check(name, blob) {
	const title = `Verifica della firma di ${name}`;
	return during(title, "Verifica in corso…", title, request("document.verify", { name, blob }), (r, mine) => {
		if (mine) open(title, content(r));
	});
}

function content(r) {
	return html`<p class="stato-regione ${KIND[r.verdict]}" data-verdetto="${r.verdict}">${r.text}</p>${r.added && html`<p class="rilievo attenzione">Il PDF contiene aggiunte successive all’ultima firma.</p>`}${(r.signatures ?? []).map(signature)}`;
}

function signature(s) {
	const rows = [
		["Firmatario", s.signer.name],
		["Codice fiscale", s.signer.cf],
		["Documento", INTEGRITY[s.integrity]],
		["Ambito", COVERS[s.covers]],
		["Certificato", `${s.signer.issuer}, scade il ${written(s.signer.not_after.slice(0, 10))}${s.signer.qualified ? " (qualificato)" : ""}`],
		["Prestatore", s.trust ? `${CHAIN[s.chain]}: ${s.trust}` : CHAIN[s.chain]],
		["Revoca", REVOCATION[s.revocation]],
		["Validità", VALIDITY[s.validity]],
		["Data dichiarata", s.claimed_at && when(s.claimed_at)],
		["Marca temporale", s.timestamp && `${when(s.timestamp.at)}, ${s.timestamp.authority}`],
		["Formato", `${s.format}, ${s.algorithm}`],
	].filter(([, value]) => value);
	return html`<dl class="fatti">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${s.notices?.length > 0 && html`<ul class="rilievi avvisi">${s.notices.map((n) => html`<li>${n.text}${n.remedy && ` ${n.remedy}`}</li>`)}</ul>`}`;
}
