// A patient of another doctor, and no second reader: the last five digits of the number printed on the health card
// show the region that the patient is there.
import * as ui from "../texts/ui.it.ts";
import { el } from "./el.ts";

export const css = `
form{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin-top:8px}
label{display:grid;gap:4px;font-weight:600}
input{font:16px ui-monospace,monospace;width:9ch;min-height:36px;padding:4px 8px;border:1px solid #5b6f82;border-radius:4px}`;

export function askDigits(use: (digits: string) => void): HTMLFormElement {
	const rule = { pattern: "[0-9]{5}", required: "", inputmode: "numeric", maxlength: "5", title: ui.cardDigitsRule };
	const input = el("input", { ...rule, autocomplete: "off" });
	const form = el(
		"form",
		{},
		el("label", {}, ui.cardDigits, input),
		el("button", { type: "submit", class: "plain" }, ui.syncThem),
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (event.isTrusted) use(input.value);
	});
	return form;
}
