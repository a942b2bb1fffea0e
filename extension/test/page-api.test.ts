// The API for the clinical application: who is heard, what is let through, what comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import { clinic, on, status } from "./clinic.ts";

const ask = (id: string, method: string, params: unknown = {}) => ({
	raccordo: 1,
	kind: "request",
	id,
	method,
	params,
});
type Answer = { kind: string; id?: string; error?: { data: { code: string }; text: string; remedy: string } };
const answers = (heard: Record<string, unknown>[]) => heard.filter((m) => m.kind === "response") as unknown as Answer[];

test("it is ready at load and after each ping", async () => {
	const p = await clinic();
	await p.post({ raccordo: 1, kind: "ping" });
	assert.deepEqual(p.heard, Array(2).fill({ raccordo: 1, kind: "ready", version: "9" }));
	p.end();
});

test("only this window at its own origin is heard", async () => {
	const p = await clinic();
	await p.post(ask("1", "status"), { origin: "https://evil.example" });
	await p.post(ask("2", "status"), { source: null });
	await p.post({ ...ask("3", "status"), raccordo: 2 });
	await p.post({ ...ask("4", "status"), id: 4 });
	await p.post(ask("x".repeat(65), "status"));
	assert.deepEqual(p.requests(), []);
	await p.post(ask("5", "status"));
	assert.equal(p.requests().length, 1);
	p.end();
});

test("results and errors come back under the page's id, errors with text and remedy", async () => {
	const p = await clinic();
	await p.post(ask("a", "status"));
	await p.answer("status", { result: status(on) });
	await p.post(ask("b", "prescription.view", { nre: "x" }));
	await p.answer("prescription.view", { error: fault("prescription.not_found") });
	assert.deepEqual(p.heard.at(-2), {
		raccordo: 1,
		kind: "response",
		id: "a",
		result: JSON.parse(JSON.stringify(status(on))),
	});
	const [, b] = answers(p.heard);
	assert.deepEqual(
		[b?.id, b?.error?.data.code, b?.error?.text],
		["b", "prescription.not_found", "La regione non conosce questa ricetta."],
	);
	assert.ok(b?.error?.remedy);
	p.end();
});

test("methods that change something need the user's hand; others are not open at all", async () => {
	const p = await clinic();
	for (const method of [
		"prescription.send",
		"prescription.cancel",
		"patient.sync",
		"outbox.retry",
		"outbox.discard",
		"outbox.resolve",
		"substitution.declare",
		"session.login",
		"session.logout",
		"table.fetch",
		"card.list",
		"hello",
		"toString",
	]) {
		await p.post(ask(method, method));
	}
	assert.deepEqual(
		answers(p.heard).map((a) => [a.id, a.error?.data.code]),
		[
			["prescription.send", "gesture.required"],
			["prescription.cancel", "gesture.required"],
			["patient.sync", "gesture.required"],
			["outbox.retry", "gesture.required"],
			["outbox.discard", "gesture.required"],
			["outbox.resolve", "gesture.required"],
			["substitution.declare", "gesture.required"],
			["session.login", "origin.denied"],
			["session.logout", "origin.denied"],
			["table.fetch", "origin.denied"],
			["card.list", "origin.denied"],
			["hello", "origin.denied"],
			["toString", "origin.denied"],
		],
	);
	assert.deepEqual(p.requests(), []);
	p.activate(true);
	await p.post(ask("ok", "prescription.send", { prescriptions: [] }));
	assert.deepEqual(
		p.requests().map((r) => [r.method, r.gesture]),
		[["prescription.send", true]],
	);
	p.end();
});

test("floods and giants are refused in the page", async () => {
	const p = await clinic();
	await p.post(ask("big", "prescription.view", { nre: "x".repeat(900_001) }));
	await p.post(ask("list", "status", []));
	for (let i = 0; i < 40; i++) await p.post(ask(`n${i}`, "status"));
	const codes = answers(p.heard).map((a) => a.error?.data.code);
	assert.deepEqual(codes.slice(0, 2), ["frame.too_large", "rpc.invalid"]);
	assert.ok(codes.filter((c) => c === "rpc.too_many_requests").length >= 15);
	assert.ok(p.requests().length <= 25);
	p.end();
});

test("events reach the page", async () => {
	const p = await clinic();
	p.event("outbox.changed", { pending: 1, failed: 0 });
	assert.deepEqual(p.heard.at(-1), {
		raccordo: 1,
		kind: "event",
		method: "outbox.changed",
		params: { pending: 1, failed: 0 },
	});
	p.end();
});

test("a prescription that was not sent says why in Italian, in the answer and in the progress", async () => {
	const p = await clinic();
	const result = { client_id: "1", state: "queued", warnings: [], errors: [], problem: fault("region.unreachable") };
	const text = "I sistemi della regione non sono raggiungibili.";
	p.event("batch.progress", { done: 1, total: 1, result });
	const progress = p.heard.at(-1) as { params: { result: { problem: { text: string } } } };
	assert.equal(progress.params.result.problem.text, text);

	p.activate(true);
	await p.post(ask("s", "prescription.send", { prescriptions: [] }));
	await p.answer("prescription.send", { result: { results: [result] } });
	const answer = p.heard.at(-1) as { result: { results: { problem: { text: string; remedy: string } }[] } };
	assert.equal(answer.result.results[0]?.problem.text, text);
	assert.ok(answer.result.results[0]?.problem.remedy);
	p.end();
});

test("a page may look and stop without the user's hand", async () => {
	const p = await clinic();
	const open = ["prescription.list", "prescription.verify", "prescription.promemoria", "outbox.list", "batch.stop"];
	for (const method of [...open, "patient.history"]) await p.post(ask(method, method));
	assert.deepEqual(
		p.requests().map((r) => r.method),
		open, // and the history, which the harness hides
	);
	assert.deepEqual(answers(p.heard), []);
	p.end();
});

test("every entry of the outbox, and a history, says why in Italian", async () => {
	const p = await clinic();
	const entry = { id: "1", client_id: "1", state: "queued", problem: fault("region.unreachable") };
	await p.post(ask("l", "outbox.list"));
	await p.answer("outbox.list", { result: { entries: [entry, { ...entry, problem: undefined }] } });
	const list = p.heard.at(-1) as { result: { entries: { problem?: { text: string; remedy: string } }[] } };
	assert.deepEqual(
		list.result.entries.map((e) => e.problem?.text),
		["I sistemi della regione non sono raggiungibili.", undefined],
	);
	await p.post(ask("h", "patient.history", { codice_fiscale: "X" }));
	await p.answer("patient.history", { result: { problem: fault("region.unavailable") } });
	const history = p.heard.at(-1) as { result: { problem: { text: string } } };
	assert.match(history.result.problem.text, /fuori servizio/);
	p.end();
});
