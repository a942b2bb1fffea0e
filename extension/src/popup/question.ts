// What only the doctor can say of a prescription: whether it may go, and whether the region has it.
import { button, el } from "../page/el.ts";
import * as ui from "../texts/ui.it.ts";
import type { OutboxEntry, ResolveParams } from "../wire.gen.ts";

export interface Question {
	readonly element: HTMLElement;
	/** Called with true as soon as something typed would be lost. */
	holds(tell: (held: boolean) => void): void;
}

const NRE = /^[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}$/;

export function askDiscard(state: OutboxEntry["state"], answer: (yes: boolean) => void): Question {
	const element = el(
		"div",
		{ class: "ask", role: "group", "aria-label": ui.discardAsk },
		el("p", {}, el("b", {}, ui.discardAsk), state === "unknown" && ` ${ui.discardRegion}`),
		button(ui.discardYes, "danger", () => answer(true)),
		button(ui.back, "", () => answer(false)),
	);
	return { element, holds: () => undefined };
}

export function askPresent(who: string, answer: (said: Omit<ResolveParams, "id">) => void): Question {
	let tell = (_: boolean): void => undefined;
	const input = el("input", { maxlength: "15", autocomplete: "off", spellcheck: "false", "aria-describedby": "wrong" });
	const wrong = el("p", { class: "wrong", id: "wrong", role: "alert" });
	const form = el(
		"form",
		{},
		el("label", {}, ui.askNRE, input),
		wrong,
		el("button", { type: "submit", class: "main" }, ui.confirm),
		button(ui.back, "", () => open(false)),
	);
	const choice = el(
		"div",
		{},
		button(ui.presentYes, "main", () => open(true)),
		button(ui.presentNo, "", () => answer({ decision: "absent" })),
	);

	function open(yes: boolean): void {
		tell(yes);
		form.hidden = !yes;
		choice.hidden = yes;
		(yes ? input : choice.querySelector("button"))?.focus();
	}

	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const nre = input.value.replace(/\s/g, "").toUpperCase();
		wrong.textContent = NRE.test(nre) ? "" : ui.wrongNRE;
		input.setAttribute("aria-invalid", String(!NRE.test(nre)));
		if (event.isTrusted && NRE.test(nre)) answer({ decision: "present", nre });
	});
	form.hidden = true;
	const element = el(
		"div",
		{ class: "ask", role: "group", "aria-label": `${ui.present} ${who}` },
		el("p", {}, el("b", {}, ui.present), ` ${ui.presentHelp}`),
		choice,
		form,
	);
	return {
		element,
		holds: (held) => {
			tell = held;
		},
	};
}
