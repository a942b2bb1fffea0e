// What the region knows of a prescription that was sent: validated, and where it can be seen.
import { when } from "./format.js";
import { html } from "./html.js";

const FSE = {
	visible: ["buona", "Visibile nel FSE"],
	pending: ["attesa", "Non ancora visibile nel FSE"],
	hidden: ["attesa", "Oscurata nel FSE"],
	unsupported: ["grigia", "La regione non dice se è nel FSE"],
	unknown: ["grigia", "Presenza nel FSE non verificabile al momento"],
};

export const VALIDATED = html`<span class="etichetta buona">Validata dalla Regione</span>`;

export function fseLabel({ fse, fse_since: since }) {
	const [kind, text] = FSE[fse] ?? FSE.unknown;
	return html`<span class="etichetta ${kind}">${text}${fse === "visible" && since && ` dal ${when(since)}`}</span>`;
}
