// "Imposta": which printer a kind of sheet goes to, and how each of them is.
import { button, el } from "../page/el.ts";
import { problem, reason } from "../page/problem.ts";
import * as words from "../texts/printers.it.ts";
import type { Printer, PrinterList, PrinterProfile } from "../wire.gen.ts";
import { openDialog } from "./dialog.ts";
import { type Desk, settingsOf, withPrinter } from "./settings.ts";

export function choosePrinter(desk: Desk, list: PrinterList, profile: PrinterProfile): void {
	const form = el("form", { class: "printers" });
	const note = el("div", { "aria-live": "polite" });
	const submit = el("button", { type: "submit", class: "main" }, words.save);
	const all = [undefined, ...list.printers];
	form.append(
		el(
			"div",
			{ role: "radiogroup", "aria-labelledby": "dialog-title" },
			...all.map((printer) => option(desk, printer, (printer?.name ?? "") === (profile.printer ?? ""))),
		),
		note,
		el(
			"div",
			{ class: "foot" },
			submit,
			button(words.cancel, "", () => dialog.close()),
		),
	);
	if (list.problem) note.append(problem(desk.state, list.problem));
	else if (list.printers.length === 0) note.append(el("p", {}, words.noneThere));
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (!event.isTrusted || submit.disabled) return;
		const chosen = form.querySelector("input:checked")?.getAttribute("value");
		const printer = list.printers.find(({ name }) => name === chosen);
		submit.disabled = true;
		note.replaceChildren(el("p", { class: "busy" }, words.saving));
		const settings = withPrinter(settingsOf(profile), printer);
		const outcome = await desk.request("printer.configure", { settings }, true);
		submit.disabled = false;
		if (!outcome.ok) return note.replaceChildren(problem(desk.state, outcome.error));
		dialog.close();
		desk.keep(outcome.result);
	});
	const dialog = openDialog(words.chooseFor(words.kinds[profile.kind]), form);
	form.querySelector<HTMLInputElement>("input:checked")?.focus();
}

function option(desk: Desk, printer: Printer | undefined, chosen: boolean): HTMLElement {
	const input = el("input", { type: "radio", name: "printer", value: printer?.name ?? "" });
	input.checked = chosen;
	if (!printer) return el("label", {}, input, el("span", {}, words.none));
	const { name, info, location, state, accepting, problem: code } = printer;
	const about = [
		info !== name && info,
		location,
		printer.default && words.byDefault,
		words.printerState[state],
		!accepting && words.rejecting,
	];
	return el(
		"label",
		{},
		input,
		el(
			"span",
			{},
			el("strong", {}, name),
			el("span", { class: "note" }, about.filter(Boolean).join(" · ")),
			code && reason(desk.state, code, "warning"),
		),
	);
}
