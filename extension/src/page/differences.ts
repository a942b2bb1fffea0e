// Where the page and the region differ: both values, "Usa" and "Mantieni". Nothing is written until the doctor says so,
// one field at a time, and never into the page of another patient.
import * as ui from "../texts/ui.it.ts";
import type { Change, SyncResult } from "../wire.gen.ts";
import { button, el } from "./el.ts";
import { type FieldName, fieldFor, open, typedIn, write } from "./known.ts";
import type { Page } from "./page.ts";
import { read } from "./source.ts";

export const css = `
.diff{display:grid;gap:8px}
.diff>div{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:center;justify-content:space-between;border:1px solid #e2c58a;border-radius:4px;background:#fffaf0;padding:8px 12px}
.diff>.done{border-color:#c5cdd6;background:#f5f7f9}
.diff .acts{display:flex;gap:8px;align-items:center}.diff strong{overflow-wrap:anywhere}
.diff .note:empty{position:absolute}.diff .plain{min-height:32px;padding:3px 14px;font-size:13px}
.differs{padding:0 8px;border-radius:10px;background:#fff1d6;color:#7a4a00;font-size:12px;font-weight:600;white-space:nowrap}`;

/** What was decided of an answer's differences, kept while the answer is shown. */
const decided = new WeakMap<SyncResult, Map<FieldName, string>>();

type Difference = Change & { readonly name: FieldName };

/** Undefined: nothing that the page shows differs. */
export function differences(page: Page, result: SyncResult): HTMLElement | undefined {
	const all = (result.changes ?? []).flatMap((change): Difference[] => {
		const name = fieldFor(page, change.field);
		return name ? [{ ...change, name }] : [];
	});
	if (all.length === 0) return undefined;
	const box = el("div", { class: "diff", role: "group", "aria-label": ui.differences });
	box.append(...all.map((change) => row(page, result, change, box)));
	return box;
}

function row(page: Page, result: SyncResult, change: Difference, box: HTMLElement): HTMLElement {
	const { name, region = "" } = change;
	const label = ui.fields[name];
	const own = result.demographics.codice_fiscale;
	const mine = el("span", { class: "mine" });
	const said = el("span", { role: "status", tabindex: "-1", class: "note" });
	const mark = el("span", { class: "differs" }, ui.differs);
	const acts = el("span", { class: "acts" });
	const line = el(
		"div",
		{ "data-field": name },
		el(
			"span",
			{},
			el("span", { class: "note" }, `${label} `),
			el("strong", {}, region || ui.regionNone),
			" ",
			mark,
			el("br"),
			mine,
		),
		acts,
	);

	const settled = decided.get(result) ?? new Map<FieldName, string>();
	decided.set(result, settled);

	function show(): void {
		const now = typedIn(page, name);
		mine.textContent = `${ui.onPage} ${now || ui.pageNone}`;
		const words = settled.get(name) ?? (now === region ? ui.used : "");
		mark.hidden = words !== "";
		line.classList.toggle("done", words !== "");
		said.textContent = words;
		if (words) acts.replaceChildren(said);
	}

	function settle(words: string): void {
		settled.set(name, words);
		show();
		(box.querySelector("button") ?? said).focus();
	}

	function use(): void {
		if (read(page.site.patient.codice_fiscale).toUpperCase() !== own) return; // the page has moved on
		settle(write(page, name, region) ? ui.used : ui.notUsable);
	}

	const takes = region !== "" && open(page, name);
	acts.append(said);
	if (takes) acts.append(button(ui.use, "plain", use, { "aria-label": `${ui.use}: ${label} ${region}` }));
	acts.append(button(ui.keep, "plain", () => settle(ui.kept), { "aria-label": `${ui.keep}: ${label}` }));
	show();
	line.addEventListener("raccordo-typed", show);
	return line;
}

/** The doctor types: what stands beside it follows. */
export function retyped(root: ParentNode): void {
	for (const line of root.querySelectorAll(".diff>div")) line.dispatchEvent(new Event("raccordo-typed"));
}
