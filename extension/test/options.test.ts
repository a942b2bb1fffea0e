// "Configurazione stampanti": lengths, where the print lies, and the cards and dialogs over a host played by the test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { fault } from "../src/fault.ts";
import { read, whole, written } from "../src/options/millimetres.ts";
import { Printers } from "../src/options/printers.ts";
import { type Chosen, describe, sheetOf } from "../src/options/sheet.ts";
import { State } from "../src/page/state.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import type { PrinterList, PrinterProfile } from "../src/wire.gen.ts";
import { impl, status } from "./clinic.ts";
import { settle } from "./fake-port.ts";

const lengths: [string, number | undefined][] = [
	["0", 0],
	["-0", 0],
	["5", 50],
	["5,0", 50],
	["-2,5", -25],
	["−2,5", -25],
	["+0.3", 3],
	[" 50 ", 500],
	["50,1", undefined],
	["1,25", undefined],
	["", undefined],
	["5,", undefined],
	["5 mm", undefined],
	["--5", undefined],
];
for (const [typed, tenths] of lengths)
	test(`"${typed}" is ${tenths} tenths of a millimetre`, () => {
		assert.equal(read(typed, -500, 500), tenths);
	});

test("lengths are written as they are read", () => {
	for (let tenths = -500; tenths <= 500; tenths++) assert.equal(read(written(tenths), -500, 500), tenths);
	assert.equal(written(-25), "−2,5");
	assert.deepEqual(
		["1", "9", "0", "10", "1,5", ""].map((text) => whole(text, 1, 9)),
		[1, 9, undefined, undefined, undefined, undefined],
	);
});

const settings = (more: Partial<Chosen>): Chosen => ({
	...{ kind: "promemoria", paper: "A4", orientation: "auto", copies: 1, offset_x: 0, offset_y: 0 },
	...more,
});

const sheets: [Partial<Chosen>, string][] = [
	[{}, "A4 verticale, 210 × 297 mm"],
	[{ paper: "A5" }, "A5 orizzontale, 210 × 148 mm"],
	[{ paper: "A5", orientation: "portrait" }, "A5 verticale, 148 × 210 mm, ridotto al 70 %"],
	[{ kind: "rossa", paper: "A5" }, "A5 verticale, 148 × 210 mm"],
	[{ kind: "rossa", paper: "A5", orientation: "landscape" }, "A5 orizzontale, 210 × 148 mm"],
	[{ kind: "rossa", paper: "A5", lying: true }, "A5 orizzontale, 210 × 148 mm"],
	[
		{ kind: "bianca", paper: "A5", offset_x: 5, offset_y: -3 },
		"A5 orizzontale, 210 × 148 mm, spostato di 0,5 mm a destra, 0,3 mm in alto",
	],
	[
		{ paper: "custom", width: 2000, height: 2500, scale: 100 },
		"Altra misura verticale, 200 × 250 mm, una parte resta fuori dal foglio",
	],
	[{ offset_x: -500 }, "A4 verticale, 210 × 297 mm, spostato di 50 mm a sinistra, una parte resta fuori dal foglio"],
	[{ kind: "bianca", scale: 120 }, "A4 verticale, 210 × 297 mm, ingrandito al 120 %, una parte resta fuori dal foglio"],
];
for (const [more, words] of sheets)
	test(words, () => {
		assert.equal(describe(settings(more)), words);
	});

test("an offset moves the print and not the sheet", () => {
	const [before, after] = [sheetOf(settings({})), sheetOf(settings({ offset_x: 5, offset_y: -3 }))];
	assert.equal(after.content.x - before.content.x, 5);
	assert.equal(after.content.y - before.content.y, -3);
	assert.deepEqual([after.width, after.height], [before.width, before.height]);
});

const { window } = new JSDOM("", { pretendToBeVisual: true });
const { document } = window;
Object.assign(globalThis, { document, HTMLElement: window.HTMLElement });
window.HTMLDialogElement.prototype.showModal = function () {
	this.open = true;
};
window.HTMLDialogElement.prototype.close = function () {
	this.open = false;
	this.dispatchEvent(new window.Event("close"));
};

const profile = (kind: PrinterProfile["kind"], more: Partial<PrinterProfile> = {}): PrinterProfile => ({
	...{ ...settings({ kind, paper: "A5" }), printer: "P", ready: true },
	...more,
});
const list = (...profiles: PrinterProfile[]): PrinterList => ({
	spooler: "cups",
	printers: [
		{ name: "P", state: "idle", accepting: true, papers: [], trays: [{ id: "t1", name: "Vassoio 1" }] },
		{ name: "Q", state: "stopped", accepting: true, problem: "print.printer_stopped", papers: [], trays: [] },
	],
	profiles,
});

