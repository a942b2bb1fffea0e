// The documents to sign and what became of them. They live in this page: a reload starts over.
import { plural } from "./format.js";
import { on, request } from "./raccordo.js";
import { store } from "./store.js";

export const papers = [];
export const signing = { active: false, done: 0, total: 0, stopping: false, fault: null, instead: "", again: [], summary: null };
export const ways = { known: false, card: false, remote: [] };

let changed = () => {};

export function startPapers(onChange) {
	changed = onChange;
	for (const d of store.seed.documents) papers.push({ ...d, format: "pades", state: "waiting" });
	on("sign.progress", progress);
	on("card.changed", lookAtWays);
	on("presence", ({ state }) => state === "ready" && lookAtWays());
}

export const paper = (id) => papers.find((p) => p.id === id);
export const unsigned = (list) => list.filter((p) => !p.signed);

// addFile takes a file of the doctor's own: a PDF is signed inside, anything else in an envelope.
export function addFile(file) {
	const pdf = file.type === "application/pdf" || /\.pdf$/i.test(file.name);
	papers.unshift({ id: crypto.randomUUID(), title: "Documento aggiunto", name: file.name, format: pdf ? "pades" : "cades", state: "waiting", blob: file });
}

// bytes are fetched when the list is shown, so that a click finds them here.
export async function bytes(p) {
	p.blob ??= await fetch(p.url).then((answer) => {
		if (!answer.ok) throw { text: `Il documento ${p.name} non si può leggere.`, remedy: "Ricaricare la pagina." };
		return answer.blob();
	});
	return p.blob;
}

export async function lookAtWays() {
	try {
		const { signing: now } = await request("status", {});
		Object.assign(ways, { known: true, card: now?.card ?? false, remote: now?.remote ?? [] });
	} catch {
		ways.known = false;
	}
	changed();
}

function progress({ name, error }) {
	const p = papers.find((one) => one.state === "signing" && (one.name === name || name.startsWith(`${one.name}.`)));
	if (!p || !signing.active) return;
	p.state = error ? "failed" : "done";
	signing.done++;
	changed();
}

// sign runs inside a click. via: "card", "remote", or "auto": the card if it can sign, else the remote signature.
export async function sign(list, via) {
	if (signing.active || list.length === 0) return;
	Object.assign(signing, { active: true, done: 0, total: list.length, stopping: false, fault: null, instead: "", again: [], summary: null });
	for (const p of list) Object.assign(p, { state: "signing", fault: null });
	changed();
	try {
		const blobs = await Promise.all(list.map(bytes));
		const documents = list.map(({ name, format, field }, i) => ({ name, format, blob: blobs[i], ...(field && { field, reason: "Documento redatto dal medico", location: "Firenze" }) }));
		settle(list, await request("sign", { via, documents }));
	} catch (fault) {
		failed(list, via, fault);
	}
	for (const p of list) p.state = p.signed ? "signed" : "waiting";
	signing.active = signing.stopping = false;
	changed();
}

const stopped = (error) => error?.data?.code === "cancelled";

function settle(list, { documents, via, signer }) {
	for (const [i, { name, blob, error }] of documents.entries()) {
		if (error) list[i].fault = stopped(error) ? null : error; // what was stopped needs no words
		else list[i].signed = { name, blob, via, who: signer?.name ?? "", at: new Date().toISOString() };
	}
	const done = documents.filter((d) => !d.error).length;
	const how = via === "card" ? "con la carta" : "con la firma remota";
	const left = done < list.length ? `, ${plural(list.length - done, "non firmato", "non firmati")}` : "";
	const halted = documents.some(({ error }) => stopped(error)) ? "Firma interrotta: " : "";
	signing.summary = { text: `${halted}${plural(done, "documento firmato", "documenti firmati")} ${how}${left}.`, good: !left };
	const why = documents.find(({ error }) => error && !stopped(error))?.error;
	if (left && why) offer(list, via, why);
}

function failed(list, via, fault) {
	signing.fault = fault;
	offer(list, via, fault);
}

// offer names the other way of signing where it can help: nobody is sent from one to the other unasked.
function offer(list, via, { data = {} }) {
	const byCard = via !== "remote" && (data.code === "sign.no_certificate" || data.code?.startsWith("card.")) && ways.remote.length > 0;
	const byRemote = via === "remote" && data.code?.startsWith("remote.") && ways.card;
	Object.assign(signing, { instead: byCard ? "remote" : byRemote ? "card" : "", again: unsigned(list) });
}

// stop lets the signature under way end; what is signed stays signed.
export async function stop() {
	signing.stopping = true;
	changed();
	try {
		await request("batch.stop", {});
	} catch (fault) {
		Object.assign(signing, { stopping: false, fault });
	}
	changed();
}

export function dismissSigning() {
	Object.assign(signing, { fault: null, instead: "", again: [], summary: null });
}
