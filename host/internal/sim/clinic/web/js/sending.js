// Handing prescriptions to Raccordo and keeping what became of them.
import { plural } from "./format.js";
import { on, request } from "./raccordo.js";
import { inList, prescription, save } from "./store.js";

export const sending = { active: false, done: 0, total: 0, fault: null, summary: null };

const LIST_OF = { sent: "trasmesse", refused: "errore", queued: "elaborare", unknown: "elaborare" };

let changed = () => {};

export function startSending(onChange) {
	changed = onChange;
	on("batch.progress", (p) => {
		keep(p?.result);
		if (sending.active) sending.done = Math.max(sending.done, p.done);
		changed();
	});
}

// send must run inside the handler of a user's action.
export async function send(clientIDs) {
	const batch = clientIDs.map(prescription).filter((p) => p && !p.sending && p.list === "elaborare");
	if (sending.active || batch.length === 0) return;
	const answer = request("prescription.send", { prescriptions: batch.map((p) => p.data) });
	Object.assign(sending, { active: true, done: 0, total: batch.length, fault: null, summary: null });
	for (const p of batch) Object.assign(p, { sending: true, outcome: null });
	save();
	changed();
	try {
		for (const result of (await answer).results) keep(result);
		sending.summary = summarise(batch);
	} catch (fault) {
		sending.fault = fault;
	}
	for (const p of batch) p.sending = false;
	sending.active = false;
	save();
	changed();
}

export const sendAll = () => send(inList("elaborare").map((p) => p.data.client_id));

function keep(result) {
	const p = prescription(result?.client_id);
	if (!p || p.list === "archivio") return; // somebody else's, or cancelled meanwhile
	Object.assign(p, { outcome: { ...result, at: new Date().toISOString() }, sending: false, list: LIST_OF[result.state] ?? "elaborare" });
	save();
}

function summarise(batch) {
	const count = (list) => batch.filter((p) => p.list === list).length;
	const [sent, refused, left] = [count("trasmesse"), count("errore"), count("elaborare")];
	const parts = [];
	if (sent > 0) parts.push(plural(sent, "ricetta trasmessa", "ricette trasmesse"));
	if (refused > 0) parts.push(plural(refused, "in errore", "in errore"));
	if (left > 0) parts.push(plural(left, "ricetta non trasmessa", "ricette non trasmesse"));
	return { text: `${parts.join(", ")}.`, good: refused + left === 0, list: sent > 0 ? "trasmesse" : refused > 0 ? "errore" : "" };
}

export function cancelled(p, result) {
	p.list = "archivio";
	p.outcome = { ...p.outcome, cancelled: new Date().toISOString(), warnings: result?.warnings ?? [] };
	save();
}

// corrected: what was refused does not exist at the region, so the new contents are a new intent.
export function corrected(p, data) {
	p.data = { ...data, client_id: crypto.randomUUID() };
	Object.assign(p, { outcome: null, list: "elaborare" });
	save();
}

export function archive(p) {
	p.list = "archivio";
	save();
}

export function dismiss() {
	Object.assign(sending, { fault: null, summary: null });
}
