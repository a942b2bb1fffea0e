// What has not come out yet, in the popup.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { fault } from "../src/fault.ts";
import { State } from "../src/page/state.ts";
import { Prints } from "../src/popup/prints.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import type { PrintJob } from "../src/wire.gen.ts";
import { impl, status } from "./clinic.ts";
import { settle } from "./fake-port.ts";

const { window } = new JSDOM("");
const { document } = window;
Object.assign(globalThis, { document, HTMLElement: window.HTMLElement });

const job = (id: string, state: PrintJob["state"], more: Partial<PrintJob> = {}): PrintJob => ({
	...{ id, state, kind: "promemoria", profile: "promemoria", title: `Promemoria ${id}`, printer: "Laser", pages: 1 },
	...{ copies: 1, created_at: "", updated_at: "", ...more },
});

async function setup(...jobs: unknown[]) {
	const state = new State();
	const link = { state: "up" } as const;
	state.receive({ kind: "texts", texts: errors, version: "9" });
	state.receive({ kind: "state", link, status: status(), summary: summary(link, status()) });
	const calls: [string, unknown, boolean][] = [];
	let answer: unknown = { ok: true, result: { jobs: [] } };
	const client = {
		request: async (method: string, params: unknown, gesture: boolean) => {
			if (method === "print.list") return { ok: true, result: { jobs } };
			calls.push([method, params, gesture]);
			return answer;
		},
	};
	const prints = new Prints(state, client as never);
	document.body.replaceChildren(prints.element);
	await prints.read();
	const press = async (label: string) => {
		const target = document.querySelector(`[aria-label="${label}"]`);
		assert.ok(target, label);
		const event = impl(new window.Event("click", { bubbles: true }));
		event.isTrusted = true;
		impl(target)._dispatch(event);
		await settle();
	};
	return {
		prints,
		calls,
		press,
		text: () => (prints.element.hidden ? "" : (prints.element.textContent ?? "")),
		answers: (outcome: unknown, ...now: unknown[]) => {
			answer = outcome;
			jobs = now;
		},
	};
}

test("what has come out, was given up or is no job is not shown", async () => {
	const t = await setup(job("1", "printed"), job("2", "cancelled"), { nonsense: true });
	assert.equal(t.text(), "");
});

test("a sheet that waits says why, and can be given up", async () => {
	const t = await setup(job("1", "held", { problem: fault("print.paper_out"), copies: 2 }));
	assert.match(t.text(), /StampePromemoria 1In attesaLaser · 2 copieManca la carta.*Annulla/);
	t.answers({ ok: true, result: { jobs: [] } });
	await t.press("Annulla: Promemoria 1");
	assert.deepEqual(t.calls, [["print.cancel", { ids: ["1"] }, true]]);
	assert.equal(document.querySelectorAll("li").length, 0);
	assert.match(t.text(), /Stampa annullata\./);
});

test("one that failed is printed again, once", async () => {
	const failed = job("1", "failed", { problem: fault("print.refused") });
	const t = await setup(failed);
	t.answers({ ok: true, result: { jobs: [] } }, job("2", "accepted"), failed);
	await t.press("Stampa di nuovo: Promemoria 1");
	assert.deepEqual(t.calls, [["print.again", { ids: ["1"] }, true]]);
	assert.match(t.text(), /Promemoria 2/);
	assert.doesNotMatch(t.text(), /Promemoria 1/);
});

test("a failure to do so is said in its row", async () => {
	const held = job("1", "held", { problem: fault("print.offline") });
	const t = await setup(held);
	t.answers({ ok: false, error: fault("print.wrong_state") }, held);
	await t.press("Annulla: Promemoria 1");
	assert.match(t.text(), /Non è possibile in questo stato/);
});
