// An error as the doctor reads it: what happened, what to do, and what support may ask for.
import * as ui from "../texts/ui.it.ts";
import type { ErrorCode, Error as WireError } from "../wire.gen.ts";
import { el } from "./el.ts";
import type { State } from "./state.ts";

export function problem(state: State, error: WireError, look?: string): HTMLElement {
	const { attempts_left: left, final_try: last, reference, notices } = error.data;
	const box = reason(state, error.data.code, look);
	for (const { text, remedy } of notices ?? []) box.append(el("div", {}, text, " ", remedy));
	if (last) box.append(el("div", {}, ui.finalTry));
	else if (left) box.append(el("div", {}, ui.attempts(left)));
	if (reference) box.append(el("div", { class: "note" }, `${ui.reference}: ${reference}`));
	return box;
}

/** What is wrong and stops nothing, each once. */
export function warnings(state: State, codes: readonly ErrorCode[] | undefined): HTMLElement[] {
	return [...new Set(codes)].map((code) => reason(state, code, "warning"));
}

/** The same for a code that is part of a state and not of an answer. */
export function reason(state: State, code: ErrorCode, look = "problem"): HTMLElement {
	const { text, remedy } = state.text(code);
	return el("div", { class: look, "data-code": code }, el("b", {}, text), el("div", {}, remedy));
}
