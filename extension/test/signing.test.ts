// `sign` and `document.verify` of the page API: Blobs cross in pieces, both ways, and nothing stays open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import { clinic, on, status } from "./clinic.ts";
import { settle, until } from "./fake-port.ts";

const TOASTS = "raccordo-avvisi";
const PIECE = 512 * 1024;

type Page = Awaited<ReturnType<typeof clinic>>;
type Params = Record<string, unknown>;
interface Asked {
	id: string;
	method: string;
	params: Params;
	gesture: boolean;
}

/** The host's side: documents in memory, a signature that appends "+". What a test answers itself is held. */
function host(p: Page, held: Record<string, (asked: Asked) => { result?: unknown; error?: unknown } | undefined> = {}) {
	const files = new Map<string, Buffer>();
	const calls: Asked[] = [];
	let told = 0;
	let most = 0;
	const handle = () => files.size.toString(16).padStart(32, "0");
	const own: Record<string, (params: Params) => unknown> = {
		"document.open": () => {
			const document = handle();
			files.set(document, Buffer.alloc(0));
			return { document };
		},
		"document.write": ({ document, offset, data }) => {
			const before = files.get(String(document)) ?? Buffer.alloc(0);
			assert.equal(offset, before.length);
			most = Math.max(most, String(data).length);
			files.set(String(document), Buffer.concat([before, Buffer.from(String(data), "base64")]));
			return { received: files.get(String(document))?.length };
		},
		"document.read": ({ document, offset }) => {
			const all = files.get(String(document)) ?? Buffer.alloc(0);
			const piece = all.subarray(Number(offset), Number(offset) + PIECE);
			const end = Number(offset) + piece.length === all.length;
			return { data: piece.toString("base64"), size: all.length, ...(end ? { end } : {}) };
		},
		"document.close": ({ document }) => {
			files.delete(String(document));
			return {};
		},
		"document.verify": () => ({ verdict: "valid", text: "Firma valida.", signatures: [] }),
		sign: ({ documents }) => ({
			documents: (documents as Params[]).map(({ document, name }, i) => {
				const made = `f${i}`.padStart(32, "0");
				const bytes = Buffer.concat([files.get(String(document)) ?? Buffer.alloc(0), Buffer.from("+")]);
				files.set(made, bytes);
				return { name, document: made, size: bytes.length };
			}),
			signed: (documents as Params[]).length,
			via: "card",
			signer: {},
		}),
	};
	/** Answers until nothing more is asked. */
	async function serve(): Promise<void> {
		for (let quiet = 0; quiet < 40; quiet++) {
			await settle();
			const asked = (p.port().sent as (Asked & { kind: string })[]).filter((m) => m.kind === "request");
			for (; told < asked.length; told++) {
				const one = asked[told] as Asked;
				if (one.method === "patient.history") continue;
				calls.push(one);
				quiet = 0;
				const answer = held[one.method] ? held[one.method]?.(one) : { result: own[one.method]?.(one.params) };
				if (answer) p.port().say({ kind: "response", id: one.id, ...answer });
			}
		}
	}
	return { files, calls, serve, most: () => most, methods: () => calls.map((c) => c.method) };
}

const request = (method: string, params: unknown, id = "s") => ({ raccordo: 1, kind: "request", id, method, params });
const blob = (p: Page, text: string | Buffer<ArrayBuffer>, type = "application/pdf") =>
	new p.window.Blob([text], { type });
const bytesOf = (p: Page, value: unknown): Promise<Buffer> =>
	new Promise((resolve) => {
		const reader = new p.window.FileReader();
		reader.onload = () => resolve(Buffer.from(String(reader.result).split(",")[1] ?? "", "base64"));
		reader.readAsDataURL(value as Blob);
	});
const errorOf = (message: Params) => message.error as { data: { code: string }; text: string } | undefined;

async function open() {
	const p = await clinic();
	p.tell(status(on));
	p.activate(true);
	return p;
}

