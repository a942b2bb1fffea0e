// The shipped content script in a page: each control, and what it must never do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import { clinic, DOCTOR, impl, off, on, status } from "./clinic.ts";

const [BADGE, ENTRY, CHOOSER, SYNC, DATA, TOASTS] = [
	"raccordo-stato",
	"raccordo-accesso",
	"raccordo-scelta",
	"raccordo-sincronizza",
	"raccordo-dati",
	"raccordo-avvisi",
];
const CF = "BNCLCU50A41X002P";
const certificate = {
	fingerprint: "a".repeat(64),
	purpose: "auth",
	subject: "GIULIA VERDI",
	issuer: "CA",
	not_after: "2029-03-01T00:00:00Z",
} as const;
const signing = {
	...certificate,
	fingerprint: "b".repeat(64),
	purpose: "sign",
	usable: false,
	reason: "card.certificate_for_signing",
} as const;
const cards = {
	service: "running" as const,
	readers: [
		{
			name: "r",
			state: "card" as const,
			card: {
				atr: "3B",
				kind: "cns" as const,
				holder: { codice_fiscale: DOCTOR, name: "GIULIA VERDI" },
				certificates: [{ ...certificate, usable: true }, signing],
			},
		},
	],
};
const result = {
	synced_at: "2026-11-22T18:20:00+01:00",
	demographics: {
		...{
			codice_fiscale: CF,
			surname: "BIANCHI",
			name: "LUCIA",
			birth_date: "1950-01-01",
			birth_place: "PROVA",
			sex: "F",
		},
		...{
			address: "VIA GARIBALDI 12",
			town: "FIRENZE",
			province: "FI",
			cap: "50123",
			asl: "090201",
			doctor: DOCTOR,
			card_expiry: "2031-05-30",
		},
	},
	exemptions: [{ code: "E01", description: "Età maggiore di 65 anni", from: "2024-03-01" }],
	prescriptions: [],
	changes: [{ field: "address", page: "Via Cavour 3", region: "VIA GARIBALDI 12" }],
};
const blank = { codice_fiscale: "", surname: "", name: "", birth_date: "", birth_place: "", sex: "" };
const known = {
	demographics: {
		...blank,
		...{ address: "Via Cavour 3", town: "Firenze", province: "", cap: "", asl: "", doctor: "", card_expiry: "" },
	},
};

test("the entry stands between its neighbours, shaped like them", async () => {
	const p = await clinic();
	const items = [...p.document.querySelectorAll("#menu-utente-voci > li")];
	assert.deepEqual(
		items.map((li) => li.querySelector("a")?.textContent ?? li.firstElementChild?.localName),
		["profilo", "impostazioni", ENTRY, "guida", "esci"],
	);
	assert.deepEqual([items[2]?.className, items[2]?.getAttribute("role")], ["voce", "none"]);
	assert.equal(p.text(ENTRY), "Login Cloud regionale");
	assert.equal(p.root(ENTRY).querySelector("button")?.getAttribute("role"), "menuitem");
	assert.deepEqual([...new Set(p.modes)], ["closed"]);
	p.end();
});

test("fifty redraws leave one of each control, with its text", async () => {
	const p = await clinic();
	p.tell(status(on));
	for (let i = 0; i < 50; i++) await p.rerender();
	for (const name of [BADGE, ENTRY, SYNC, DATA]) assert.equal(p.document.querySelectorAll(name).length, 1, name);
	assert.equal(p.text(ENTRY), "Logout Cloud Regionale");
	assert.match(p.text(BADGE), /^Collegato – GIULIA VERDI · CNS/);
	assert.equal(p.document.querySelector(BADGE)?.nextElementSibling?.id, "menu-utente");
	p.end();
});

test("the badge follows link, card and session", async () => {
	const p = await clinic();
	const seen: (string | undefined)[] = [];
	const look = () => seen.push(`${p.state(BADGE)}: ${p.text(BADGE)}`);
	look();
	p.tell(undefined, { state: "down", error: fault("connector.missing") });
	look();
	p.tell(status());
	look();
	p.event("card.changed", cards);
	look();
	p.event("session.changed", { ...off, state: "connecting", step: "pin" });
	look();
	p.event("session.changed", { ...off, state: "stale", reason: "session.expired" });
	look();
	p.event("session.changed", { ...off, reason: "card.removed" });
	look();
	p.event("card.changed", { service: "running", readers: [{ name: "r", state: "empty" }] });
	look();
	p.event("card.changed", { service: "down", readers: [] });
	look();
	assert.match(p.text(TOASTS), /Smart card non disponibili.*servizio del PC/);
	p.event("card.changed", cards);
	assert.doesNotMatch(p.text(TOASTS), /Smart card/);
	assert.deepEqual(seen, [
		"starting: Raccordo: avvio…",
		"missing: Raccordo assente",
		"disconnected: Non collegato",
		"card: Carta: GIULIA VERDI",
		"connecting: Inserire il PIN nella finestra di Raccordo",
		"stale: Collegamento da ripristinare Il collegamento con la regione è scaduto.",
		"card: Carta: GIULIA VERDI",
		"disconnected: Non collegato La carta è stata estratta dal lettore.",
		"disconnected: Non collegato Il servizio del PC per le smart card non è attivo.",
	]);
	p.end();
});

