// The prescriptions in charge, in the popup.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { fault } from "../src/fault.ts";
import type { Outcome } from "../src/page/client.ts";
import { State } from "../src/page/state.ts";
import { Outbox } from "../src/popup/outbox.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import type { OutboxEntry } from "../src/wire.gen.ts";
import { impl, on, status } from "./clinic.ts";
import { settle } from "./fake-port.ts";

const { window } = new JSDOM("");
const { document } = window;
Object.assign(globalThis, { document, HTMLElement: window.HTMLElement });

const NRE = "0900A4123456789";
const entry = (id: string, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
	...{ id, client_id: `c${id}`, state: "queued", warnings: [], errors: [], doctor: "D", since: "2026-11-22T17:20:00Z" },
	...{ updated_at: "", cognome_nome: "BIANCHI LUCIA", description: "RAMIPRIL", ...more },
});

function setup(...entries: unknown[]) {
	const told = status(on);
	const state = new State();
	const link = { state: "up" } as const;
	state.receive({ kind: "texts", texts: errors, version: "9" });
	state.receive({ kind: "state", link, status: told, summary: summary(link, told) });
	const calls: { method: string; params: unknown; gesture: boolean; answer(o: unknown): Promise<void> }[] = [];
	let list: unknown = { entries };
	const client = {
		request: (method: string, params: unknown, gesture: boolean) =>
			method === "outbox.list"
				? Promise.resolve({ ok: true, result: list } as Outcome<never>)
				: new Promise<Outcome<never>>((resolve) =>
						calls.push({
							...{ method, params, gesture },
							answer: (o) => {
								resolve(o as Outcome<never>);
								return settle();
							},
						}),
					),
	};
	const outbox = new Outbox(state, client as never);
	document.body.replaceChildren(outbox.element);
	const find = (words: string) =>
		[...outbox.element.querySelectorAll("button")].find(
			(b) => b.textContent === words && b.closest("[hidden]") === null,
		);
	const press = async (words: string, target: EventTarget | undefined = find(words), type = "click") => {
		assert.ok(target, words);
		const event = impl(new window.Event(type, { bubbles: true, cancelable: true }));
		event.isTrusted = true;
		impl(target)._dispatch(event);
		await settle();
	};
	const read = async (...now: unknown[]) => {
		list = { entries: now };
		await outbox.read();
	};
	const text = () => outbox.element.textContent?.replace(/\s+/g, " ") ?? "";
	return {
		state,
		outbox,
		calls,
		press,
		find,
		read,
		text,
		rows: () => [...outbox.element.querySelectorAll("li[data-state]")],
	};
}

test("each entry says whose it is, how it stands, why, and when it is tried again", async () => {
	const t = setup(
		entry("1", {
			problem: fault("region.unreachable"),
			next_attempt_at: "2026-11-22T17:35:00Z",
			nre: NRE,
			attempts: 2,
		}),
		entry("2", { state: "refused", errors: [{ text: "Nota mancante.", remedy: "Indicarla." }] }),
		entry("3", { state: "sent" }),
		{ nonsense: true },
	);
	await t.outbox.read();
	assert.deepEqual(
		t.rows().map((row) => (row as HTMLElement).dataset.state),
		["queued", "refused"],
	);
	assert.match(
		t.text(),
		/BIANCHI LUCIA ?In attesa di invio ?RAMIPRIL ?NRE 0900A4123456789 · In carico dal 22\/11\/2026 18:20 · 2 tentativi · Prossimo tentativo: 22\/11\/2026 18:35/,
	);
	assert.match(t.text(), /sistemi della regione non sono raggiungibili/);
	assert.match(t.text(), /Rifiutata.*Nota mancante\. ?Indicarla\..*Si corregge nel programma clinico/);
});

test("nothing in charge is said; a road that is down shows no list", async () => {
	const t = setup();
	await t.outbox.read();
	assert.match(t.text(), /Nessuna ricetta in carico\./);
	const error = fault("connector.lost");
	const link = { state: "down", error } as const;
	t.state.receive({ kind: "state", link, status: undefined, summary: summary(link, undefined) });
	await t.outbox.read();
	assert.equal(t.outbox.element.hidden, true);
});

test("Invia adesso asks once, by the user's hand, and says what came of it", async () => {
	const t = setup(entry("1"));
	await t.outbox.read();
	t.find("Invia adesso")?.click();
	assert.equal(t.calls.length, 0);
	await t.press("Invia adesso");
	assert.deepEqual(
		t.calls.map((c) => [c.method, c.params, c.gesture]),
		[["outbox.retry", { ids: ["1"] }, true]],
	);
	assert.match(t.text(), /In corso…/);
	assert.equal(t.find("Invia adesso"), undefined);
	await t.read(entry("1", { attempts: 1 })); // news meanwhile
	assert.match(t.text(), /In corso…/);
	await t.calls[0]?.answer({ ok: false, error: fault("session.none") });
	assert.match(t.text(), /Nessun collegamento|collegamento alla regione/);
	await t.press("Invia adesso");
	await t.read();
	await t.calls[1]?.answer({ ok: true, result: { entries: [entry("1", { state: "sent" })] } });
	assert.match(t.text(), /Ricetta trasmessa\./);
	assert.equal(t.rows().length, 0);
});

test("Scarta asks first, and warns where the region may have it", async () => {
	const t = setup(entry("1", { state: "unknown" }));
	await t.outbox.read();
	await t.press("Scarta");
	assert.match(t.text(), /Scartare questa ricetta\? ?Se la regione l'ha ricevuta/);
	await t.press("Indietro");
	assert.equal(t.calls.length, 0);
	assert.equal(document.activeElement?.textContent, "Scarta");
	await t.press("Scarta");
	await t.press("Sì, scarta");
	assert.deepEqual(t.calls[0]?.params, { ids: ["1"] });
	assert.equal(t.calls[0]?.method, "outbox.discard");
});

test("what the region cannot tell, the doctor says: there with its NRE, or not there", async () => {
	const undecided = entry("1", { state: "unknown", decide: true });
	const t = setup(undecided);
	await t.outbox.read();
	assert.match(t.text(), /Da decidere.*Risulta in Regione\?/);
	assert.equal(t.find("Invia adesso"), undefined);
	await t.press("Sì, c'è");
	const [input, form] = [t.outbox.element.querySelector("input"), t.outbox.element.querySelector("form")];
	assert.ok(input && form);
	assert.equal(document.activeElement, input);
	input.value = "0900A4";
	await t.read(entry("1", { state: "unknown", decide: true, attempts: 3 })); // does not take it out of the doctor's hands
	assert.equal(t.outbox.element.querySelector("input"), input);
	await t.press("", form, "submit");
	assert.match(t.text(), /L'NRE ha 15 caratteri/);
	assert.equal(input.getAttribute("aria-invalid"), "true");
	input.value = " 0900a4 123456789";
	await t.press("", form, "submit");
	assert.deepEqual(t.calls[0]?.params, { id: "1", decision: "present", nre: NRE });
	await t.calls[0]?.answer({ ok: false, error: fault("prescription.not_found") });
	assert.match(t.text(), /non conosce questa ricetta/);
	await t.press("No, non c'è");
	assert.deepEqual(t.calls[1]?.params, { id: "1", decision: "absent" });
});