test("two documents are signed: pieces in order, Blobs back, nothing left open", async () => {
	const p = await open();
	const h = host(p);
	const large = Buffer.alloc(2 * PIECE + 7, "x");
	await p.post(
		request("sign", {
			via: "card",
			documents: [
				{ name: "a.pdf", format: "pades", reason: "prova", blob: blob(p, "uno") },
				{ format: "cades", content: "eA==", blob: new p.window.File([large], "b.txt") },
			],
		}),
	);
	await h.serve();
	const sign = h.calls.find((c) => c.method === "sign");
	assert.equal(sign?.gesture, true);
	assert.deepEqual(sign?.params, {
		via: "card",
		documents: [
			{ name: "a.pdf", format: "pades", reason: "prova", document: "0".repeat(32) },
			{ name: "b.txt", format: "cades", document: `${"0".repeat(31)}1` },
		],
	});
	assert.equal(h.most(), Math.ceil(PIECE / 3) * 4);
	const { documents, signed } = p.last.result as { documents: Params[]; signed: number };
	assert.equal(signed, 2);
	assert.deepEqual(Object.keys(documents[0] ?? {}), ["name", "size", "blob"]);
	assert.equal((documents[0]?.blob as Blob | undefined)?.type, "application/pdf");
	assert.equal((await bytesOf(p, documents[0]?.blob)).toString(), "uno+");
	assert.deepEqual(await bytesOf(p, documents[1]?.blob), Buffer.concat([large, Buffer.from("+")]));
	assert.equal(h.files.size, 0);
	p.end();
});

test("what is refused says why, and what had crossed is let go", async () => {
	const p = await open();
	const h = host(p, { sign: () => ({ error: fault("sign.no_certificate") }) });
	await p.post(request("sign", { documents: [{ name: "a.pdf", format: "pades", blob: blob(p, "uno") }] }));
	await h.serve();
	assert.equal(errorOf(p.last)?.data.code, "sign.no_certificate");
	assert.match(errorOf(p.last)?.text ?? "", /non ha un certificato di firma/);
	assert.equal(h.files.size, 0);
	p.end();
});

test("some are signed and others are not: each row has its Blob or its reason in Italian", async () => {
	const p = await open();
	const h = host(p, {
		sign: () => ({
			result: {
				documents: [
					{ name: "a", content: Buffer.from("firmato").toString("base64") },
					{ name: "b", error: fault("remote.otp_wrong") },
					{ name: "c", document: "9".repeat(32) },
				],
				signed: 2,
			},
		}),
		"document.read": () => ({ error: fault("document.unknown") }),
	});
	const one = { name: "a.pdf", format: "pades", blob: blob(p, "uno") };
	await p.post(request("sign", { documents: [one, one, one] }));
	await h.serve();
	const { documents } = p.last.result as { documents: (Params & { error?: { text: string } })[] };
	assert.equal((await bytesOf(p, documents[0]?.blob)).toString(), "firmato");
	assert.match(documents[1]?.error?.text ?? "", /OTP è errato/);
	assert.match(documents[2]?.error?.text ?? "", /non è più disponibile/);
	p.end();
});

test("a document that comes back short is not handed on", async () => {
	const p = await open();
	const h = host(p, {
		sign: () => ({ result: { documents: [{ name: "a", document: "9".repeat(32) }], signed: 1 } }),
		"document.read": () => ({ result: { data: "eA==", size: 2, end: true } }),
	});
	await p.post(request("sign", { documents: [{ name: "a", format: "cades", blob: blob(p, "") }] }));
	await h.serve();
	const { documents } = p.last.result as { documents: (Params & { error?: { data: { code: string } } })[] };
	assert.deepEqual([documents[0]?.blob, documents[0]?.error?.data.code], [undefined, "document.incomplete"]);
	p.end();
});