async function page(now: PrinterList) {
	const state = new State();
	const link = { state: "up" } as const;
	state.receive({ kind: "texts", texts: errors, version: "9" });
	state.receive({ kind: "state", link, status: status(), summary: summary(link, status()) });
	const calls: [string, unknown, boolean][] = [];
	let answer: unknown;
	const client = {
		request: async (method: string, params: unknown, gesture: boolean) => {
			if (method === "printer.list") return { ok: true, result: now };
			calls.push([method, params, gesture]);
			return answer ?? { ok: true, result: now };
		},
	};
	const printers = new Printers(state, client as never);
	document.body.replaceChildren(printers.element);
	await printers.read();
	const trusted = async (target: Element | null | undefined, type: string) => {
		assert.ok(target, type);
		const event = impl(new window.Event(type, { bubbles: true, cancelable: true }));
		event.isTrusted = true;
		impl(target)._dispatch(event);
		await settle();
	};
	const press = (words: string) =>
		trusted(
			[...document.querySelectorAll("button")].find((b) => (b.getAttribute("aria-label") ?? b.textContent) === words),
			"click",
		);
	const type = (id: string, text: string) => {
		const field = document.getElementById(id) as HTMLInputElement;
		field.value = text;
		return trusted(field, "input");
	};
	return {
		calls,
		press,
		type,
		submit: () => trusted(document.querySelector("form"), "submit"),
		text: () => document.body.textContent ?? "",
		read: (next: PrinterList) => {
			now = next;
			return printers.read();
		},
		answers: (outcome: unknown) => {
			answer = outcome;
		},
	};
}

const ROSSA = "Rosse cartacee (Modulo SSN)";

test("a card says how its printer stands; a list that has not changed leaves it alone", async () => {
	const t = await page(
		list(profile("rossa"), profile("bianca", { printer: "", ready: false, problem: fault("print.no_printer") })),
	);
	const cards = [...document.querySelectorAll<HTMLElement>(".card")];
	assert.deepEqual(
		cards.map((card) => [card.dataset.kind, card.dataset.state]),
		[
			["rossa", "ready"],
			["bianca", "unset"],
		],
	);
	const facts = document.querySelector(".facts .printer");
	await t.read(
		list(profile("rossa"), profile("bianca", { printer: "", ready: false, problem: fault("print.no_printer") })),
	);
	assert.equal(document.querySelector(".facts .printer"), facts);
	await t.read(list(profile("rossa", { printer: "Q", ready: false, problem: fault("print.printer_stopped") })));
	assert.match(t.text(), /Da sistemareQ.*La stampante è in pausa\./);
});

test("Imposta keeps the settings and drops a tray that the new printer does not have", async () => {
	const t = await page(list(profile("rossa", { tray: "t1", offset_x: 5 })));
	await t.press(`Imposta: ${ROSSA}`);
	assert.match(t.text(), /Qin pausaLa stampante è in pausa\./);
	(document.querySelector('input[value="Q"]') as HTMLInputElement).checked = true;
	await t.submit();
	assert.deepEqual(t.calls, [
		[
			"printer.configure",
			{ settings: { ...settings({ kind: "rossa", paper: "A5", offset_x: 5 }), printer: "Q" } },
			true,
		],
	]);
	assert.equal(document.querySelector("dialog"), null);
});

test("Configura sends what was typed, and nothing while something is wrong", async () => {
	const t = await page(list(profile("rossa")));
	await t.press(`Configura: ${ROSSA}`);
	await t.type("offset_x", "2,55");
	await t.submit();
	assert.deepEqual(t.calls, []);
	assert.match(t.text(), /Valore non valido/);
	assert.equal(document.activeElement?.id, "offset_x");
	await t.type("offset_x", "-2,5");
	assert.doesNotMatch(t.text(), /Valore non valido/);
	assert.match(document.querySelector("dialog svg")?.getAttribute("aria-label") ?? "", /spostato di 2,5 mm a sinistra/);
	await t.type("paper", "custom");
	await t.type("width", "150");
	await t.type("height", "20");
	await t.submit();
	assert.deepEqual(t.calls, []); // too low a sheet
	await t.type("height", "200");
	await t.type("tray", "t1");
	t.answers({ ok: false, error: fault("print.settings_locked") });
	await t.submit();
	const custom = { paper: "custom", width: 1500, height: 2000 } as const;
	const want = { ...settings({ kind: "rossa", ...custom, offset_x: -25, scale: 0, tray: "t1" }), printer: "P" };
	assert.deepEqual(t.calls, [["printer.configure", { settings: want }, true]]);
	assert.match(t.text(), /fissata dall'amministratore/);
});

test("what the administrator has set can not be typed", async () => {
	const t = await page(list(profile("rossa", { locked: ["offset_x", "tray"] })));
	await t.press(`Configura: ${ROSSA}`);
	const off = [...document.querySelectorAll<HTMLInputElement>(":disabled")].map(({ id }) => id);
	assert.deepEqual(off, ["tray", "offset_x"]);
	assert.match(document.getElementById("tray-locked")?.textContent ?? "", /Fissato dall'amministratore/);
});

test("a test page says what became of it", async () => {
	const t = await page(list(profile("rossa")));
	t.answers({ ok: true, result: { jobs: [{ state: "held", problem: fault("print.paper_out") }], accepted: 1 } });
	await t.press(`Stampa pagina di prova: ${ROSSA}`);
	assert.deepEqual(t.calls, [["print", { items: [{ kind: "test", profile: "rossa" }] }, true]]);
	assert.match(t.text(), /attende la stampante\.Manca la carta/);
});
