import assert from "node:assert/strict";
import { test } from "node:test";
import { disconnectCode } from "../src/background/disconnect.ts";
import { pageOrigin } from "../src/background/sender.ts";
import { dateTime, day, since } from "../src/clock.ts";
import { offer } from "../src/page/certificates.ts";
import { RateLimit } from "../src/page/rate-limit.ts";
import type { Snapshot } from "../src/page/state.ts";
import { news } from "../src/page/toasts.ts";
import { matches } from "../src/site/match.ts";
import { sites } from "../src/site/sites.ts";
import { summary } from "../src/summary.ts";
import type { Card, CardList, Certificate, Reader, Status } from "../src/wire.gen.ts";

const [site] = sites;
assert.ok(site);

test("dates are Italian and of Rome, summer time included", () => {
	assert.equal(dateTime("2026-11-22T17:20:00Z"), "22/11/2026 18:20");
	assert.equal(dateTime("2026-07-01T22:30:00Z"), "02/07/2026 00:30");
	assert.equal(dateTime("nonsense"), "");
	assert.equal(day("2027-03-31"), "31/03/2027");
	assert.equal(day(undefined), "");
	assert.equal(since("2026-11-22T17:20:00Z", new Date("2026-11-22T20:00:00Z")), "18:20");
	assert.equal(since("2026-11-22T17:20:00Z", new Date("2026-11-23T08:00:00Z")), "18:20 del 22/11/2026");
});

test("why the browser dropped the port", () => {
	for (const [words, code] of [
		["Specified native messaging host not found.", "connector.missing"],
		["No such native application it.raccordo.host", "connector.missing"],
		["Access to the specified native messaging host is forbidden.", "connector.forbidden"],
		["Native host has exited.", "connector.lost"],
		[undefined, "connector.lost"],
	] as const) {
		assert.equal(disconnectCode(words), code);
	}
});

test("match patterns mean what browsers mean", () => {
	assert.ok(matches(site, "https://clinica-demo.localhost:8443/#/pazienti"));
	assert.ok(matches(site, "https://clinica-demo.localhost/a/b?c"));
	for (const other of [
		"http://clinica-demo.localhost/",
		"https://clinica-demo.localhost.evil.example/",
		"https://x.clinica-demo.localhost/",
	]) {
		assert.equal(matches(site, other), false, other);
	}
	const deep = { ...site, matches: ["https://a.example/app/*"] };
	assert.ok(matches(deep, "https://a.example/app/x"));
	assert.equal(matches(deep, "https://a.example/other"), false);
});

test("only the top frame of an allowed page, with our own script, has an origin", () => {
	const good = {
		id: "me",
		frameId: 0,
		url: "https://clinica-demo.localhost:8443/#/x",
		origin: "https://clinica-demo.localhost:8443",
	};
	assert.equal(pageOrigin(good, "me", sites), "https://clinica-demo.localhost:8443");
	for (const bad of [
		{ ...good, id: "other" },
		{ ...good, frameId: 3 },
		{ ...good, url: "https://evil.example/" },
		{ ...good, origin: "https://evil.example" },
		undefined,
	]) {
		assert.equal(pageOrigin(bad, "me", sites), undefined);
	}
});

test("a token bucket fills again", () => {
	let now = 0;
	const limit = new RateLimit({ burst: 2, perSecond: 1 }, () => now);
	assert.deepEqual([limit.take(), limit.take(), limit.take()], [true, true, false]);
	now = 1000;
	assert.deepEqual([limit.take(), limit.take()], [true, false]);
});

const certificate = (fingerprint: string, more: Partial<Certificate> = {}): Certificate => ({
	fingerprint,
	purpose: "auth",
	subject: "GIULIA VERDI",
	issuer: "CA",
	not_after: "2029-03-01T00:00:00Z",
	usable: true,
	...more,
});
const cards = (state: Reader["state"], certificates?: Certificate[], problem?: "card.unknown"): CardList => ({
	service: "running",
	readers: [
		{
			name: "r",
			state,
			...(certificates ? { card: { atr: "3B", kind: "cns", certificates, ...(problem ? { problem } : {}) } } : {}),
		},
	],
});

test("the only usable certificate is preselected, as is the preferred of several", () => {
	const signing = certificate("s", { usable: false, reason: "card.certificate_for_signing" });
	const one = offer(cards("card", [certificate("a"), signing]));
	assert.deepEqual([one.preselected, one.usable.length, one.others.length, one.obstacle], ["a", 1, 1, undefined]);
	assert.equal(offer(cards("card", [certificate("a"), certificate("b")])).preselected, undefined);
	assert.equal(offer(cards("card", [certificate("a"), certificate("b", { preferred: true })])).preselected, "b");
});