test("only Blobs, from a user's hand, and one signing at a time", async () => {
	const p = await open();
	const h = host(p, { sign: () => undefined });
	const one = { name: "a.pdf", format: "pades", blob: blob(p, "uno") };
	for (const documents of [undefined, [{ name: "x", format: "cades", content: "eA==" }], ["x"], Array(201).fill(one)]) {
		await p.post(request("sign", { documents }));
		assert.equal(errorOf(p.last)?.data.code, "rpc.invalid");
	}
	assert.deepEqual(p.requests(), []);
	p.activate(false);
	await p.post(request("sign", { documents: [one] }));
	assert.equal(errorOf(p.last)?.data.code, "gesture.required");
	p.activate(true);
	await p.post(request("sign", { documents: [one] }));
	await h.serve();
	await p.post(request("sign", { documents: [one] }, "second"));
	assert.deepEqual([p.last.id, errorOf(p.last)?.data.code], ["second", "rpc.too_many_requests"]);
	p.end();
});

test("a page gets no handle of its own making and no piece", async () => {
	const p = await open();
	for (const method of ["document.open", "document.write", "document.read", "document.close"]) {
		await p.post(request(method, { document: "0".repeat(32) }));
		assert.equal(errorOf(p.last)?.data.code, "origin.denied");
	}
	assert.deepEqual(p.requests(), []);
	p.end();
});