test("login: the usable certificate is preselected, the doctor of the page is named, failure keeps the chooser", async () => {
	const p = await clinic();
	p.tell(status(off, cards));
	await p.click(ENTRY);
	assert.deepEqual(
		p.requests().map((r) => r.method),
		["card.list"],
	);
	await p.answer("card.list", { result: cards });
	assert.match(p.text(CHOOSER), /GIULIA VERDI.*Altri certificati sulla carta.*È il certificato di firma/);
	assert.equal(p.root(CHOOSER).querySelectorAll("input[type=radio]").length, 1);
	await p.click(CHOOSER, ".main");
	const login = p.requests().at(-1);
	assert.deepEqual(login?.params, { via: "card", certificate: certificate.fingerprint, doctor: DOCTOR });
	assert.equal(login?.gesture, true);
	const wrong = fault("card.pin_wrong");
	await p.answer("session.login", { error: { ...wrong, data: { ...wrong.data, attempts_left: 1, final_try: true } } });
	assert.match(p.text(CHOOSER), /PIN errato\..*ultimo tentativo prima del blocco/);
	await p.click(CHOOSER, ".main");
	await p.answer("session.login", { result: on });
	assert.equal(p.document.querySelector(CHOOSER), null);
	p.end();
});

test("a failure of a card that is gone is not told beside its absence", async () => {
	const p = await clinic();
	p.tell(status(off, cards));
	await p.click(ENTRY);
	await p.answer("card.list", { result: cards });
	await p.click(CHOOSER, ".main");
	const locked = fault("card.pin_locked");
	await p.answer("session.login", { error: { ...locked, data: { ...locked.data, attempts_left: 0 } } });
	assert.match(p.text(CHOOSER), /PIN della carta è bloccato/);
	assert.doesNotMatch(p.text(CHOOSER), /Restano/);
	p.event("card.changed", { service: "running", readers: [{ name: "r", state: "empty" }] });
	assert.match(p.text(CHOOSER), /Nessuna carta nel lettore/);
	assert.doesNotMatch(p.text(CHOOSER), /bloccato/);
	p.end();
});

test("the badge is a named button in a live region, its panel a named dialog", async () => {
	const p = await clinic();
	p.tell(status());
	const button = p.root(BADGE).querySelector("button");
	assert.equal(button?.textContent, "Non collegato");
	assert.equal(button?.querySelector("[role]"), null);
	assert.ok(button?.closest("[role=status]"));
	const panel = p.root(BADGE).querySelector("[role=dialog]");
	assert.equal(panel?.getAttribute("aria-labelledby"), "t");
	p.end();
});

test("login without a card says what to do, and goes on when the card comes", async () => {
	const p = await clinic();
	const empty = { service: "running" as const, readers: [{ name: "r", state: "empty" as const }] };
	p.tell(status(off, empty));
	await p.click(ENTRY);
	await p.answer("card.list", { result: empty });
	assert.match(p.text(CHOOSER), /Nessuna carta nel lettore\. ?Inserire la carta nel lettore\./);
	p.event("card.changed", cards);
	assert.doesNotMatch(p.text(CHOOSER), /Nessuna carta/);
	assert.match(p.text(CHOOSER), /GIULIA VERDI/);
	p.end();
});

test("logout is asked once, however often it is clicked", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(ENTRY);
	await p.click(ENTRY);
	assert.deepEqual(
		p.requests().map((r) => r.method),
		["session.logout"],
	);
	assert.equal(p.text(ENTRY), "Disconnessione in corso…");
	p.event("session.changed", off);
	await p.answer("session.logout", { result: off });
	assert.equal(p.text(ENTRY), "Login Cloud regionale");
	assert.match(p.text(TOASTS), /Disconnesso dalla regione/);
	p.end();
});

