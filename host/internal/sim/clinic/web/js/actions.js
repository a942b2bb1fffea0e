// What can be done with a prescription, by its list and state: the first things beside it, the others below.
import { html } from "./html.js";
import { WAITING } from "./sheets.js";

const NAMES = {
	send: "Elabora",
	later: "Elabora più tardi",
	edit: "Modifica",
	correct: "Correggi",
	resend: "Reinvia",
	decide: "Risulta in Regione?",
	verify: "Verifica validità ricetta",
	download: "Scarica",
	print: "Stampa promemoria",
	again: "Stampa di nuovo",
	halt: "Annulla stampa",
	preview: "Anteprima",
	red: "Stampa rossa",
	duplicate: "Duplica",
	view: "Visualizza",
	cancel: "Annulla ricetta",
	discard: "Scarta",
	archive: "Archivia",
};

function waiting(o) {
	switch (o?.state) {
		case undefined:
			return [["send"], ["later", "edit", "red", "duplicate", "discard"]];
		case "draft":
			return [["send"], ["edit", "red", "duplicate", "discard"]];
		case "unknown":
			return [["resend"], ["discard"]];
		case "interrupted":
			return [["send"], []];
		default:
			return [["send"], o.attempts > 0 ? ["red", "discard"] : ["edit", "red", "discard"]];
	}
}

function wrong(o) {
	if (o?.state === "refused") return [["correct"], ["duplicate", "archive"]];
	return [[o?.decide ? "decide" : "resend"], ["discard"]];
}

function names(p) {
	switch (p.list) {
		case "elaborare":
			return waiting(p.outcome);
		case "errore":
			return wrong(p.outcome);
		case "trasmesse":
			return [["verify"], ["view", ...sheets(p), "download", "preview", "duplicate", "cancel"]];
		default:
			return [[], [...(p.outcome?.nre ? ["view"] : []), ...(p.sheet ? sheets(p) : []), "duplicate"]];
	}
}

// sheets are what can be done about a print: the same job again, or an end of the one that waits.
function sheets(p) {
	if (!p.sheet?.id) return ["print"];
	return WAITING.includes(p.sheet.state) ? ["halt"] : ["again"];
}

const RED = ["cancel", "discard"];

// actions draws the first of them or the others.
export function actions(p, first) {
	const id = p.data.client_id;
	const [main, more] = names(p);
	const button = (name) => {
		const kind = first ? "primario" : RED.includes(name) ? "piccolo pericolo" : "piccolo";
		return html`<button type="button" class="bottone ${kind}" id="${name}-${id}" data-action="${name}" data-id="${id}" aria-describedby="voce-${id}"${p.sending && html` disabled`}>${NAMES[name]}</button>`;
	};
	return (first ? main : more).map(button);
}