test("the bar counts what is signed, its button stops, and the rest is told", async () => {
	const p = await open();
	const h = host(p, { sign: () => undefined });
	const one = { name: "a.pdf", format: "pades", blob: blob(p, "uno") };
	p.event("sign.progress", { done: 1, total: 3, name: "altrui.pdf" });
	assert.equal(p.document.querySelector(TOASTS), null);
	await p.post(request("sign", { documents: [one, one, one] }));
	await h.serve();
	p.event("sign.progress", { done: 1, total: 3, name: "a.pdf" });
	assert.match(p.text(TOASTS), /Firma dei documenti 1 di 3 Interrompi/);
	assert.deepEqual(p.heard.at(-1)?.params, { done: 1, total: 3, name: "a.pdf" });
	await p.click(TOASTS, ".plain");
	assert.match(p.text(TOASTS), /Interruzione in corso….*già firmati restano firmati/);
	assert.equal(p.requests().at(-1)?.method, "batch.stop");
	const rows = ["a", "b"].map((name) => ({ name, error: fault("cancelled") }));
	await p.answer("sign", { result: { documents: rows, signed: 0 } });
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("a large document is counted on its way, and a stop then signs nothing", async () => {
	const p = await open();
	const large = blob(p, Buffer.alloc(17 * PIECE));
	let pieces = 0;
	const h = host(p, { "document.write": () => (++pieces > 4 ? undefined : { result: { received: 0 } }) });
	await p.post(request("sign", { documents: [{ name: "a.pdf", format: "pades", blob: large }] }));
	await h.serve();
	assert.match(p.text(TOASTS), /Consegna dei documenti a Raccordo 2 di 9 MB Interrompi/);
	await p.post(request("batch.stop", {}, "x"));
	await p.answer("document.write", { result: { received: 0 } });
	await until(() => p.last.id === "s");
	assert.equal(errorOf(p.last)?.data.code, "cancelled");
	assert.equal(h.methods().includes("sign"), false);
	assert.equal(p.requests().at(-1)?.method, "document.close");
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("a file that cannot be read any more is not signed", async () => {
	const p = await open();
	const h = host(p);
	p.window.Blob.prototype.arrayBuffer = () => Promise.reject(new Error("NotReadableError"));
	await p.post(request("sign", { documents: [{ name: "a.pdf", format: "pades", blob: blob(p, "uno") }] }));
	await h.serve();
	assert.equal(errorOf(p.last)?.data.code, "document.incomplete");
	p.end();
});

test("a worker that dies meanwhile is told, and the next signing begins anew", async () => {
	const p = await open();
	const h = host(p, { sign: () => undefined });
	const ask = request("sign", { documents: [{ name: "a.pdf", format: "pades", blob: blob(p, "uno") }] });
	await p.post(ask);
	await h.serve();
	p.port().drop();
	await until(() => p.last.id === "s");
	assert.equal(errorOf(p.last)?.data.code, "connector.lost");
	await p.post({ ...ask, id: "again" });
	await until(() => p.ports.length > 1 && p.requests().length > 0);
	assert.equal(p.requests().at(-1)?.method, "document.open");
	p.end();
});

test("what nobody thought of is an answer too", async () => {
	const p = await open();
	p.window.Blob.prototype.slice = () => {
		throw new Error("never seen");
	};
	const h = host(p);
	await p.post(request("sign", { documents: [{ name: "a.pdf", format: "pades", blob: blob(p, "uno") }] }));
	await h.serve();
	assert.equal(errorOf(p.last)?.data.code, "internal");
	p.end();
});

test("a signature is verified, a detached one with what it signs; no hand is needed", async () => {
	const p = await open();
	p.activate(false);
	const h = host(p);
	await p.post(request("document.verify", { name: "a.p7m", blob: blob(p, "firma") }));
	await h.serve();
	assert.deepEqual(h.calls.find((c) => c.method === "document.verify")?.params, {
		document: "0".repeat(32),
		name: "a.p7m",
	});
	assert.equal((p.last.result as { text: string }).text, "Firma valida.");
	const original = new p.window.File(["contenuto"], "a.txt");
	await p.post(request("document.verify", { blob: blob(p, "firma"), original }, "d"));
	await h.serve();
	const { params } = h.calls.filter((c) => c.method === "document.verify").at(-1) as Asked;
	assert.deepEqual(Object.keys(params), ["document", "name", "original"]);
	assert.equal(h.calls.find((c) => c.params.name === "a.txt")?.params.size, 9);
	assert.equal(h.files.size, 0);
	await p.post(request("document.verify", { content: "eA==" }, "e"));
	assert.equal(errorOf(p.last)?.data.code, "rpc.invalid");
	p.end();
});

test("a PDF to print crosses in pieces and is let go of; what is no Blob goes as it is", async () => {
	const p = await clinic();
	p.tell(status(on));
	const { serve, calls, files } = host(p, {
		print: ({ params }) => ({
			result: { jobs: (params.items as Params[]).map(() => ({ state: "failed", problem: fault("print.pdf_active") })) },
		}),
	});
	p.activate(true);
	const blob = new p.window.Blob(["%PDF-1.7 prova"], { type: "application/pdf" });
	const items = [
		{ kind: "document", blob, name: "lettera.pdf" },
		{ kind: "promemoria", nre: "0900A4123456789" },
	];
	void p.post({ raccordo: 1, kind: "request", id: "a", method: "print", params: { items } });
	await serve();
	const asked = calls.find(({ method }) => method === "print");
	const [first, second] = (asked?.params.items ?? []) as Params[];
	assert.deepEqual(Object.keys(first ?? {}).sort(), ["document", "kind", "name"]);
	assert.deepEqual(second, items[1]);
	assert.equal(asked?.gesture, true);
	assert.equal(files.size, 0);
	const { jobs } = p.last.result as { jobs: { problem: { text: string } }[] };
	assert.match(jobs[0]?.problem.text ?? "", /script, allegati o comandi/);
	p.end();
});

test("nothing is printed without a click", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.post({ raccordo: 1, kind: "request", id: "a", method: "print", params: { items: [] } });
	assert.equal((p.last.error as { data: { code: string } }).data.code, "gesture.required");
	assert.deepEqual(p.requests(), []);
	p.end();
});

test("a page is told what became of its sheets, and prints again by one click", async () => {
	const p = await clinic();
	p.tell(status(on));
	const told = {
		tone: "problem",
		title: "Stampa non riuscita: lettera.pdf",
		error: fault("print.refused"),
		again: ["7"],
	};
	p.port().say({ kind: "told", key: "print-failed", told });
	assert.match(p.text(TOASTS), /Stampa non riuscita: lettera\.pdf.*ha rifiutato o interrotto il lavoro/);
	await p.click(TOASTS, ".plain");
	assert.deepEqual(
		p.requests().map(({ method, params, gesture }) => [method, params, gesture]),
		[["print.again", { ids: ["7"] }, true]],
	);
	p.port().say({ kind: "told", key: "print-held", told: { tone: "problem", title: "Stampa in attesa: 2 stampe" } });
	assert.match(p.text(TOASTS), /2 stampe/);
	p.port().say({ kind: "told", key: "print-held" });
	assert.equal(p.text(TOASTS), "");
	p.end();
});
