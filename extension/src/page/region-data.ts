// "Dati dalla regione", below the patient's toolbar: what the region knows, beside what the doctor typed. Only
// differences.ts writes into the page, and only when asked.
import { dateTime, day } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import type { Demographics, Exemption, SyncResult } from "../wire.gen.ts";
import { askDigits, css as digitsCss } from "./card-digits.ts";
import { css as diffCss, differences, retyped } from "./differences.ts";
import { cross, el } from "./el.ts";
import { shadow } from "./host.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { problem } from "./problem.ts";
import { prescriptions, css as rxCss } from "./region-prescriptions.ts";
import type { Sync, SyncState } from "./sync-state.ts";

const css = `
:host{display:block;margin:12px 0}
section{border:1px solid #c5cdd6;border-left:4px solid #06c;border-radius:4px;background:#fff;padding:12px 16px;position:relative}
h2{font-size:16px;margin:0 0 8px}h3{font-size:14px;margin:12px 0 4px;color:#455b71}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:8px 24px;margin:0}
dt{color:#455b71;font-size:12px}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
ul{list-style:none;margin:0;padding:0}li{padding:4px 0;border-top:1px solid #e8ecf0}li:first-child{border:0}
.code{display:inline-block;min-width:44px;font-weight:700}
[role=alert]{position:relative}
.problem{margin:0 0 8px;padding-right:44px}${diffCss}${rxCss}${digitsCss}`;

export function init(page: Page, sync: SyncState, signal: AbortSignal): () => void {
	const { host, root } = shadow("raccordo-dati", css);
	const body = el("div");
	root.append(body);
	let closed: unknown;
	let shown: Sync | undefined;

	function close(): void {
		closed = sync.now.result ?? sync.now.error;
		draw();
	}

	function draw(): void {
		const { state, result, error } = sync.now;
		const gone = closed !== undefined && closed === (error ?? result);
		host.dataset.state = state;
		host.hidden = gone || !(error || result);
		if (shown === sync.now) return; // a redraw loses the focus
		shown = sync.now;
		const parts = [error && failure(page, sync), result && section(page, result)].filter((part) => part !== undefined);
		body.replaceChildren(...parts);
		parts[0]?.append(cross(ui.close, close));
	}

	page.presence.add(() => {
		const toolbar = document.querySelector(page.site.patient.page)?.querySelector(page.site.patient.toolbar);
		if (!toolbar || toolbar.nextElementSibling === host) return;
		toolbar.after(host);
		shown = undefined;
		draw();
	});
	for (const type of ["input", "change"]) document.addEventListener(type, () => retyped(root), { signal });
	removeOn(signal, host);
	return draw;
}

/** Why the last synchronisation failed; with its time when it is told after a reload. */
function failure(page: Page, sync: SyncState): HTMLElement {
	const { error, failedAt } = sync.now;
	const when = failedAt && el("div", { class: "note" }, ui.lastFailure(dateTime(failedAt)));
	const box = error && problem(page.state, error);
	if (error?.data.code === "patient.not_yours") box?.append(askDigits((digits) => void sync.start(digits)));
	return el("div", { role: "alert" }, when, box);
}

function section(page: Page, result: SyncResult): HTMLElement {
	const { demographics, exemptions } = result;
	const diff = differences(page, result);
	return el(
		"section",
		{ "aria-label": ui.regionData },
		el("h2", {}, ui.regionData),
		diff && el("h3", {}, ui.differences),
		diff,
		el("h3", {}, ui.exemptions),
		exemptions?.length ? el("ul", {}, ...exemptions.map(exemption)) : el("div", {}, ui.noExemptions),
		...prescriptions(page.state, result),
		el("h3", {}, ui.demographics),
		el("dl", {}, ...facts(demographics)),
		el("p", { class: "note" }, diff ? ui.writtenOnClick : ui.notWritten),
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

function facts(d: Demographics): HTMLElement[] {
	const names = ui.fields;
	const birth = [day(d.birth_date), d.birth_place, d.sex].filter(Boolean).join(", ");
	const all: [string, string][] = [
		[names.fullName, `${d.surname} ${d.name}`.trim()],
		[names.codice_fiscale, d.codice_fiscale],
		[names.birth, birth],
		[names.address, d.address],
		[names.town, d.town],
		[names.province, d.province],
		[names.cap, d.cap],
		[names.asl, d.asl],
		[names.doctor, d.doctor],
		[names.card_expiry, day(d.card_expiry)],
	];
	return all
		.filter(([, value]) => value)
		.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
}