test("sync: busy, then the time of the click and the region's data, with nothing typed into the page", async () => {
	const p = await clinic();
	p.tell(status(on));
	assert.equal(p.text(SYNC), "Data ultima sincronizzazione: -");
	assert.equal(p.root(SYNC).querySelector("button")?.getAttribute("aria-label"), "Sincronizza con la regione");
	const before = p.document.querySelector("section")?.innerHTML.replace(/<raccordo.*?<\/raccordo[^>]*>/gs, "");
	const values = () => [...p.document.querySelectorAll("input")].map((i) => i.value);
	await p.click(SYNC);
	await p.click(SYNC);
	assert.equal(p.state(SYNC), "busy");
	assert.deepEqual(
		p.requests().map((r) => [r.method, r.params]),
		[["patient.sync", { codice_fiscale: CF, known }]],
	);
	await p.answer("patient.sync", { result });
	assert.equal(p.state(SYNC), "done");
	assert.match(p.text(SYNC), /^Data ultima sincronizzazione: \d\d\/\d\d\/\d{4} \d\d:\d\d$/);
	assert.match(p.text(DATA), /E01.*Età maggiore di 65 anni.*senza scadenza/);
	assert.equal(p.root(DATA).querySelectorAll(".differs").length, 1);
	assert.deepEqual(values(), ["Via Cavour 3", "Firenze"]);
	assert.equal(p.document.querySelector("section")?.innerHTML.replace(/<raccordo.*?<\/raccordo[^>]*>/gs, ""), before);
	p.end();
});

test("sync that fails says why and what to do, and keeps the last good time", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(SYNC);
	await p.answer("patient.sync", { result });
	const good = p.text(SYNC);
	await p.click(SYNC);
	await p.answer("patient.sync", { error: fault("region.unavailable") });
	assert.equal(p.state(SYNC), "failed");
	assert.equal(p.text(SYNC), good);
	assert.match(p.text(DATA), /fuori servizio\. ?Riprovare tra qualche minuto/);
	p.end();
});

test("for a patient of another doctor the digits of the health card are asked for, and sent when a hand says so", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(SYNC);
	await p.answer("patient.sync", { error: fault("patient.not_yours") });
	const form = p.root(DATA).querySelector("form");
	const input = p.root(DATA).querySelector("input");
	assert.ok(form && input);
	assert.match(p.text(DATA), /un altro medico.*ultime 5 cifre/);
	input.value = "12345";
	assert.equal(form.checkValidity(), true);
	form.dispatchEvent(new p.window.Event("submit", { cancelable: true }));
	assert.equal(p.requests().length, 1);
	const event = impl(new p.window.Event("submit", { cancelable: true }));
	event.isTrusted = true;
	impl(form)._dispatch(event);
	assert.deepEqual(p.requests()[1]?.params, { codice_fiscale: CF, known, ts_last5: "12345" });
	await p.answer("patient.sync", { result });
	assert.equal(p.root(DATA).querySelector("form"), null);
	p.end();
});

test("the answer for a patient who is no longer there is not shown", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(SYNC);
	await p.rerender("RSSMRC82H15X003A");
	await p.answer("patient.sync", { result });
	assert.equal(p.text(SYNC), "Data ultima sincronizzazione: -");
	assert.equal(p.text(DATA), "");
	p.end();
});

test("clicks that no hand made do nothing", async () => {
	const p = await clinic();
	p.tell(status(on));
	for (const name of [ENTRY, SYNC]) p.root(name).querySelector("button")?.click();
	p.document.querySelector<HTMLElement>(SYNC)?.click();
	await p.rerender();
	assert.deepEqual(p.requests(), []);
	p.end();
});

test("a session that ends by itself is told with its remedy, and the toast goes when it is back", async () => {
	const p = await clinic();
	p.tell(status(on));
	p.event("session.changed", { ...off, reason: "card.removed" });
	assert.match(p.text(TOASTS), /Collegamento con la regione terminato.*estratta dal lettore.*Reinserire la carta/);
	p.event("session.changed", on);
	assert.equal(p.document.querySelector(TOASTS), null);
	p.tell(status(on), { state: "down", error: fault("connector.lost") });
	assert.match(p.text(TOASTS), /Il connettore Raccordo si è interrotto\./);
	p.tell(status(on));
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("a worker put to sleep is woken; an extension that is gone takes its controls with it", async () => {
	const p = await clinic();
	p.port().drop();
	await new Promise((resolve) => setTimeout(resolve, 700));
	assert.equal(p.ports.length, 2);
	p.runtime.id = "";
	p.port().drop();
	await new Promise((resolve) => setTimeout(resolve, 700));
	for (const name of [BADGE, ENTRY, SYNC]) assert.equal(p.document.querySelector(name), null, name);
	assert.equal(p.document.querySelectorAll("#menu-utente-voci > li").length, 4);
	assert.match(p.text(TOASTS), /Ricaricare la pagina/);
	p.end();
});

test("on a page that no profile names, nothing happens", async () => {
	const p = await clinic(CF, "https://evil.example/");
	assert.equal(p.ports.length, 0);
	assert.equal(p.document.querySelector(BADGE), null);
	p.end();
});
