// An error as the doctor reads it: what happened, what to do, and what support may ask for.
import { ui } from "../texts/ui.it.ts";
import type { ErrorCode, Error as WireError } from "../wire.gen.ts";
import { el } from "./el.ts";
import type { State } from "./state.ts";

export function problem(state: State, error: WireError): HTMLElement {
	const { attempts_left: left, final_try: last, reference, notices } = error.data;
	const box = reason(state, error.data.code);
	for (const notice of notices ?? []) box.append(el("div", {}, notice.text));
	if (last) box.append(el("div", {}, ui.finalTry));
	else if (left) box.append(el("div", {}, ui.attempts(left)));
	if (reference) box.append(el("div", { class: "note" }, `${ui.reference}: ${reference}`));
	return box;
}

/** The same for a code that is part of a state and not of an answer. */
export function reason(state: State, code: ErrorCode): HTMLElement {
	const { text, remedy } = state.text(code);
	return el("div", { class: "problem", "data-code": code }, el("b", {}, text), el("div", {}, remedy));
}
