// The certificate chooser: shows the certificates that can log in, says why the others cannot, and asks for the
// login. The PIN is asked by a native window, never here.
import * as ui from "../texts/ui.it.ts";
import type { Error as WireError } from "../wire.gen.ts";
import { certificateList, type ListView } from "./certificate-list.ts";
import { offer } from "./certificates.ts";
import { button, el } from "./el.ts";
import { shadow } from "./host.ts";
import { ask, cardWay, cloudWay, regret } from "./login.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { problem, reason } from "./problem.ts";
import { doctor } from "./source.ts";

const css = `
dialog{border:0;border-radius:8px;padding:24px;width:520px;max-width:calc(100vw - 32px);color:#17324d;background:#fff;box-shadow:0 12px 48px rgb(0 0 0/.35)}
dialog::backdrop{background:rgb(23 50 77/.45)}
h2{font-size:19px;margin:0 0 12px}
ul{list-style:none;margin:0;padding:0}
label,.off{display:flex;gap:12px;border:1px solid #c5cdd6;border-radius:6px;padding:10px 12px;margin:8px 0}
label{cursor:pointer}
label:has(:checked){border-color:#06c;box-shadow:inset 0 0 0 1px #06c;background:#f2f8ff}
input{width:18px;height:18px;margin:2px 0;accent-color:#06c;flex:none}
.who{font-weight:600}
.off{background:#f2f4f6;color:#455b71}
details{margin:12px 0}summary{cursor:pointer;padding:4px 0}
.row{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:12px;margin-top:16px}
.busy{display:flex;gap:12px;align-items:center;margin:16px 0;font-weight:600}
.busy::before{content:"";width:18px;height:18px;border:3px solid #c5dcf5;border-top-color:#06c;border-radius:50%;animation:r 1s linear infinite}
@keyframes r{to{transform:rotate(1turn)}}`;

export interface Chooser {
	open(): void;
	isOpen(): boolean;
}

export function init(page: Page, signal: AbortSignal): Chooser {
	const { host, root } = shadow("raccordo-scelta", css);
	const title = el("h2", { id: "t" });
	const body = el("div", { "aria-live": "polite" });
	const cancel = button("", "plain", () => dialog.close());
	const other = button("", "plain", () => {
		dialog.close();
		cloudWay(page)?.run();
	});
	const go = button(ui.connect, "main", () =>
		page.state.now.link.state === "down" ? page.client.retry() : void connect(),
	);
	const dialog = el("dialog", { "aria-labelledby": "t" }, title, body, el("div", { class: "row" }, cancel, other, go));
	root.append(dialog);

	let reading = false;
	let busy = false;
	let error: WireError | undefined;
	let chosen: string | undefined;
	let shown = "";
	let way: "card" | "cloud" = "card";

	function draw(): void {
		if (!dialog.open) return;
		const { link, status } = page.state.now;
		const list = offer(status?.cards ?? { service: "running", readers: [] }, doctor(page.site));
		if (!list.usable.some((c) => c.fingerprint === chosen)) chosen = list.preselected;
		const offline = link.state === "down" ? link.error : undefined;
		way = (status && cardWay(status.region)) ?? "card";
		const waits = busy || (!offline && (!status || (reading && list.usable.length === 0)));
		title.textContent = list.usable.length > 1 ? ui.chooseTitle : ui.confirmTitle;
		cancel.textContent = busy ? ui.close : ui.cancel;
		go.textContent = offline ? ui.retry : way === "cloud" ? ui.cardAtRegion : ui.connect;
		const cloud = offline || busy ? undefined : cloudWay(page);
		other.textContent = cloud?.label ?? "";
		other.hidden = !cloud;
		go.hidden = !offline && list.usable.length === 0;
		go.disabled = waits || (!offline && chosen === undefined);
		host.dataset.state = waits ? "busy" : offline || list.obstacle ? "obstacle" : "ready";
		// a redraw loses the focus: only for something new to show
		const shows = JSON.stringify([list, offline, waits && progress(page), error, busy]);
		if (shows === shown) return;
		shown = shows;
		body.replaceChildren(...contents(list, offline, waits));
	}

	function contents(list: ListView["offer"], offline: WireError | undefined, waits: boolean): HTMLElement[] {
		if (offline) return [problem(page.state, offline)];
		if (waits) return [el("p", { class: "busy" }, busy ? progress(page) : ui.loading)];
		// without a card the failure of one that was there only confuses, unless it says just that
		const told = error && (list.obstacle !== "card.none" || error.data.code === "card.removed") ? error : undefined;
		const parts: HTMLElement[] = told ? [problem(page.state, told)] : [];
		if (list.obstacle === "reading") parts.push(el("p", { class: "busy" }, ui.cardReading));
		else if (list.obstacle && !told) parts.push(reason(page.state, list.obstacle));
		const choose = (fingerprint: string) => {
			chosen = fingerprint;
			go.disabled = false;
		};
		parts.push(...certificateList({ offer: list, chosen, choose, reasonOf: (code) => page.state.text(code).text }));
		if (list.usable.length > 0) parts.push(el("p", { class: "note" }, ui.pinNote));
		return parts;
	}

	async function read(): Promise<void> {
		reading = true;
		draw();
		const outcome = await page.client.request("card.list", {}, true);
		reading = false;
		if (outcome.ok) page.state.setCards(outcome.result);
		else if (page.state.now.link.state === "up") error = outcome.error;
		draw();
	}

	async function connect(): Promise<void> {
		if (busy || chosen === undefined) return;
		busy = true;
		error = undefined;
		draw();
		const outcome = await ask(page, { via: way, certificate: chosen });
		busy = false;
		if (outcome.ok) {
			dialog.close();
			return;
		}
		if (dialog.open) error = outcome.error;
		else regret(page, outcome.error);
		draw();
		if (!root.activeElement) go.focus(); // a disabled button lost it
	}

	dialog.addEventListener("close", () => dialog.open || host.remove());
	page.state.watch((now, before) => {
		if (dialog.open && now.link.state === "up" && before.link.state === "down") void read();
		draw();
	});
	removeOn(signal, host);

	function open(): void {
		if (dialog.open) return;
		error = undefined;
		shown = "";
		document.documentElement.append(host);
		dialog.showModal();
		void read();
	}
	return { open, isOpen: () => dialog.open };
}

/** What the login waits for, in the words of the badge. */
function progress(page: Page): string {
	const { state, text } = page.state.now.summary;
	return state === "connecting" || state === "reconnecting" ? text : ui.loginBusy;
}
