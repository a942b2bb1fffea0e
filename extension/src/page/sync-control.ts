// "Data ultima sincronizzazione" and the two arrows in a circle, at the end of the patient's toolbar.
import { dateTime } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import { el, icon } from "./el.ts";
import { shadow } from "./host.ts";
import { known } from "./known.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { init as initData } from "./region-data.ts";
import { read } from "./source.ts";
import { SyncState } from "./sync-state.ts";

const css = `
:host{display:inline-flex;align-items:center;gap:8px;margin-left:auto}
span{color:#5a6772;font-size:13px}
button{display:grid;place-items:center;width:34px;height:34px;padding:0;border:1px solid transparent;border-radius:50%;background:none;color:#06c}
button:hover{background:#e6f0fa}
button[aria-disabled=true]{cursor:progress}
:host([data-state=busy]) svg{animation:r 1s linear infinite}
:host([data-state=failed]) button{color:#b3002d}
@keyframes r{to{transform:rotate(1turn)}}`;

const ARROWS = ["M20 11a8 8 0 0 0-14-4.5L3 9", "M3 4v5h5", "M4 13a8 8 0 0 0 14 4.5l3-2.500", "M21 20v-5h-5"];

/** Returns what makes it forget, after a logout. */
export function init(page: Page, signal: AbortSignal): () => void {
	const { host, root } = shadow("raccordo-sincronizza", css);
	const text = el("span", { role: "status" });
	const button = el("button", { type: "button", "aria-label": ui.sync, title: ui.sync }, icon(...ARROWS));
	root.append(text, button);
	const sync = new SyncState(page.client, () => known(page), draw);
	const drawData = initData(page, sync, signal);

	function draw(): void {
		const { state, at } = sync.now;
		const words = state === "busy" ? ui.syncing : ui.lastSync(dateTime(at) || "-");
		if (text.textContent !== words) text.textContent = words;
		button.setAttribute("aria-disabled", String(state === "busy"));
		host.dataset.state = state;
		drawData();
	}

	button.addEventListener("click", (event) => {
		if (event.isTrusted) void sync.start();
	});
	page.presence.add(() => {
		const place = document.querySelector(page.site.patient.page);
		sync.patient(place ? read(page.site.patient.codice_fiscale).toUpperCase() : "");
		const toolbar = place?.querySelector(page.site.patient.toolbar);
		if (!toolbar || toolbar.lastElementChild === host) return;
		toolbar.append(host);
		draw();
	});
	page.state.watch((now, before) => now.link.state === "up" && before.link.state === "down" && void sync.recall());
	removeOn(signal, host);
	return () => sync.forget();
}
