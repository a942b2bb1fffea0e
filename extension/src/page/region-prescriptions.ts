// The patient's prescriptions as the region has them, with their states, newest first.
import { day } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import type { ListedPrescription, SyncResult } from "../wire.gen.ts";
import { el } from "./el.ts";
import { problem } from "./problem.ts";
import type { State } from "./state.ts";

export const css = `
.rx{max-height:264px;overflow:auto}.rx li{display:grid;grid-template-columns:84px 1fr auto;gap:0 12px;align-items:baseline}
.rx b{font-weight:600;overflow-wrap:anywhere}
.rx small{font-size:12px;color:#455b71;display:block;font-weight:400}
.rx em{font-style:normal;font-size:12px;font-weight:600;padding:1px 8px;border-radius:10px;background:#e8ecf0;color:#17324d}
.rx [data-state="3"] em{background:#e0f2e9;color:#00583a}.rx [data-state="4"] em{background:#fbe9ec;color:#8f1d33}
@media (max-width:480px){.rx li{grid-template-columns:1fr auto}.rx b{grid-column:1/-1}}`;

export function prescriptions(state: State, result: SyncResult): HTMLElement[] {
	const list = result.prescriptions ?? [];
	const why = result.prescriptions_problem;
	const parts: HTMLElement[] = [el("h3", {}, ui.prescriptions)];
	if (why) parts.push(problem(state, why));
	if (list.length > 0)
		parts.push(el("ul", { class: "rx", tabindex: "0", "aria-label": ui.prescriptions }, ...list.map(item)));
	else if (!why) parts.push(el("div", {}, ui.noPrescriptions));
	return parts;
}

function item(p: ListedPrescription): HTMLElement {
	const kind = p.tipo_prescrizione === "P" ? ui.specialist : ui.drugs;
	return el(
		"li",
		{ "data-state": p.state ?? "" },
		el("span", {}, day(p.compiled_at.slice(0, 10))),
		el("b", {}, p.description || kind, el("small", {}, `NRE ${p.nre}`)),
		p.state_text ? el("em", {}, p.state_text) : el("span"),
	);
}
