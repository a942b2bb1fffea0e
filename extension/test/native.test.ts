import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Native } from "../src/background/native.ts";
import { Refusal } from "../src/fault.ts";
import type { Link } from "../src/messages.ts";
import { FakePort, settle } from "./fake-port.ts";

function setup() {
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout", "Date"] });
	const ports: FakePort[] = [];
	const links: Link[] = [];
	const events: unknown[] = [];
	let reason: string | undefined;
	const native = new Native({
		open: () => {
			ports.push(new FakePort());
			return last().asPort();
		},
		lastError: () => (reason ? { message: reason } : undefined),
		client: "test/1",
		onLink: (link) => links.push(link),
		onEvent: (method, params) => events.push([method, params]),
	});
	const last = (): FakePort => ports.at(-1) ?? assert.fail("no port");
	const frame = (i: number) => last().sent.at(i) as { id: number; method: string } & Record<string, unknown>;
	const answer = (id: number, result: unknown) => last().say({ jsonrpc: "2.0", id, result });
	const hello = async () => {
		answer(frame(0).id, { protocol: 1, version: "1", capabilities: ["hello", "status", "session.login"] });
		await settle();
	};
	const drop = (why?: string) => {
		reason = why;
		last().drop();
	};
	return { native, ports, links, events, last, frame, answer, hello, drop };
}

const code = (promise: Promise<unknown>): Promise<string> =>
	promise.then(
		() => "no error",
		(e: unknown) => (e instanceof Refusal ? e.error.data.code : String(e)),
	);

test("hello comes first, then requests with the caller's origin, paired by id", async () => {
	const t = setup();
	const one = t.native.request("status", {}, { origin: "https://a.example" });
	const two = t.native.request("session.login", { via: "card" }, { origin: "https://a.example", gesture: true });
	assert.deepEqual(
		t.last().sent.map((f) => (f as { method: string }).method),
		["hello"],
	);
	await t.hello();
	const { id: first, ...status } = t.frame(1);
	assert.deepEqual(status, { jsonrpc: "2.0", method: "status", params: {}, origin: "https://a.example" });
	assert.equal(t.frame(2).user_gesture, true);
	t.answer(t.frame(2).id, { state: "connected" });
	t.answer(first, { version: "1" });
	assert.deepEqual([await one, await two], [{ version: "1" }, { state: "connected" }]);
	assert.equal(t.ports.length, 1);
	assert.deepEqual(t.links, [{ state: "up" }]);
});

test("errors of the host reach the caller whole; foreign frames are ignored", async () => {
	const t = setup();
	const asked = t.native.request("status", {});
	await t.hello();
	t.last().say("noise");
	t.last().say({ jsonrpc: "2.0", id: 999, result: {} });
	const error = {
		code: -32000,
		message: "x",
		data: { code: "card.pin_wrong", hop: "pin", retryable: false, attempts_left: 2 },
	};
	t.last().say({ jsonrpc: "2.0", id: t.frame(1).id, error });
	await assert.rejects(asked, (e) => e instanceof Refusal && e.error.data.attempts_left === 2);
});

test("a request without an answer ends after its deadline", async () => {
	const t = setup();
	const asked = code(t.native.request("status", {}));
	await t.hello();
	mock.timers.tick(3499);
	await settle();
	mock.timers.tick(1);
	assert.equal(await asked, "connector.timeout");
	assert.equal(t.frame(2).method, "hello", "asked whether it is still there");
	t.answer(t.frame(2).id, { protocol: 1 });
	await settle();
	assert.equal(t.ports.length, 1);
	const again = code(t.native.request("status", {}));
	await settle();
	mock.timers.tick(3500);
	assert.equal(await again, "connector.timeout");
	await settle();
	mock.timers.tick(3500);
	await settle();
	assert.equal(t.links.at(-1)?.state, "down");
	mock.timers.tick(400);
	await settle();
	assert.equal(t.ports.length, 2);
});

test("a host that never says hello is dropped and tried again", async () => {
	const t = setup();
	const asked = code(t.native.request("status", {}));
	mock.timers.tick(3500);
	assert.equal(await asked, "connector.timeout");
	assert.ok(t.last().closed);
	mock.timers.tick(400);
	assert.equal(t.ports.length, 2);
});

test("losing the port ends what is under way and opens a new one, ever more slowly", async () => {
	const t = setup();
	const asked = code(t.native.request("status", {}));
	await t.hello();
	t.drop("Native host has exited.");
	assert.equal(await asked, "connector.lost");
	for (const [wait, ports] of [
		[400, 2],
		[700, 3],
		[1300, 4],
	] as const) {
		mock.timers.tick(wait);
		await settle();
		assert.equal(t.ports.length, ports);
		t.drop("Specified native messaging host not found.");
		await settle();
		mock.timers.tick(100);
		assert.equal(t.ports.length, ports, "not at once");
	}
	assert.equal(t.links.at(-1)?.state, "down");
	mock.timers.tick(2600);
	await settle();
	await t.hello();
	assert.deepEqual(t.links.at(-1), { state: "up" });
});

test("the reason of a refused port reaches the caller", async () => {
	const t = setup();
	const asked = code(t.native.request("status", {}));
	t.drop("Access to the specified native messaging host is forbidden.");
	assert.equal(await asked, "connector.forbidden");
});

test("what this host does not know is not sent, nor is what does not fit a frame", async () => {
	const t = setup();
	const started = t.native.start();
	await t.hello();
	await started;
	assert.equal(await code(t.native.request("patient.sync", { codice_fiscale: "X" })), "unsupported");
	const huge = { via: "card", certificate: "è".repeat(600_000) } as const;
	assert.equal(await code(t.native.request("session.login", huge)), "frame.too_large");
	assert.equal(t.last().sent.length, 1);
});

test("events are handed on, and stopping opens nothing again", async () => {
	const t = setup();
	const started = t.native.start();
	await t.hello();
	await started;
	t.last().say({ jsonrpc: "2.0", method: "outbox.changed", params: { pending: 1, failed: 0 } });
	assert.deepEqual(t.events, [["outbox.changed", { pending: 1, failed: 0 }]]);
	t.native.stop();
	mock.timers.tick(60_000);
	assert.equal(t.ports.length, 1);
	assert.ok(t.last().closed);
});
