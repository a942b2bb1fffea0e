// A batch that the page sends: how far it is, "Interrompi", "Riprendi".
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import { clinic, on, status } from "./clinic.ts";

const TOASTS = "raccordo-avvisi";
const r = (client_id: string, state: string) => ({ client_id, state, warnings: [], errors: [] });

async function sending() {
	const p = await clinic();
	p.tell(status(on));
	p.activate(true);
	await p.post({ raccordo: 1, kind: "request", id: "s", method: "prescription.send", params: { prescriptions: [] } });
	const progress = (done: number, total: number) => p.event("batch.progress", { done, total, result: r("1", "sent") });
	const asked = () => p.requests().map((q) => q.method);
	const bar = () => p.root(TOASTS).querySelector("progress");
	return { ...p, progress, asked, bar };
}

test("the bar counts in place: its button keeps the focus", async () => {
	const p = await sending();
	p.progress(1, 3);
	const [bar, button] = [p.bar(), p.root(TOASTS).querySelector(".plain")];
	p.progress(2, 3);
	assert.equal(p.bar(), bar);
	assert.equal(p.root(TOASTS).querySelector(".plain"), button);
	assert.deepEqual([bar?.value, bar?.max], [2, 3]);
	assert.match(p.text(TOASTS), /Elaborazione delle ricette 2 di 3 Interrompi/);
	await p.answer("prescription.send", { result: { results: [r("1", "sent"), r("2", "sent"), r("3", "queued")] } });
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("one prescription alone, or somebody else's batch, shows no bar", async () => {
	const p = await sending();
	p.progress(1, 1);
	assert.equal(p.bar(), null);
	await p.answer("prescription.send", { result: { results: [r("1", "sent")] } });
	p.progress(1, 5);
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("Interrompi stops, Riprendi goes on with what did not leave", async () => {
	const p = await sending();
	p.progress(1, 3);
	await p.click(TOASTS, ".plain");
	assert.deepEqual(p.asked(), ["prescription.send", "batch.stop"]);
	assert.match(p.text(TOASTS), /Interruzione in corso….*viene portata a termine/);
	p.progress(2, 3);
	assert.match(p.text(TOASTS), /Interruzione in corso…/);
	await p.answer("prescription.send", { result: { results: [r("1", "sent"), r("2", "refused"), r("3", "draft")] } });
	assert.match(p.text(TOASTS), /Elaborazione interrotta 2 ricette elaborate, 1 non inviata\. Riprendi/);
	await p.click(TOASTS, ".plain");
	const retry = p.requests().at(-1);
	assert.deepEqual([retry?.method, retry?.params, retry?.gesture], ["outbox.retry", { client_ids: ["3"] }, true]);
	await p.answer("outbox.retry", { error: fault("session.none") });
	assert.match(p.text(TOASTS), /Elaborazione non ripresa/);
	p.end();
});

test("the page's own stop is a stop too; without a batch it is nothing", async () => {
	const p = await sending();
	await p.post({ raccordo: 1, kind: "request", id: "x", method: "batch.stop", params: {} });
	assert.match(p.text(TOASTS), /Interruzione in corso…/);
	await p.answer("prescription.send", { result: { results: [r("1", "draft")] } });
	assert.match(p.text(TOASTS), /0 ricette elaborate, 1 non inviata/);
	await p.click(TOASTS, ".x");
	await p.post({ raccordo: 1, kind: "request", id: "y", method: "batch.stop", params: {} });
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("a batch that fails leaves no bar behind", async () => {
	const p = await sending();
	p.progress(1, 3);
	await p.answer("prescription.send", { error: fault("connector.lost") });
	assert.equal(p.bar()?.isConnected ?? false, false);
	p.end();
});
