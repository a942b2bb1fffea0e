// The toolbar icon: what needs the doctor is counted there, and told in its tooltip.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import type { Link } from "../src/messages.ts";
import type { Status } from "../src/wire.gen.ts";
import { on, status } from "./clinic.ts";

const shown: Record<string, string> = {};
const keep = (given: object) => Object.assign(shown, given);
Object.assign(globalThis, {
	chrome: { action: { setBadgeText: keep, setBadgeBackgroundColor: keep, setTitle: keep } },
});

test("the icon counts what needs the doctor, unless the road itself is broken", async () => {
	const { showState } = await import("../src/background/badge.ts");
	const look = (link: Link, told: Status | undefined) => {
		showState(link, told);
		return [shown.text, shown.title];
	};
	const up = { state: "up" } as const;
	const name = "Raccordo: Collegato – GIULIA VERDI · CNS";
	const waiting = { drafts: 0, pending: 2, failed: 0 };
	assert.deepEqual(look(up, status(on)), ["✓", name]);
	assert.deepEqual(look(up, status(on, undefined, { outbox: waiting })), [
		"✓",
		`${name}\nRicette: 2 in attesa di invio`,
	]);
	const failed = status(on, undefined, { outbox: { drafts: 1, pending: 0, failed: 3 } });
	assert.deepEqual(look(up, failed), ["3", `${name}\nRicette: 3 da controllare, 1 da elaborare più tardi`]);
	const held = status(on, undefined, { printing: { waiting: 5, held: 2 } });
	assert.deepEqual(look(up, held), ["2", `${name}\nStampe: 2 da controllare`]);
	assert.deepEqual(look({ state: "down", error: fault("connector.missing") }, failed), ["!", "Raccordo assente"]);
});