test("what stands in the way is named", () => {
	const of = (list: CardList) => offer(list).obstacle;
	assert.equal(of({ service: "down", readers: [] }), "card.service_down");
	assert.equal(of({ service: "unsupported", readers: [] }), "unsupported");
	assert.equal(of({ service: "running", readers: [] }), "card.no_reader");
	assert.equal(of(cards("empty")), "card.none");
	assert.equal(of(cards("mute")), "card.mute");
	assert.equal(of(cards("reading")), "reading");
	assert.equal(of(cards("card", [])), "card.no_certificate");
	assert.equal(of(cards("card", [], "card.unknown")), "card.unknown");
	const signing = certificate("s", { usable: false, reason: "card.certificate_for_signing" });
	const old = certificate("o", { usable: false, reason: "card.certificate_expired" });
	assert.equal(of(cards("card", [signing, old])), "card.certificate_expired");
	assert.equal(of(cards("card", [signing])), "card.no_certificate");
});

const inReader = (name: string, more: Partial<Card>): Reader => ({
	name,
	state: "card",
	card: { atr: "3B", kind: "cns", certificates: [certificate(name)], ...more },
});
const holder = (codice_fiscale: string) => ({ holder: { codice_fiscale, name: codice_fiscale } });

test("a patient's card in the second reader is never offered, another doctor's only when the page names nobody", () => {
	const patient = inReader("m", { ...holder("MANCINI"), kind: "ts_cns", role: "patient" });
	const [mine, other] = [inReader("v", holder("VERDI")), inReader("n", holder("NERI"))];
	const of = (readers: Reader[], doctor?: string) => offer({ service: "running", readers }, doctor);
	const names = (readers: Reader[], doctor?: string) => of(readers, doctor).usable.map((c) => c.fingerprint);
	assert.deepEqual(names([patient, mine]), ["v"]);
	assert.deepEqual(names([mine, other]), ["v", "n"]);
	assert.deepEqual(names([other, mine], "VERDI"), ["v"]);
	assert.deepEqual([names([other], "VERDI"), of([other], "VERDI").obstacle], [[], "session.wrong_doctor"]);
	assert.deepEqual(names([patient], "MANCINI"), ["m"]);
	assert.equal(of([patient]).obstacle, "session.wrong_doctor");
	const health = inReader("m", { ...holder("MANCINI"), kind: "ts_cns" });
	assert.deepEqual([names([health], "VERDI"), of([health], "VERDI").obstacle], [[], "session.wrong_doctor"]);
	assert.deepEqual(names([health]), ["m"]);
	const status = {
		...connected([patient, mine]),
		session: { state: "disconnected", on_card_removal: "logout" },
	} as Status;
	assert.equal(summary({ state: "up" }, status).text, "Carta: VERDI");
});

test("the badge says where the PIN is to be typed", () => {
	const text = (session: Partial<Status["session"]>) =>
		summary(
			{ state: "up" },
			{ ...connected([]), session: { on_card_removal: "logout", state: "connecting", ...session } },
		).text;
	assert.equal(text({ step: "pin" }), "Inserire il PIN nella finestra di Raccordo");
	assert.equal(text({ step: "pinpad" }), "Inserire il PIN sul lettore");
	assert.equal(text({ state: "reconnecting", step: "pinpad" }), "Inserire il PIN sul lettore");
	assert.equal(text({ state: "reconnecting" }), "Ricollegamento in corso…");
});

const connected = (readers: Reader[]): Status => ({
	version: "1",
	region: { id: "r", name: "R", card: true },
	session: { state: "connected", on_card_removal: "logout" },
	cards: { service: "running", readers },
	signing: { card: false },
	printing: { waiting: 0, held: 0 },
	outbox: { drafts: 0, pending: 0, failed: 0 },
	warnings: [],
});

test("a certificate that ends soon is announced when the agent says so, once", () => {
	const text = () => ({ text: "", remedy: "" });
	const quiet = { state: "connected", tone: "ok", text: "" } as const;
	const empty: Snapshot = { link: { state: "up" }, status: connected([]), summary: quiet };
	const at = (notify_expiry: boolean): Snapshot => {
		const ending = certificate("v", {
			not_after: "2026-12-10T12:00:00Z",
			expires_soon: true,
			days_left: 17,
			notify_expiry,
		});
		return { ...empty, status: connected([inReader("v", { certificates: [ending] })]) };
	};
	assert.equal(news(at(true), empty, { text })?.text, "Il certificato della carta scade il 10/12/2026.");
	assert.equal(news(at(true), { ...empty, status: undefined }, { text })?.key, "expiry");
	assert.equal(news(at(true), at(true), { text }), undefined);
	assert.equal(news(at(false), empty, { text }), undefined);
});
