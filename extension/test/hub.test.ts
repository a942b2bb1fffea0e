import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Host } from "../src/background/answer.ts";
import { Hub } from "../src/background/hub.ts";
import { Login } from "../src/background/login.ts";
import { refusal } from "../src/fault.ts";
import { errors } from "../src/texts/it.ts";
import { FakePort, settle } from "./fake-port.ts";
import { AUTHORIZE, CODE, FakeWindow, REDIRECT, STATE } from "./fake-window.ts";

const status = {
	version: "1",
	region: { id: "r", name: "R", card: true },
	session: { state: "disconnected", on_card_removal: "logout" },
	cards: { service: "running", readers: [] },
	outbox: { drafts: 0, pending: 0, failed: 0 },
	warnings: [],
};
const ORIGIN = "https://clinica-demo.localhost:8443";
const STRANGER = "https://clinica-demo.localhost:9";

interface Call {
	method: string;
	params: unknown;
	caller: unknown;
	resolve(result: unknown): void;
	reject(error: unknown): void;
}

function setup() {
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout"] });
	const calls: Call[] = [];
	const log = { started: 0, stopped: 0 };
	const host: Host = {
		start: async () => void log.started++,
		stop: () => void log.stopped++,
		request: (method, params, caller) =>
			method === "status"
				? caller?.origin === STRANGER
					? Promise.reject(refusal("origin.denied"))
					: Promise.resolve(structuredClone(status) as never)
				: new Promise((resolve, reject) =>
						calls.push({ method, params, caller, resolve: resolve as (r: unknown) => void, reject }),
					),
	};
	const window = new FakeWindow();
	const hub = new Hub(host, new Login(host, window), { texts: errors, version: "9", onState: () => undefined });
	const open = (origin: string | undefined) => {
		const port = new FakePort("page");
		hub.add(port.asPort(), origin);
		return port;
	};
	return { hub, calls, log, open, window };
}

const messages = (port: FakePort, kind: string) =>
	port.sent.filter((m) => (m as { kind: string }).kind === kind) as Record<string, unknown>[];
const errorCode = (message: Record<string, unknown> | undefined) =>
	(message?.error as { data: { code: string } } | undefined)?.data.code;
const request = (method: string, gesture = true, params: unknown = {}) => ({
	kind: "request",
	id: "1",
	method,
	params,
	gesture,
});

test("a new page gets the texts and the state, and the host is started", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	assert.equal(Object.keys(messages(page, "texts")[0]?.texts as object).length, Object.keys(errors).length);
	assert.equal(t.log.started, 1);
	t.hub.link({ state: "up" });
	await settle();
	const summary = { state: "disconnected", tone: "idle", text: "Non collegato" };
	assert.deepEqual(messages(page, "state").at(-1), { kind: "state", link: { state: "up" }, status, summary });
});

test("a page that the agent does not allow is told why, and nothing of anybody", async () => {
	const t = setup();
	const [page, stranger] = [t.open(ORIGIN), t.open(STRANGER)];
	t.hub.link({ state: "up" });
	await settle();
	t.hub.event("session.changed", { state: "connected", doctor: { codice_fiscale: "", name: "GIULIA VERDI" } });
	const late = t.open(STRANGER);
	await settle();
	assert.equal(messages(page, "event").length, 1);
	for (const port of [stranger, late]) {
		assert.equal(messages(port, "event").length, 0);
		const last = messages(port, "state").at(-1);
		assert.equal(errorCode(last?.link as Record<string, unknown>), "origin.denied");
		assert.ok(messages(port, "state").every((m) => m.status === undefined));
	}
});

test("the origin is the browser's and the gesture the page's trusted event", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	page.say({ ...request("session.login"), origin: "https://evil.example" });
	await settle();
	assert.deepEqual(t.calls[0]?.caller, { origin: ORIGIN, gesture: true });
	t.calls[0]?.resolve({ state: "connected" });
	await settle();
	assert.deepEqual(messages(page, "response"), [{ kind: "response", id: "1", result: { state: "connected" } }]);
});

test("without a gesture, from the popup or for a method not open: refused before the host", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	const popup = t.open(undefined);
	page.say(request("session.login", false));
	page.say(request("hello"));
	popup.say(request("session.logout"));
	page.say(request("shell.run"));
	await settle();
	assert.deepEqual(messages(page, "response").map(errorCode), ["gesture.required", "origin.denied"]);
	assert.deepEqual(messages(popup, "response").map(errorCode), ["origin.denied"]);
	assert.equal(t.calls.length, 0);
});

test("the answer of a closed tab is forgotten", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	t.open(ORIGIN);
	page.say(request("prescription.view", false, { nre: "x" }));
	await settle();
	page.drop();
	t.calls[0]?.resolve({});
	await settle();
	assert.equal(messages(page, "response").length, 0);
});

test("events go to every page, the progress of a batch only to the one that sends", async () => {
	const t = setup();
	const [sender, other] = [t.open(ORIGIN), t.open(ORIGIN)];
	t.hub.link({ state: "up" });
	sender.say(request("prescription.send"));
	await settle();
	t.hub.event("batch.progress", { done: 1, total: 2, result: {} });
	t.hub.event("outbox.changed", { pending: 1, failed: 0 });
	assert.deepEqual(
		messages(sender, "event").map((m) => m.method),
		["batch.progress", "outbox.changed"],
	);
	assert.deepEqual(
		messages(other, "event").map((m) => m.method),
		["outbox.changed"],
	);
	t.calls[0]?.reject(refusal("connector.lost"));
	await settle();
	t.hub.event("batch.progress", { done: 2, total: 2, result: {} });
	assert.equal(messages(sender, "event").length, 2);
});

