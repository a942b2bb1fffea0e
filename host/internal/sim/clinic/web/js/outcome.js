// What Raccordo says of a prescription, and the list in which it stands because of it.
import { prescription, save } from "./store.js";

// Problems that wait for the doctor: nothing more happens by itself.
const WAITS = ["prescription.retries_exhausted", "prescription.unclear"];

function listOf({ state, decide, problem }) {
	switch (state) {
		case "sent":
			return "trasmesse";
		case "refused":
			return "errore";
		case "cancelled":
			return "archivio";
		case "queued":
		case "unknown":
			return decide || WAITS.includes(problem?.data?.code) ? "errore" : "elaborare";
		default:
			return "elaborare";
	}
}

// keep takes a result of an answer, a progress or an entry of the outbox. Without a session an entry says nothing of the
// patient, nor the number: what was known in the same state stays.
export function keep(result) {
	const p = prescription(result?.client_id);
	if (!p || p.list === "archivio") return; // somebody else's, or cancelled meanwhile
	const at = new Date().toISOString();
	const before = p.outcome?.state === result.state ? p.outcome : { check: p.outcome?.check };
	const { problem, decide, next_attempt_at } = result; // none is an answer too
	const notices = (name) => (result[name]?.length ? result[name] : before[name]);
	const outcome = { ...before, ...result, problem, decide, next_attempt_at, errors: notices("errors"), warnings: notices("warnings"), at };
	if (result.state === "cancelled") outcome.cancelled = result.updated_at ?? at;
	Object.assign(p, { outcome, sending: false, list: listOf(result) });
	save();
}

// lost: Raccordo has it no more, and it was not sent. Nothing is done with it before the doctor says so.
export function lost(p) {
	Object.assign(p, { outcome: null, list: "elaborare", note: "Non è più in carico a Raccordo: elaborarla di nuovo, se serve." });
}

export function cancelled(p, result) {
	p.list = "archivio";
	p.outcome = { ...p.outcome, cancelled: new Date().toISOString(), warnings: result?.warnings ?? [] };
	save();
}

// checked keeps what the region said of the validity.
export function checked(p, { view, ...check }) {
	p.outcome = { ...p.outcome, check };
	save();
}
