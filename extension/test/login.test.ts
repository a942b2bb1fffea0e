// The login at the region's page, as the background runs it: one window, and nothing but what the agent asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Login } from "../src/background/login.ts";
import { RegionWindow } from "../src/background/region-window.ts";
import { completion, stateOf } from "../src/background/returned.ts";
import { Refusal } from "../src/fault.ts";
import type { LoginParams, Session } from "../src/wire.gen.ts";
import { settle } from "./fake-port.ts";
import { AUTHORIZE, CODE, FakeWindow, REDIRECT, STATE } from "./fake-window.ts";

const off: Session = { state: "disconnected", on_card_removal: "logout" };
const on: Session = { ...off, state: "connected", via: "cloud" };
const waiting = { ...off, state: "connecting", step: "browser", authorize_url: AUTHORIZE } as const;
const cloud: LoginParams = { via: "cloud", doctor: "VRDGLI75C41X000E" };
const caller = { origin: "https://clinica-demo.localhost:8443", gesture: true };

function setup(answers: unknown[]) {
	const calls: [method: string, params: unknown][] = [];
	const window = new FakeWindow();
	const request = (method: string, params: unknown) => {
		calls.push([method, params]);
		const next = answers.shift();
		return next instanceof Error ? Promise.reject(next) : Promise.resolve(next as never);
	};
	return { calls, window, login: new Login({ request }, window) };
}

const code = (promise: Promise<unknown>): Promise<string> =>
	promise.then(
		() => "no error",
		(e: unknown) => (e instanceof Refusal ? e.error.data.code : String(e)),
	);

test("the window's answer is completed with state, code and issuer, and the attempt is over", async () => {
	const t = setup([waiting, on, off]);
	const asked = t.login.start(cloud, caller);
	await settle();
	assert.deepEqual(t.window.opened, [AUTHORIZE]);
	t.window.returns(`${REDIRECT}?code=${CODE}&state=${STATE}&iss=https%3A%2F%2Flogin.regione.example`);
	assert.deepEqual(await asked, on);
	assert.deepEqual(t.calls, [
		["session.login", { ...cloud, redirect_uri: REDIRECT }],
		["session.complete", { state: STATE, code: CODE, iss: "https://login.regione.example" }],
	]);
	assert.deepEqual(await t.login.start(cloud, caller), off);
	assert.equal(t.window.shown, 0);
});

test("a window that the user closes is told to the agent under the state that it made", async () => {
	const t = setup([waiting, new Error("session.login_cancelled")]);
	const asked = code(t.login.start(cloud, caller));
	await settle();
	t.window.returns();
	assert.equal(await asked, "Error: session.login_cancelled");
	assert.deepEqual(t.calls[1], ["session.complete", { state: STATE, error: "access_denied" }]);
});

test("without an address there is no window: the card, an ID-SESSIONE, a session that is there", async () => {
	const t = setup([on, on]);
	assert.deepEqual(await t.login.start({ via: "auto" }, caller), on);
	assert.deepEqual(await t.login.start({ via: "card", redirect_uri: "https://evil.example/" }, caller), on);
	assert.deepEqual(t.calls[1], ["session.login", { via: "card" }]);
	assert.deepEqual(t.window.opened, []);
});

test("several tabs that ask the same share one window, from the first click on", async () => {
	const t = setup([waiting, on]);
	const all = [1, 2, 3].map(() => t.login.start({ ...cloud }, caller));
	await settle();
	all.push(t.login.start({ ...cloud }, caller));
	t.window.returns(`${REDIRECT}?code=${CODE}&state=${STATE}`);
	assert.deepEqual(await Promise.all(all), [on, on, on, on]);
	assert.deepEqual([t.window.opened.length, t.window.shown, t.calls.length], [1, 3, 2]);
});