test("after a loss every page hears why, and the state is read again", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	t.hub.link({ state: "up" });
	await settle();
	t.hub.link({ state: "down", error: refusal("connector.lost").error });
	assert.equal((messages(page, "state").at(-1)?.link as { state: string } | undefined)?.state, "down");
	t.hub.link({ state: "up" });
	await settle();
	assert.deepEqual(messages(page, "state").at(-1)?.status, status);
});

test("the popup manages the outbox, by its user's hand and in no page's name; pages do it in their own", async () => {
	const t = setup();
	const [page, popup] = [t.open(ORIGIN), t.open(undefined)];
	popup.say(request("outbox.list", false));
	popup.say({ ...request("outbox.discard", false, { ids: ["1"] }), id: "2" });
	popup.say(request("outbox.retry", true, { ids: ["1"] }));
	popup.say({ ...request("prescription.send"), id: "3" });
	page.say(request("outbox.list", false));
	page.say({ ...request("table.fetch"), id: "4" });
	await settle();
	assert.deepEqual(
		t.calls.map((c) => [c.method, c.caller]),
		[
			["outbox.list", { gesture: false }],
			["outbox.retry", { gesture: true }],
			["outbox.list", { origin: ORIGIN, gesture: false }],
		],
	);
	assert.deepEqual(messages(popup, "response").map(errorCode), ["gesture.required", "origin.denied"]);
	assert.deepEqual(messages(page, "response").map(errorCode), ["origin.denied"]);
});

test("the host outlives its last page by a while and no longer", () => {
	const t = setup();
	const page = t.open(ORIGIN);
	page.drop();
	mock.timers.tick(14_000);
	const again = t.open(ORIGIN);
	mock.timers.tick(60_000);
	assert.equal(t.log.stopped, 0);
	again.drop();
	mock.timers.tick(15_000);
	assert.equal(t.log.stopped, 1);
});

test("a page's login by the region's page: the address, the state and the code stay in the background", async () => {
	const t = setup();
	const [page, other] = [t.open(ORIGIN), t.open(ORIGIN)];
	t.hub.link({ state: "up" });
	await settle();
	page.say(request("session.login", true, { via: "cloud", redirect_uri: "https://evil.example/" }));
	await settle();
	assert.deepEqual(t.calls[0]?.params, { via: "cloud", redirect_uri: REDIRECT });
	assert.deepEqual(t.calls[0]?.caller, { origin: ORIGIN, gesture: true });
	t.calls[0]?.resolve({ ...status.session, state: "connecting", step: "browser", authorize_url: AUTHORIZE });
	await settle();
	assert.deepEqual(messages(page, "response"), []);
	t.window.returns(`${REDIRECT}?code=${CODE}&state=${STATE}`);
	await settle();
	assert.deepEqual(
		[t.calls[1]?.method, t.calls[1]?.params, t.calls[1]?.caller],
		["session.complete", { state: STATE, code: CODE }, undefined],
	);
	t.calls[1]?.resolve({ ...status.session, state: "connected" });
	await settle();
	assert.deepEqual(messages(page, "response")[0]?.result, { ...status.session, state: "connected" });
	for (const port of [page, other]) {
		assert.doesNotMatch(JSON.stringify(port.sent), new RegExp(`${STATE}|${CODE}|authorize_url|redirect_uri`));
	}
});

test("no page completes a login", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	page.say(request("session.complete", true, { state: STATE, code: CODE }));
	await settle();
	assert.deepEqual(messages(page, "response").map(errorCode), ["origin.denied"]);
	assert.equal(t.calls.length, 0);
});

test("a logout gives up the login under way, and every page forgets what the region told", async () => {
	const t = setup();
	const [page, other, stranger] = [t.open(ORIGIN), t.open(ORIGIN), t.open(STRANGER)];
	t.hub.link({ state: "up" });
	await settle();
	page.say(request("session.login", true, { via: "cloud" }));
	await settle();
	t.calls[0]?.resolve({ ...status.session, state: "connecting", authorize_url: AUTHORIZE });
	await settle();
	other.say({ ...request("session.logout"), id: "2" });
	await settle();
	assert.deepEqual(messages(page, "response").map(errorCode), ["cancelled"]);
	assert.equal(t.window.closed, 1);
	assert.equal(t.calls[1]?.method, "session.logout");
	t.calls[1]?.resolve({ ...status.session, reason: "region.unreachable" });
	await settle();
	assert.deepEqual(
		[page, other, stranger].map((port) => messages(port, "forget").length),
		[1, 1, 0],
	);
	const { result } = messages(other, "response")[0] ?? {};
	assert.deepEqual(result, { ...status.session, reason: "region.unreachable" });
});

test("a logout that another browser or the command line made is one too; an end with a reason is none", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	t.hub.link({ state: "up" });
	await settle();
	t.hub.event("session.changed", { ...status.session, reason: "card.removed" });
	assert.equal(messages(page, "forget").length, 0);
	t.hub.event("session.changed", status.session);
	await settle();
	assert.equal(messages(page, "forget").length, 1);
});

test("when the connector goes, its login goes with it", async () => {
	const t = setup();
	const page = t.open(ORIGIN);
	t.hub.link({ state: "up" });
	page.say(request("session.login", true, { via: "auto" }));
	await settle();
	t.calls[0]?.resolve({ ...status.session, state: "connecting", authorize_url: AUTHORIZE });
	await settle();
	t.hub.link({ state: "down", error: refusal("connector.lost").error });
	await settle();
	assert.deepEqual([t.window.closed, t.calls.length], [1, 1]);
	assert.deepEqual(messages(page, "response").map(errorCode), ["cancelled"]);
});
