// Handing prescriptions to Raccordo: one, all, later, again.
import { plural } from "./format.js";
import { keep } from "./outcome.js";
import { on, request } from "./raccordo.js";
import { inList, prescription, save } from "./store.js";
import { titolare } from "./user.js";

const MOST = 100; // of one request

export const sending = { active: false, done: 0, total: 0, stopping: false, fault: null, summary: null };

let changed = () => {};

export function startSending(onChange) {
	changed = onChange;
	on("batch.progress", (p) => {
		keep(p?.result);
		if (sending.active) sending.done = Math.max(sending.done, p.done);
		changed();
	});
}

// The functions below run inside the handler of a user's action.

export function send(clientIDs, mode) {
	const batch = chosen(clientIDs);
	const stand = titolare();
	const params = {
		prescriptions: batch.map((p) => p.data),
		...(mode && { mode }),
		...(stand && { titolare: { codice_fiscale: stand.cf, regione: stand.regione, asl: stand.asl, specializzazione: stand.specializzazione } }),
	};
	return run(batch, () => request("prescription.send", params).then((answer) => answer.results), mode === "later");
}

export const sendAll = () => send(inList("elaborare").map((p) => p.data.client_id));

// resend repeats what Raccordo has in charge already: the same intent, the same NRE.
export function resend(clientIDs) {
	const batch = chosen(clientIDs);
	return run(batch, () => request("outbox.retry", { client_ids: batch.map((p) => p.data.client_id) }).then((answer) => answer.entries));
}

// stop lets what has left arrive, and keeps the rest.
export async function stop() {
	sending.stopping = true;
	changed();
	try {
		await request("batch.stop", {});
	} catch (fault) {
		sending.stopping = false;
		sending.fault = fault;
	}
	changed();
}

function chosen(clientIDs) {
	return clientIDs
		.map(prescription)
		.filter((p) => p && !p.sending && (p.list === "elaborare" || p.list === "errore"))
		.slice(0, MOST);
}

async function run(batch, ask, aside = false) {
	if (sending.active || batch.length === 0) return;
	const answer = ask();
	const before = new Map(batch.map(({ outcome, list }, i) => [batch[i], { outcome, list }]));
	Object.assign(sending, { active: true, done: 0, total: batch.length, stopping: false, fault: null, summary: null });
	for (const p of batch) Object.assign(p, { sending: true, outcome: null, note: "", list: "elaborare" });
	save();
	changed();
	try {
		for (const result of await answer) keep(result);
		sending.summary = summarise(batch, aside);
	} catch (fault) {
		sending.fault = fault;
		for (const p of batch) if (p.sending) Object.assign(p, before.get(p)); // nothing was done with it
	}
	for (const p of batch) p.sending = false;
	sending.active = sending.stopping = false;
	save();
	changed();
	document.dispatchEvent(new CustomEvent("clinica:elaborate"));
}

// aside: they were to be kept for later. Otherwise what comes back as a draft was stopped, here or with Raccordo's own button.
function summarise(batch, aside) {
	const kept = batch.filter((p) => p.outcome?.state === "draft").map((p) => p.data.client_id);
	if (aside) return { text: `${plural(kept.length, "ricetta messa da parte", "ricette messe da parte")}.`, good: true, resume: [], list: "", sent: [] };
	const count = (list) => batch.filter((p) => p.list === list).length;
	const [sent, wrong, left] = [count("trasmesse"), count("errore"), count("elaborare")];
	const parts = [];
	if (sent > 0) parts.push(plural(sent, "ricetta trasmessa", "ricette trasmesse"));
	if (wrong > 0) parts.push(`${wrong} in errore`);
	if (left > 0) parts.push(plural(left, "ricetta non trasmessa", "ricette non trasmesse"));
	const text = `${kept.length > 0 ? "Elaborazione interrotta: " : ""}${parts.join(", ")}.`;
	const gone = batch.filter((p) => p.list === "trasmesse").map((p) => p.data.client_id);
	return { text, good: wrong + left === 0, resume: kept, sent: gone, list: sent > 0 ? "trasmesse" : wrong > 0 ? "errore" : "" };
}

export function dismiss() {
	Object.assign(sending, { fault: null, summary: null });
}
