// One line about the print of a thing.
import { explain } from "./explain.js";
import { html } from "./html.js";

const STATES = {
	queued: ["attenzione", "In coda di stampa"],
	accepted: ["quieto", "Alla stampante"],
	printing: ["quieto", "In stampa"],
	held: ["attenzione", "La stampante attende"],
	printed: ["quieto", "Stampato"],
	failed: ["errore", "Non stampato"],
	cancelled: ["quieto", "Stampa annullata"],
};

export function sheetLine(job) {
	if (!job) return "";
	const [kind, words] = STATES[job.state] ?? STATES.queued;
	const notes = (job.notices ?? []).map(({ text }) => html` ${text}`);
	return html`<p class="rilievo ${job.problem && kind === "quieto" ? "attenzione" : kind} stampa" data-stampa="${job.state}">${job.title}: ${words.toLowerCase()}${job.printer && ` (${job.printer})`}. ${job.problem && explain(job.problem)}${notes}</p>`;
}