test("the card as a short cut takes the window's place, and what that returns is ignored", async () => {
	for (const short of [{ via: "card" }, { via: "cloud", certificate: "a".repeat(64) }] as const) {
		const t = setup([waiting, on]);
		const first = code(t.login.start(cloud, caller));
		await settle();
		const late = t.window.returns;
		assert.deepEqual(await t.login.start(short, caller), on);
		late(`${REDIRECT}?code=${CODE}&state=${STATE}`);
		assert.equal(await first, "cancelled");
		assert.equal(t.window.closed, 1);
		assert.deepEqual(
			t.calls.map(([method]) => method),
			["session.login", "session.login"],
		);
	}
});

test("an attempt given up before the agent answers opens no window", async () => {
	const t = setup([waiting]);
	const asked = code(t.login.start(cloud, caller));
	t.login.giveUp();
	assert.equal(await asked, "cancelled");
	assert.deepEqual(t.window.opened, []);
});

test("a session that is decided elsewhere closes the window; one still under way, or not yet begun, does not", async () => {
	const t = setup([waiting]);
	const asked = code(t.login.start(cloud, caller));
	t.login.seen(off); // the attempt that this one replaces
	await settle();
	t.login.seen({ ...off, state: "connecting", step: "browser" });
	t.login.seen({ ...off, state: "reconnecting" });
	assert.deepEqual([t.window.opened.length, t.window.closed], [1, 0]);
	t.login.seen(on);
	assert.equal(await asked, "cancelled");
	assert.equal(t.window.closed, 1);
});

test("an address of the agent that is none opens nothing", async () => {
	for (const authorize_url of [
		"http://login.regione.example/?state=x",
		"javascript:0",
		"https://a.example/",
		"",
		"x",
	]) {
		const t = setup([{ ...waiting, authorize_url }]);
		assert.equal(await code(t.login.start(cloud, caller)), "region.misconfigured", authorize_url);
		assert.deepEqual(t.window.opened, []);
	}
	assert.equal(stateOf(AUTHORIZE), STATE);
});

for (const [name, address, params] of [
	["closed", undefined, { state: STATE, error: "access_denied" }],
	["code", `${REDIRECT}?state=${STATE}&code=${CODE}`, { state: STATE, code: CODE }],
	["refused", `${REDIRECT}?state=${STATE}&error=login_required`, { state: STATE, error: "login_required" }],
	["refused, with a code", `${REDIRECT}?state=${STATE}&error=x&code=${CODE}`, { state: STATE, error: "x" }],
	["odd words of refusal", `${REDIRECT}?state=${STATE}&error=<b>`, { state: STATE, error: "server_error" }],
	["another's state", `${REDIRECT}?state=${"z".repeat(43)}&code=1`, { state: "z".repeat(43), code: "1" }],
	["no state", `${REDIRECT}?code=${CODE}`, { state: STATE, error: "server_error" }],
	["short state", `${REDIRECT}?state=abc&code=${CODE}`, { state: STATE, error: "server_error" }],
	["two states", `${REDIRECT}?state=${STATE}&state=${STATE}&code=1`, { state: STATE, error: "server_error" }],
	["two codes", `${REDIRECT}?state=${STATE}&code=1&code=2`, { state: STATE, error: "server_error" }],
	["code of a giant", `${REDIRECT}?state=${STATE}&code=${"x".repeat(4097)}`, { state: STATE, error: "server_error" }],
	["nothing", REDIRECT, { state: STATE, error: "server_error" }],
	["elsewhere", `${REDIRECT}/x?state=${STATE}&code=1`, { state: STATE, error: "access_denied" }],
	["another host", `https://evil.example/raccordo?state=${STATE}&code=1`, { state: STATE, error: "access_denied" }],
	["no address", "nonsense", { state: STATE, error: "access_denied" }],
] as const) {
	test(`what the page returned: ${name}`, () => {
		assert.deepEqual(completion(address, REDIRECT, STATE), params);
	});
}

