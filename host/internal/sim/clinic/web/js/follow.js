// Keeps the lists true: when Raccordo says that something changed, it is asked what became of the prescriptions that
// it has in charge. Also after a reload, and after a batch.
import { keep, lost } from "./outcome.js";
import { on, request, state } from "./raccordo.js";
import { save, store } from "./store.js";

const MOST = 200; // of one question
const PAUSE = 300; // between two questions: a batch changes the outbox at every step

const IN_CHARGE = ["draft", "queued", "unknown", "interrupted"];

let asking = false;
let again = false;
let changed = () => {};

function open() {
	return store.prescriptions.filter((p) => !p.sending && p.list !== "archivio" && [...IN_CHARGE, "refused"].includes(p.outcome?.state));
}

async function refresh() {
	again = asking;
	if (asking || state().state !== "ready") return;
	asking = true;
	try {
		const all = open();
		for (let i = 0; i < all.length; i += MOST) await ask(all.slice(i, i + MOST));
	} catch {
		// the lists show what was known last; the next change asks again
	}
	await new Promise((done) => setTimeout(done, PAUSE));
	asking = false;
	if (again) refresh();
}

async function ask(part) {
	const { entries } = await request("outbox.list", { client_ids: part.map((p) => p.data.client_id) });
	const told = new Map(entries.map((e) => [e.client_id, e]));
	for (const p of part) {
		if (p.sending || !p.outcome) continue; // sent or corrected meanwhile
		const entry = told.get(p.data.client_id);
		if (entry) keep(entry);
		else if (IN_CHARGE.includes(p.outcome.state)) lost(p);
	}
	save();
	changed();
}

export function startFollowing(onChange) {
	changed = onChange;
	on("presence", refresh);
	on("outbox.changed", refresh);
	document.addEventListener("clinica:elaborate", refresh);
}
