// "Verifica validità ricetta": whether it can still be dispensed, and whether it stands in the patient's FSE.
import { facts } from "./dialogs.js";
import { written } from "./format.js";
import { html } from "./html.js";
import { fseLabel, VALIDATED } from "./labels.js";
import { checked } from "./outcome.js";
import { request } from "./raccordo.js";
import { changed, during, open } from "./window.js";

export function verify(p) {
	const title = `Validità della ricetta ${p.outcome.nre}`;
	return during(title, "Verifica presso la regione…", title, request("prescription.verify", { nre: p.outcome.nre }), (r, mine) => {
		checked(p, r);
		changed();
		if (mine) open(title, content(r));
	});
}

function content(r) {
	const verdict = r.valid ? "La ricetta è valida" : "La ricetta non è più erogabile";
	return html`<p class="stato-regione ${r.valid ? "" : "non-valida"}" data-stato-processo="${r.state}">${verdict} – stato ${r.state}, ${r.state_text}</p>
<p class="etichette">${r.validated ? VALIDATED : html`<span class="etichetta attesa">Non validata dalla Regione</span>`} ${fseLabel(r)}</p>
${r.expires_on && html`<p>Erogabile fino al <strong>${written(r.expires_on)}</strong>.</p>`}${facts(r.view)}`;
}
