// The golden frames that the Go side reads too.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isMethod, isRecord, parseFrame } from "../src/guard.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import { DEADLINES, FAULTS, GESTURES, type Status } from "../src/wire.gen.ts";

interface Vector {
	name: string;
	direction: string;
	frame?: unknown;
	expect: string;
}

const folder = `${ROOT}/manifests/protocol/vectors`;
const vectors: Vector[] = readdirSync(folder).map((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));

for (const v of vectors.filter((v) => v.direction === "to_host" && isRecord(v.frame) && v.expect !== "rpc.invalid")) {
	test(`${v.name}: the method is ${v.expect === "rpc.unknown_method" ? "unknown" : "known"}`, () => {
		assert.ok(isRecord(v.frame));
		assert.equal(isMethod(v.frame.method), v.expect !== "rpc.unknown_method");
	});
}

for (const v of vectors.filter((v) => v.direction === "from_host")) {
	test(`${v.name} is understood`, () => {
		const frame = parseFrame(v.frame);
		assert.ok(isRecord(v.frame) && frame);
		if (frame.kind === "event") assert.deepEqual(frame.params, v.frame.params);
		else assert.deepEqual(frame.error ?? frame.result, v.frame.error ?? v.frame.result);
		if (frame.kind === "response" && frame.error) assert.equal(FAULTS[frame.error.data.code].hop, frame.error.data.hop);
	});
}

for (const [name, expected] of [
	["status-disconnected", "Non collegato"],
	["status-card", "Carta: GIULIA VERDI"],
	["status-connected", "Collegato – GIULIA VERDI · CNS · dalle 18:20 del 22/11/2026"],
	["status-removed", "Non collegato"],
] as const) {
	test(`${name} reads "${expected}"`, () => {
		const frame = parseFrame(vectors.find((v) => v.name === name)?.frame);
		assert.ok(frame?.kind === "response");
		const text = summary({ state: "up" }, frame.result as Status).text;
		// the hour alone on the day itself
		assert.ok(expected.startsWith(text), text);
	});
}

test("frames that are not ours are dropped", () => {
	for (const frame of [
		null,
		1,
		"x",
		[],
		{},
		{ jsonrpc: "2.0" },
		{ jsonrpc: "2.0", id: "1", result: {} },
		{ jsonrpc: "2.0", id: 1 },
	]) {
		assert.equal(parseFrame(frame), undefined);
	}
	assert.equal(parseFrame({ jsonrpc: "2.0", method: "shell.run", params: {} }), undefined);
});

test("the tables are those of the host", () => {
	const table = JSON.parse(readFileSync(`${ROOT}/manifests/protocol/methods.json`, "utf8"));
	assert.deepEqual(
		Object.keys(DEADLINES),
		table.methods.map((m: { name: string }) => m.name),
	);
	assert.deepEqual(Object.keys(errors).sort(), table.errors.map((e: { code: string }) => e.code).sort());
	assert.ok(GESTURES.includes("session.login") && !GESTURES.includes("status"));
});

test("every error has a text and a remedy that end as sentences", () => {
	for (const [code, { text, remedy }] of Object.entries(errors)) {
		assert.match(text, /^[A-ZÈÀ].*\.$/, code);
		assert.match(remedy, /^[A-ZÈÀ].*\.$/, code);
		assert.doesNotMatch(text + remedy, /\b[ea]'|perche'|puo'|piu'/, code);
	}
});
