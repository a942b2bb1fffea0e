import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snapshot } from "../src/page/state.ts";
import { farewell } from "../src/page/toasts.ts";
import { errors } from "../src/texts/it.ts";
import * as ui from "../src/texts/ui.it.ts";
import type { Session, Status } from "../src/wire.gen.ts";

const text = (code: keyof typeof errors) => errors[code];
const down: Snapshot["link"] = {
	state: "down",
	error: { code: -32000, message: "", data: { code: "connector.lost", hop: "extension", retryable: true } },
};

function at(session: Partial<Session>, link: Snapshot["link"] = { state: "up" }): Snapshot {
	const status = {
		session: { state: "disconnected", on_card_removal: "logout", ...session },
		cards: { service: "running", readers: [] },
	};
	return { link, status: status as unknown as Status, summary: { state: "", tone: "idle", text: "" } };
}

test("the end of a session says why", () => {
	const connected = { state: "connected" } as const;
	const told = (now: Snapshot, before: Snapshot) => farewell(now, before, { text });
	assert.equal(told(at({}), at(connected))?.title, ui.loggedOut);
	assert.equal(told(at({ reason: "card.removed" }), at(connected))?.text, errors["card.removed"].text);
	const died = told(at({}), at(connected, down)); // the agent that comes back knows of no session
	assert.deepEqual([died?.title, died?.text], [ui.ended, errors["connector.lost"].text]);
	assert.equal(told(at({}, down), at(connected)), undefined); // not yet known
	assert.equal(told(at({}), at({})), undefined);
	assert.equal(told(at({}), at({ state: "connecting" })), undefined);
});
