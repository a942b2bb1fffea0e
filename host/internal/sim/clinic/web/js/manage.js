// What the doctor does with a prescription besides sending it.
import { request } from "./raccordo.js";
import { keep } from "./outcome.js";
import { add, prescription, remove, save } from "./store.js";

// corrected: what was refused, or has not left, keeps its name: it is the same intent with other contents.
export function corrected(p, data) {
	Object.assign(p, { data: { ...data, client_id: p.data.client_id }, outcome: null, list: "elaborare", note: "" });
	save();
}

// duplicate is another intent: a name of its own.
export function duplicate(p) {
	add({ ...p.data, client_id: crypto.randomUUID() }, p.patient);
	save();
}

// discard gives a prescription up. One that Raccordo has in charge is certain not to live afterwards.
export async function discard(p) {
	if (!p.outcome) {
		remove(p);
		save();
		return;
	}
	const id = p.data.client_id;
	const { entries } = await request("outbox.discard", { client_ids: [id] });
	const entry = entries.find((e) => e.client_id === id);
	if (entry) return keep(entry);
	Object.assign(p, { list: "archivio", outcome: { state: "cancelled", discarded: new Date().toISOString() } });
	save();
}

// archive puts a refused one aside; Raccordo need not keep it either.
export function archive(p) {
	if (p.outcome?.state === "refused") request("outbox.discard", { client_ids: [p.data.client_id] }).catch(() => {}); // it ends by itself
	p.list = "archivio";
	save();
}

// resolve is the doctor's word on what the region cannot tell.
export async function resolve(p, decision, nre) {
	const { entries } = await request("outbox.resolve", { id: p.outcome.id, decision, ...(nre && { nre }) });
	for (const entry of entries) if (prescription(entry.client_id)) keep(entry);
}
