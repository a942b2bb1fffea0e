// Sheets between pages, popup and host: who may ask what, and who is told what.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../src/background/answer.ts";
import { Hub } from "../src/background/hub.ts";
import { Login } from "../src/background/login.ts";
import { fault } from "../src/fault.ts";
import { errors } from "../src/texts/it.ts";
import type { PrintJob, Status } from "../src/wire.gen.ts";
import { status } from "./clinic.ts";
import { FakePort, settle } from "./fake-port.ts";
import { FakeWindow } from "./fake-window.ts";

const [HERE, THERE] = ["https://clinica-demo.localhost:8443", "https://altra.example"];
const held: Partial<PrintJob> = { id: "1", title: "Promemoria 1", state: "held", problem: fault("print.paper_out") };

async function setup(now: Status = status()) {
	const lists: Record<string, Partial<PrintJob>[]> = {};
	const asked: [string, unknown][] = [];
	let slow: Promise<void> | undefined;
	const host: Host = {
		start: async () => undefined,
		stop: () => undefined,
		request: async (method, _params, caller) => {
			if (method === "status") return now as never;
			asked.push([method, caller?.origin]);
			await slow;
			return { jobs: lists[caller?.origin ?? ""] ?? [] } as never;
		},
	};
	const hub = new Hub(host, new Login(host, new FakeWindow()), {
		...{ texts: errors, version: "9", onState: () => undefined },
	});
	hub.link({ state: "up" });
	const open = async (origin?: string) => {
		const port = new FakePort("page");
		hub.add(port.asPort(), origin);
		await settle();
		return port;
	};
	const ask = async (port: FakePort, method: string) => {
		port.say({ kind: "request", id: method, method, params: {}, gesture: true });
		await settle();
		const answer = port.sent.findLast((m) => (m as { kind: string }).kind === "response");
		return (answer as { error?: { data: { code: string } } }).error?.data.code ?? "ok";
	};
	const changed = async () => {
		hub.event("print.changed", { waiting: 1, held: 1 });
		await settle();
	};
	const wait = () => {
		let go = (): void => undefined;
		slow = new Promise((resolve) => {
			go = () => {
				slow = undefined;
				resolve();
			};
		});
		return () => {
			go();
			return settle();
		};
	};
	return { open, ask, changed, lists, asked, wait };
}

const told = (port: FakePort) =>
	(port.sent as { kind: string; key?: string; told?: { title: string } }[])
		.filter((m) => m.kind === "told")
		.map((m) => `${m.key} ${m.told?.title ?? ""}`.trim());

test("a page prints and does not choose printers; the extension's own pages do", async () => {
	const t = await setup();
	const [page, own] = [await t.open(HERE), await t.open()];
	for (const method of ["print", "print.list", "print.cancel", "print.again", "print.preview"])
		assert.equal(await t.ask(page, method), "ok", method);
	for (const method of ["printer.list", "printer.configure"]) {
		assert.equal(await t.ask(page, method), "origin.denied");
		assert.equal(await t.ask(own, method), "ok");
	}
	assert.equal(await t.ask(own, "prescription.promemoria"), "origin.denied");
});

test("each page is told of its own sheets only", async () => {
	const t = await setup();
	const [here, also, there, own] = [await t.open(HERE), await t.open(HERE), await t.open(THERE), await t.open()];
	t.lists[HERE] = [held];
	await t.changed();
	for (const page of [here, also]) assert.deepEqual(told(page), ["print-held Stampa in attesa: Promemoria 1"]);
	for (const page of [there, own]) assert.deepEqual(told(page), []);
	assert.deepEqual(t.asked, [
		["print.list", HERE],
		["print.list", THERE],
	]);
	t.lists[HERE] = [{ ...held, state: "printed", problem: undefined } as never];
	await t.changed();
	assert.deepEqual(told(here).slice(1), ["print-held", "print-done Stampa ripresa: Promemoria 1"]);
});

test("what stood still before the page came is no news", async () => {
	const t = await setup(status(undefined, undefined, { printing: { waiting: 0, held: 1 } }));
	t.lists[HERE] = [held];
	const page = await t.open(HERE);
	await t.changed();
	assert.deepEqual(told(page), []);
	t.lists[HERE] = [held, { ...held, id: "2", title: "Promemoria 2" }];
	await t.changed();
	assert.deepEqual(told(page), ["print-held Stampa in attesa: 2 stampe"]);
});

test("a hundred events make two questions", async () => {
	const t = await setup();
	await t.open(HERE);
	const go = t.wait();
	for (let i = 0; i < 100; i++) await t.changed();
	await go();
	assert.equal(t.asked.length, 2);
});

test("a page that has gone asks nothing any more", async () => {
	const t = await setup();
	const page = await t.open(HERE);
	await t.open();
	page.drop();
	await t.changed();
	assert.deepEqual(t.asked, []);
});
