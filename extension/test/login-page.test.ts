// The ways into the region, and out, as the page offers them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import type { CardList, Region, Session } from "../src/wire.gen.ts";
import { clinic, DOCTOR, off, on, status } from "./clinic.ts";

const [BADGE, ENTRY, CHOOSER, SYNC, TOASTS] = [
	"raccordo-stato",
	"raccordo-accesso",
	"raccordo-scelta",
	"raccordo-sincronizza",
	"raccordo-avvisi",
];
const print = "a".repeat(64);
const inserted: CardList = {
	service: "running",
	readers: [
		{
			name: "r",
			state: "card",
			card: {
				atr: "3B",
				kind: "cns",
				holder: { codice_fiscale: DOCTOR, name: "GIULIA VERDI" },
				certificates: [
					{
						fingerprint: print,
						purpose: "auth",
						subject: "GIULIA VERDI",
						issuer: "CA",
						not_after: "2029-03-01T00:00:00Z",
						usable: true,
					},
				],
			},
		},
	],
};
const empty: CardList = { service: "running", readers: [{ name: "r", state: "empty" }] };
const region = (ways: Partial<Region>): Region => ({ id: "r", name: "R", card: true, ...ways });
const both = region({ cloud: "oidc", cloud_card: true });
const cloudOnly = region({ card: false, cloud: "oidc", cloud_card: true });
const user = { doctor: DOCTOR };
const waiting: Session = { ...off, state: "connecting", step: "browser", via: "cloud" };
const expired: Session = { ...off, state: "stale", via: "cloud", reason: "session.login_needed", repair: "login" };

type Clinic = Awaited<ReturnType<typeof clinic>>;
const logins = (p: Clinic) =>
	p
		.requests()
		.filter((r) => r.method === "session.login")
		.map((r) => [r.params, r.gesture]);
const buttons = (p: Clinic, name: string) =>
	[...p.root(name).querySelectorAll<HTMLButtonElement>(".row button")]
		.filter((b) => !b.hidden)
		.map((b) => b.textContent);

test("without a card one click asks for the region's page", async () => {
	for (const cloud of ["oidc", "id-sessione"] as const) {
		const p = await clinic();
		p.tell(status(off, empty, { region: region({ cloud }) }));
		await p.click(ENTRY);
		assert.deepEqual(logins(p), [[{ via: "cloud", ...user }, true]]);
		assert.equal(p.document.querySelector(CHOOSER), null);
		p.end();
	}
});

test("a card that the region can not use is none", async () => {
	const p = await clinic();
	p.tell(status(off, inserted, { region: region({ card: false, cloud: "oidc" }) }));
	await p.click(ENTRY);
	assert.deepEqual(logins(p), [[{ via: "cloud", ...user }, true]]);
	p.end();
});

test("with a card the chooser offers the other way too, and a region without one does not", async () => {
	for (const [ways, label] of [
		[both, "Entra con SPID o CIE"],
		[region({ cloud: "id-sessione" }), "Usa un ID-SESSIONE"],
		[region({}), undefined],
	] as const) {
		const p = await clinic();
		p.tell(status(off, inserted, { region: ways }));
		await p.click(ENTRY);
		await p.answer("card.list", { result: inserted });
		assert.deepEqual(buttons(p, CHOOSER), ["Annulla", ...(label ? [label] : []), "Collega"]);
		if (label) await p.click(CHOOSER, ".row button:nth-child(2)");
		else await p.click(CHOOSER, ".main");
		const asked = label ? { via: "cloud" } : { via: "card", certificate: print };
		assert.deepEqual(logins(p), [[{ ...asked, ...user }, true]]);
		assert.equal(p.document.querySelector(CHOOSER) === null, label !== undefined);
		p.end();
	}
});

