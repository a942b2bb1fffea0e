// What the background knows of a signing: who asked, how far it is, and what to do when he goes away.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../src/background/answer.ts";
import { Hub } from "../src/background/hub.ts";
import { Login } from "../src/background/login.ts";
import { errors } from "../src/texts/it.ts";
import { status } from "./clinic.ts";
import { FakePort, settle } from "./fake-port.ts";
import { FakeWindow } from "./fake-window.ts";

const ORIGIN = "https://clinica-demo.localhost:8443";
const HANDLE = "1".repeat(32);
const SIGNED = "2".repeat(32);

interface Call {
	method: string;
	params: unknown;
	caller: unknown;
	resolve(result: unknown): void;
}

async function setup() {
	const calls: Call[] = [];
	const host: Host = {
		start: async () => undefined,
		stop: () => undefined,
		request: (method, params, caller) =>
			method === "status"
				? Promise.resolve(status() as never)
				: new Promise((resolve) => calls.push({ method, params, caller, resolve: resolve as Call["resolve"] })),
	};
	const hub = new Hub(host, new Login(host, new FakeWindow()), {
		texts: errors,
		version: "9",
		onState: () => undefined,
	});
	hub.link({ state: "up" });
	const open = async (origin?: string) => {
		const port = new FakePort("page");
		hub.add(port.asPort(), origin);
		await settle();
		return port;
	};
	const page = await open(ORIGIN);
	const popup = await open();
	const say = async (port: FakePort, method: string, params: unknown = {}) => {
		port.say({ kind: "request", id: method, method, params, gesture: true });
		await settle();
	};
	const answer = async (method: string, result: unknown) => {
		calls.findLast((c) => c.method === method)?.resolve(result);
		await settle();
	};
	const asked = (method: string) => calls.filter((c) => c.method === method).map((c) => [c.params, c.caller]);
	return { hub, calls, open, page, popup, say, answer, asked };
}

const last = (port: FakePort, kind: string) =>
	port.sent.findLast((m) => (m as { kind: string }).kind === kind) as Record<string, unknown> | undefined;
const codeOf = (message: Record<string, unknown> | undefined) =>
	(message?.error as { data: { code: string } } | undefined)?.data.code;
const events = (port: FakePort) => port.sent.filter((m) => (m as { method?: string }).method === "sign.progress");
const documents = [{ document: HANDLE }, { document: HANDLE }];

test("the popup sees a signing from its beginning to its end; only the page that asked gets the progress", async () => {
	const t = await setup();
	const other = await t.open(ORIGIN);
	assert.equal(last(t.popup, "signing")?.signing, undefined);
	await t.say(t.page, "sign", { documents });
	assert.deepEqual(last(t.popup, "signing")?.signing, { done: 0, total: 2 });
	t.hub.event("sign.progress", { done: 1, total: 2, name: "a.pdf" });
	const late = await t.open();
	for (const popup of [t.popup, late])
		assert.deepEqual(last(popup, "signing")?.signing, { done: 1, total: 2, name: "a.pdf" });
	assert.deepEqual(
		[t.page, other, late].map(events).map((e) => e.length),
		[1, 0, 0],
	);
	assert.equal(last(t.page, "signing"), undefined);
	await t.answer("sign", { documents: [], signed: 0 });
	assert.equal(last(t.popup, "signing")?.signing, undefined);
});

test("the popup stops what is signed, in the name of the page, and nothing else", async () => {
	const t = await setup();
	await t.say(t.popup, "batch.stop");
	assert.equal(codeOf(last(t.popup, "response")), "cancelled");
	await t.say(t.page, "sign", { documents });
	await t.say(t.popup, "batch.stop");
	assert.deepEqual(t.asked("batch.stop"), [[{}, { origin: ORIGIN, gesture: true }]]);
});

test("a page that goes away leaves no document and no signing behind", async () => {
	const t = await setup();
	for (const name of ["a", "b"]) {
		await t.say(t.page, "document.open", { name, size: 1 });
		await t.answer("document.open", { document: name === "a" ? HANDLE : "3".repeat(32) });
	}
	await t.say(t.page, "document.close", { document: "3".repeat(32) });
	await t.answer("document.close", {});
	await t.say(t.page, "sign", { documents });
	t.page.drop();
	await settle();
	assert.deepEqual(t.asked("batch.stop"), [[{}, { origin: ORIGIN }]]);
	assert.deepEqual(t.asked("document.close").slice(1), [[{ document: HANDLE }, { origin: ORIGIN }]]);
	await t.answer("sign", { documents: [{ name: "a", document: SIGNED }, { name: "b" }], signed: 1 });
	assert.deepEqual(t.asked("document.close").at(-1), [{ document: SIGNED }, { origin: ORIGIN }]);
});

test("with another tab of the application open, its sending is not stopped", async () => {
	const t = await setup();
	await t.open(ORIGIN);
	await t.say(t.page, "sign", { documents });
	t.page.drop();
	await settle();
	assert.deepEqual(t.asked("batch.stop"), []);
});

test("the popup cannot sign, nor touch documents", async () => {
	const t = await setup();
	for (const method of ["sign", "document.verify", "document.open", "document.read"]) {
		await t.say(t.popup, method, { documents });
		assert.equal(codeOf(last(t.popup, "response")), "origin.denied");
	}
	assert.deepEqual(t.calls, []);
});
