// What the popup shows for a state.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { State } from "../src/page/state.ts";
import { view } from "../src/popup/view.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import type { Status } from "../src/wire.gen.ts";
import { off, on, status } from "./clinic.ts";

const { document } = new JSDOM("").window;
Object.assign(globalThis, { document });

function shown(told: Status): { text: string; codes: (string | undefined)[] } {
	const state = new State();
	const link = { state: "up" } as const;
	state.receive({ kind: "texts", texts: errors, version: "9" });
	state.receive({ kind: "state", link, status: told, summary: summary(link, told) });
	const parts = view(state, document.createElement("button"));
	return {
		text: parts.map((part) => [...part.childNodes].map((node) => node.textContent).join(" ")).join(" | "),
		codes: parts.map((part) => part.dataset.code).filter((code) => code !== undefined),
	};
}

test("the popup says by which way, until when and for whom the doctor is connected", () => {
	const session = { ...on, via: "cloud", method: "CIE L3", level: "LoA4" } as const;
	const until = { expires_at: "2026-11-22T20:20:00Z", substitute_of: "NREPLA60A01X000Z" };
	assert.match(
		shown(status({ ...session, ...until })).text,
		/Accesso con CIE L3, livello LoA4 Sostituto di NREPLA60A01X000Z Valido fino al 22\/11\/2026 21:20/,
	);
});

test("the popup shows each warning once, and where to reconnect", () => {
	const told = status(off, undefined, { warnings: ["secret.no_keyring", "secret.no_keyring"] });
	assert.deepEqual(shown(told).codes, ["secret.no_keyring"]);
	const stale = status({ ...off, state: "stale", reason: "session.login_needed", repair: "login" });
	assert.match(shown(stale).text, /Collegamento da ripristinare.*«Ricollegati» accanto al proprio nome/);
	const mending = { ...stale, session: { ...stale.session, reason: "region.unreachable", repair: "auto" } } as const;
	assert.doesNotMatch(shown(mending).text, /«Ricollegati»/);
	assert.match(shown(mending).text, /^Ricollegamento in corso…/);
});

test("the popup counts what is in charge, what needs the doctor first", () => {
	const told = status(on, undefined, { outbox: { drafts: 3, pending: 2, failed: 1 } });
	assert.match(shown(told).text, /Ricette 1 da controllare, 2 in attesa di invio, 3 da elaborare più tardi/);
	assert.doesNotMatch(shown(status(on)).text, /Ricette/);
});