/** The browser's own side: windows, and one flow at a time as both browsers have it. */
function fakeBrowser() {
	type Listener = (window: { id?: number; type?: string }) => void;
	const listeners = new Set<Listener>();
	const log: string[] = [];
	let end: { id: number; resolve(url: string): void; reject(e: Error): void } | undefined;
	let next = 7;
	const browser = {
		identity: {
			getRedirectURL: (path: string) => `https://x.chromiumapp.org/${path}`,
			launchWebAuthFlow: ({ url }: { url: string }) =>
				new Promise<string>((resolve, reject) => {
					if (end) return reject(new Error("Only one web auth flow is allowed at a time."));
					const id = next++;
					end = { id, resolve, reject };
					log.push(`open ${id} ${url}`);
					setImmediate(() => {
						for (const window of [
							{ id: 99, type: "normal" },
							{ id, type: "popup" },
							{ id: 98, type: "popup" },
						])
							for (const listener of [...listeners]) listener(window);
					});
				}),
		},
		windows: {
			onCreated: {
				addListener: (l: Listener) => void listeners.add(l),
				removeListener: (l: Listener) => void listeners.delete(l),
			},
			update: async (id: number) => void log.push(`show ${id}`),
			remove: async (id: number) => {
				log.push(`close ${id}`);
				const flow = end;
				if (flow?.id === id) {
					end = undefined;
					setImmediate(() => flow.reject(new Error("The user did not approve access.")));
				}
			},
		},
	};
	const returns = (url: string) => {
		end?.resolve(url);
		end = undefined;
	};
	const items: Record<string, unknown> = {};
	const kept = { get: async () => ({ ...items }), set: async (more: object) => void Object.assign(items, more) };
	return { browser, log, returns, listeners, kept, items };
}

test("the region's window is shown and closed by its own number, and a new one waits for its end", async () => {
	const f = fakeBrowser();
	const window = new RegionWindow(f.browser, f.kept);
	assert.equal(window.redirectURI, "https://x.chromiumapp.org/raccordo");
	window.show();
	const [first, second] = [new AbortController(), new AbortController()];
	const one = window.open("https://a.example/", first.signal);
	await settle();
	window.show();
	first.abort();
	const two = window.open("https://b.example/", second.signal);
	assert.equal(await one, undefined);
	await settle();
	f.returns("https://x.chromiumapp.org/raccordo?code=1");
	assert.equal(await two, "https://x.chromiumapp.org/raccordo?code=1");
	assert.deepEqual(f.log, ["open 7 https://a.example/", "show 7", "close 7", "open 8 https://b.example/"]);
	assert.equal(f.listeners.size, 0);
	second.abort();
	window.show();
	assert.equal(f.log.length, 4);
});

test("a window told to close before it is there closes when it comes", async () => {
	const f = fakeBrowser();
	const window = new RegionWindow(f.browser, f.kept);
	const given = new AbortController();
	await settle(); // it has looked for a window that was left behind
	const opened = window.open("https://a.example/", given.signal);
	await Promise.resolve();
	await Promise.resolve();
	given.abort();
	assert.equal(await opened, undefined);
	assert.deepEqual(f.log, ["open 7 https://a.example/", "close 7"]);
	assert.equal(await window.open("https://b.example/", given.signal), undefined);
	assert.equal(f.log.length, 2);
});

test("a window whose worker has died is closed by the next worker, once", async () => {
	const f = fakeBrowser();
	void new RegionWindow(f.browser, f.kept).open("https://a.example/", new AbortController().signal);
	await settle();
	assert.deepEqual(f.items, { "region-window": 7 });
	const again = new RegionWindow(f.browser, f.kept);
	await settle();
	const opened = again.open("https://b.example/", new AbortController().signal);
	await settle();
	f.returns("https://x.chromiumapp.org/raccordo?code=1");
	assert.equal(await opened, "https://x.chromiumapp.org/raccordo?code=1");
	assert.deepEqual(f.log, ["open 7 https://a.example/", "close 7", "open 8 https://b.example/"]);
	assert.deepEqual(f.items, { "region-window": null });
	const third = new RegionWindow(f.browser, f.kept);
	await settle();
	assert.equal(f.log.length, 3);
	third.show();
});