test("where the card works at the region's page only, the chooser says so and sends it there", async () => {
	const p = await clinic();
	p.tell(status(off, inserted, { region: cloudOnly }));
	await p.click(ENTRY);
	await p.answer("card.list", { result: inserted });
	assert.deepEqual(buttons(p, CHOOSER), ["Annulla", "Entra con SPID o CIE", "Usa la carta sulla pagina della regione"]);
	await p.click(CHOOSER, ".main");
	assert.deepEqual(logins(p), [[{ via: "cloud", certificate: print, ...user }, true]]);
	p.end();
});

test("a card that is being read is waited for, with the other way at hand", async () => {
	const p = await clinic();
	const reading: CardList = { service: "running", readers: [{ name: "r", state: "reading" }] };
	p.tell(status(off, reading, { region: both }));
	await p.click(ENTRY);
	await p.answer("card.list", { result: reading });
	assert.match(p.text(CHOOSER), /Lettura della carta…/);
	assert.deepEqual(buttons(p, CHOOSER), ["Annulla", "Entra con SPID o CIE"]);
	p.end();
});

test("while the region's page is open: what is waited for, the card as a short cut, and a way out", async () => {
	const p = await clinic();
	p.tell(status(off, empty, { region: both }));
	await p.click(ENTRY);
	p.event("session.changed", waiting);
	assert.equal(p.state(BADGE), "connecting");
	assert.match(p.text(BADGE), /^In attesa della pagina della regione…/);
	assert.deepEqual(buttons(p, BADGE), ["Annulla"]);
	p.event("card.changed", inserted);
	assert.deepEqual(buttons(p, BADGE), ["Usa la carta inserita", "Annulla"]);
	await p.click(BADGE, ".row button");
	assert.deepEqual(logins(p).at(-1), [{ via: "card", certificate: print, ...user }, true]);
	await p.click(BADGE, ".row button:last-child");
	assert.equal(p.requests().at(-1)?.method, "session.logout");
	p.event("session.changed", off);
	await p.answer("session.login", { error: fault("cancelled") });
	assert.deepEqual(buttons(p, BADGE), []);
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("the short cut goes to the region's page where the card works only there", async () => {
	const p = await clinic();
	p.tell(status(waiting, inserted, { region: cloudOnly }));
	await p.click(BADGE, ".row button");
	assert.deepEqual(logins(p), [[{ via: "cloud", certificate: print, ...user }, true]]);
	p.end();
});

test("a failure offers the way that may work now", async () => {
	const p = await clinic();
	p.tell(status(off, empty, { region: both }));
	await p.click(ENTRY);
	const down = fault("region.unavailable");
	await p.answer("session.login", { error: { ...down, data: { ...down.data, alternative: "card" } } });
	assert.match(p.text(TOASTS), /Collegamento non riuscito.*fuori servizio.*Usa la carta/);
	await p.click(TOASTS, ".plain");
	assert.equal(p.document.querySelector(TOASTS), null);
	await p.answer("card.list", { result: empty });
	assert.match(p.text(CHOOSER), /Nessuna carta nel lettore/);
	p.end();
});

test("a card login that fails after its chooser was closed offers SPID and CIE", async () => {
	const p = await clinic();
	p.tell(status(off, inserted, { region: both }));
	await p.click(ENTRY);
	await p.answer("card.list", { result: inserted });
	await p.click(CHOOSER, ".main");
	await p.click(CHOOSER, ".plain");
	const failed = fault("card.module_failed");
	await p.answer("session.login", { error: { ...failed, data: { ...failed.data, alternative: "cloud" } } });
	await p.click(TOASTS, ".plain");
	assert.deepEqual(logins(p).at(-1), [{ via: "cloud", ...user }, true]);
	p.end();
});

test("a stale session that needs the user asks again by the same way, with one click at either place", async () => {
	for (const via of ["cloud", "card"] as const) {
		const p = await clinic();
		p.tell(status({ ...expired, via }, inserted, { region: both }));
		assert.equal(p.text(ENTRY), "Ricollegati");
		assert.deepEqual(buttons(p, BADGE), ["Ricollegati"]);
		await p.click(BADGE, ".row button");
		await p.click(ENTRY);
		assert.deepEqual(logins(p), [
			[{ via, ...user }, true],
			[{ via, ...user }, true],
		]);
		p.end();
	}
});

test("a stale session that the agent mends says so and asks for nothing", async () => {
	const p = await clinic();
	p.tell(status({ ...expired, repair: "auto", reason: "session.lingering" }, empty, { region: both }));
	assert.match(p.text(BADGE), /^Ricollegamento in corso…/);
	assert.deepEqual([buttons(p, BADGE), p.text(ENTRY)], [[], "Logout Cloud Regionale"]);
	p.end();
});

test("the details say which way is active, until when and for whom, and the warnings once", async () => {
	const p = await clinic();
	const session: Session = {
		...on,
		via: "cloud",
		method: "SPID L2",
		level: "LoA3",
		expires_at: "2026-11-22T20:20:00Z",
		substitute_of: "NREPLA60A01X000Z",
	};
	const warnings = ["secret.no_keyring", "region.cipher_certificate_expiring", "secret.no_keyring"] as const;
	p.tell(status(session, empty, { warnings: [...warnings] }));
	p.openPanel();
	assert.match(p.text(BADGE), /Sostituto di NREPLA60A01X000Z Accesso con SPID L2, livello LoA3 .*22\/11\/2026 21:20/);
	const shown = [...p.root(BADGE).querySelectorAll<HTMLElement>(".warning")];
	assert.deepEqual(
		shown.map((w) => w.dataset.code),
		["secret.no_keyring", "region.cipher_certificate_expiring"],
	);
	assert.match(shown[0]?.textContent ?? "", /portachiavi.*assistenza informatica/);
	p.event("session.changed", { ...session, via: "card", method: "CNS", level: "LoA4" });
	assert.match(p.text(BADGE), /Accesso con la carta, livello LoA4/);
	p.event("session.changed", expired);
	const leave = [...p.root(BADGE).querySelectorAll("[role=dialog] button")].map((b) => b.textContent);
	assert.deepEqual(leave, ["Logout Cloud Regionale", "Chiudi"]);
	p.end();
});

test("for a secretary or a nurse, or whoever the profile has no word for, there is no way in", async () => {
	for (const [word, shown] of [
		["medico", true],
		["", true],
		["segreteria", false],
		["infermiere", false],
		["tirocinante", false],
		["constructor", false],
	] as const) {
		const p = await clinic(undefined, undefined, `data-ruolo="${word}"`);
		p.tell(status(expired, inserted, { region: both }));
		assert.equal(p.document.querySelector(ENTRY) !== null, shown, word);
		assert.equal(p.document.querySelectorAll("#menu-utente-voci > li").length, shown ? 5 : 4);
		assert.deepEqual(buttons(p, BADGE), shown ? ["Ricollegati"] : []);
		p.end();
	}
});

test("the entry follows the role when the page changes its user without a reload", async () => {
	const p = await clinic(undefined, undefined, 'data-ruolo="segreteria"');
	p.tell(status(off, empty, { region: both }));
	const name = p.document.getElementById("menu-utente");
	name?.setAttribute("data-ruolo", "medico");
	await p.post({});
	assert.equal(p.text(ENTRY), "Login Cloud regionale");
	await p.click(ENTRY);
	assert.deepEqual(logins(p), [[{ via: "cloud", ...user, role: "doctor" }, true]]);
	name?.setAttribute("data-ruolo", "infermiere");
	await p.post({});
	assert.equal(p.document.querySelector(ENTRY), null);
	p.end();
});

test("a substitute logs in as himself, for the titolare", async () => {
	for (const [titolare, named] of [
		["NREPLA60A01X000Z", { substitute_of: "NREPLA60A01X000Z" }],
		[DOCTOR, {}],
		["", {}],
		["nonsense", {}],
	] as const) {
		const p = await clinic(undefined, undefined, `data-ruolo="medico" data-titolare="${titolare}"`);
		p.tell(status(off, empty, { region: both }));
		await p.click(ENTRY);
		assert.deepEqual(logins(p), [[{ via: "cloud", ...user, ...named, role: "doctor" }, true]]);
		p.end();
	}
});

test("a batch that waits says why and how to go on, and stops saying so when it does", async () => {
	const p = await clinic();
	const result = { client_id: "1", state: "queued", warnings: [], errors: [] };
	p.tell(status(on, empty, { region: both }));
	p.event("batch.progress", { done: 1, total: 3, result, paused: "session.login_needed" });
	const told = p.heard.at(-1);
	p.event("session.changed", expired);
	assert.match(p.text(TOASTS), /In pausa: Il collegamento con la regione è terminato.*riprende da solo/);
	assert.equal((told as { params: { text: string } }).params.text, p.errors["session.login_needed"].text);
	await p.click(TOASTS, ".plain");
	assert.deepEqual(logins(p), [[{ via: "cloud", ...user }, true]]);
	p.event("batch.progress", { done: 1, total: 3, result, paused: "region.unreachable" });
	p.event("session.changed", { ...expired, repair: "auto" });
	p.event("batch.progress", { done: 1, total: 3, result, paused: "region.unreachable" });
	assert.equal(p.root(TOASTS).querySelector(".plain"), null);
	p.event("batch.progress", { done: 2, total: 3, result });
	assert.equal(p.document.querySelector(TOASTS), null);
	assert.equal((p.heard.at(-1) as { params: { text?: string } }).params.text, undefined);
	p.end();
});

test("a batch that ends while it waits leaves no pause behind", async () => {
	const p = await clinic();
	p.tell(status(on));
	p.activate(true);
	await p.post({ raccordo: 1, kind: "request", id: "s", method: "prescription.send", params: { prescriptions: [] } });
	p.event("batch.progress", { done: 0, total: 1, result: {}, paused: "region.unavailable" });
	assert.match(p.text(TOASTS), /In pausa/);
	await p.answer("prescription.send", { error: fault("deadline") });
	assert.equal(p.document.querySelector(TOASTS), null);
	p.end();
});

test("logout of a region that is down says that it will be told", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(ENTRY);
	const ended: Session = { ...off, reason: "region.unreachable" };
	p.event("session.changed", ended);
	await p.answer("session.logout", { result: ended });
	assert.match(p.text(TOASTS), /^Scollegato su questo PC; la regione verrà avvisata appena risponde\./);
	assert.equal(p.text(ENTRY), "Login Cloud regionale");
	p.end();
});

test("after a logout the page forgets when and what was synchronised", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.answer("patient.history", { result: { synced_at: "2026-11-22T17:20:00Z" } });
	assert.equal(p.text(SYNC), "Data ultima sincronizzazione: 22/11/2026 18:20");
	p.port().say({ kind: "forget" });
	assert.equal(p.text(SYNC), "Data ultima sincronizzazione: -");
	p.end();
});

test("clicks that no hand made start nothing", async () => {
	const p = await clinic();
	p.tell(status(waiting, inserted, { region: both }));
	for (const b of p.root(BADGE).querySelectorAll<HTMLButtonElement>(".row button")) b.click();
	p.event("session.changed", expired);
	for (const b of p.root(BADGE).querySelectorAll<HTMLButtonElement>(".row button")) b.click();
	p.root(ENTRY).querySelector("button")?.click();
	const down = fault("region.unavailable");
	p.tell(status(off, empty, { region: both }));
	await p.click(ENTRY);
	await p.answer("session.login", { error: { ...down, data: { ...down.data, alternative: "cloud" } } });
	p.root(TOASTS).querySelector<HTMLButtonElement>(".plain")?.click();
	assert.equal(p.requests().length, 1);
	p.end();
});
