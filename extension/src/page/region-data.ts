// "Dati dalla regione", below the patient's toolbar: what the region knows, beside what the doctor typed. It reads
// the page's fields and never writes them.
import { day } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import type { Demographics, Exemption, SyncResult } from "../wire.gen.ts";
import { differs } from "./compare.ts";
import { cross, el } from "./el.ts";
import { shadow } from "./host.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { problem } from "./problem.ts";
import { fieldValue } from "./source.ts";
import type { SyncState } from "./sync-state.ts";

const css = `
:host{display:block;margin:12px 0}
section{border:1px solid #c5cdd6;border-left:4px solid #06c;border-radius:4px;background:#fff;padding:12px 16px;position:relative}
h2{font-size:16px;margin:0 0 8px}h3{font-size:14px;margin:12px 0 4px;color:#455b71}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:8px 24px;margin:0}
dt{color:#455b71;font-size:12px}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
dd{display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center}
.differs{padding:0 8px;border-radius:10px;background:#fff1d6;color:#7a4a00;font-size:12px;font-weight:600;white-space:nowrap}
ul{list-style:none;margin:0;padding:0}li{padding:4px 0;border-top:1px solid #e8ecf0}li:first-child{border:0}
.code{display:inline-block;min-width:44px;font-weight:700}
[role=alert]{position:relative}
.problem{margin:0 0 8px;padding-right:44px}`;

export function init(page: Page, sync: SyncState, signal: AbortSignal): () => void {
	const { host, root } = shadow("raccordo-dati", css);
	const body = el("div");
	root.append(body);
	let closed: unknown;

	function close(): void {
		closed = sync.now.result ?? sync.now.error;
		draw();
	}

	function draw(): void {
		const { state, result, error } = sync.now;
		const gone = closed !== undefined && closed === (error ?? result);
		const parts = [
			error && el("div", { role: "alert" }, problem(page.state, error)),
			result && section(page, result),
		].filter((part) => part !== undefined);
		host.hidden = gone || parts.length === 0;
		host.dataset.state = state;
		body.replaceChildren(...parts);
		if (host.hidden) return;
		(parts[0] ?? body).append(cross(ui.close, close));
	}

	page.presence.add(() => {
		const toolbar = document.querySelector(page.site.patient.page)?.querySelector(page.site.patient.toolbar);
		if (!toolbar || toolbar.nextElementSibling === host) return;
		toolbar.after(host);
		draw();
	});
	document.addEventListener("input", () => !host.hidden && sync.now.result && draw(), { signal });
	removeOn(signal, host);
	return draw;
}

function section(page: Page, { demographics, exemptions }: SyncResult): HTMLElement {
	return el(
		"section",
		{ "aria-label": ui.regionData },
		el("h2", {}, ui.regionData),
		el("h3", {}, ui.exemptions),
		exemptions?.length ? el("ul", {}, ...exemptions.map(exemption)) : el("div", {}, ui.noExemptions),
		el("h3", {}, ui.demographics),
		el("dl", {}, ...fields(page, demographics)),
		el("p", { class: "note" }, ui.notWritten),
	);
}

function exemption({ code, description, from, to }: Exemption): HTMLElement {
	const term = [ui.validFrom(day(from)), to ? ui.validTo(day(to)) : ui.noEnd].join(to ? " " : ", ");
	return el(
		"li",
		{},
		el("span", { class: "code" }, code),
		` ${description} `,
		el("span", { class: "note" }, `(${term})`),
	);
}

function fields(page: Page, d: Demographics): HTMLElement[] {
	const names = ui.fields;
	const birth = [day(d.birth_date), d.birth_place, d.sex].filter(Boolean).join(", ");
	const facts: [string, string, keyof Page["site"]["patient"]["fields"] | undefined][] = [
		[names.fullName, `${d.surname} ${d.name}`.trim(), undefined],
		[names.codice_fiscale, d.codice_fiscale, undefined],
		[names.birth, birth, undefined],
		[names.address, d.address, "address"],
		[names.town, d.town, "town"],
		[names.province, d.province, "province"],
		[names.cap, d.cap, "cap"],
		[names.asl, d.asl, undefined],
		[names.doctor, d.doctor, undefined],
		[names.card_expiry, day(d.card_expiry), undefined],
	];
	return facts
		.filter(([, value]) => value)
		.map(([name, value, field]) => {
			const typed = field && typedValue(page, page.site.patient.fields[field]);
			const mark = typed !== undefined && differs(typed, value);
			return el(
				"div",
				{},
				el("dt", {}, name),
				el("dd", {}, value, mark && el("span", { class: "differs" }, ui.differs)),
			);
		});
}

function typedValue(page: Page, selector: string | undefined): string | undefined {
	if (!selector) return undefined;
	return fieldValue(document.querySelector(page.site.patient.page)?.querySelector(selector) ?? null);
}
