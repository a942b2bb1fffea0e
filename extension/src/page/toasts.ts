// Messages for what happens while the doctor is doing something else: the session ended, the connector stopped.
import { day } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import type { Certificate } from "../wire.gen.ts";
import { button, cross, el } from "./el.ts";
import { shadow } from "./host.ts";
import type { Toast } from "./page.ts";
import { removeOn } from "./presence.ts";
import { problem } from "./problem.ts";
import type { Snapshot, State } from "./state.ts";

const css = `
:host{position:fixed;z-index:2147483647;right:16px;bottom:16px;width:380px;max-width:calc(100vw - 32px);display:grid;gap:8px}
.toast{position:relative;background:#fff;border:1px solid #c5cdd6;border-left:5px solid #06c;border-radius:4px;padding:12px 44px 12px 14px;box-shadow:0 6px 24px rgb(0 0 0/.25)}
.toast[data-tone=problem]{border-left-color:#cc334d}
.problem{border:0;background:none;padding:0;margin:4px 0 0}
progress{width:100%;height:8px;margin:8px 0 0;accent-color:#06c}
.plain{margin-top:8px}`;

const INFO_MS = 6000;

export interface Toasts {
	show(toast: Toast): void;
	drop(key: string): void;
}

/** covered: the chooser is open and tells the same thing. */
export function init(state: State, signal: AbortSignal, covered: () => boolean = () => false): Toasts {
	const { host, root } = shadow("raccordo-avvisi", css);
	const shown = new Map<string, HTMLElement>();

	function drop(key: string): void {
		shown.get(key)?.remove();
		shown.delete(key);
		if (shown.size === 0) host.remove();
	}

	function show(toast: Toast): void {
		drop(toast.key);
		const { action } = toast;
		const act = (): void => {
			drop(toast.key);
			action?.run();
		};
		const role = toast.tone === "problem" ? "alert" : "status";
		const box = el(
			"div",
			{ class: "toast", role, "data-tone": toast.tone },
			el("strong", {}, toast.title),
			toast.error && problem(state, toast.error),
			toast.text && el("div", {}, toast.text),
			toast.body,
			toast.remedy && el("div", {}, toast.remedy),
			action && button(action.label, "plain", act),
			cross(ui.close, () => drop(toast.key)),
		);
		shown.set(toast.key, box);
		root.append(box);
		if (!host.isConnected) document.documentElement.append(host);
		if (toast.tone === "info" && !toast.lasts)
			setTimeout(() => shown.get(toast.key) === box && drop(toast.key), INFO_MS);
	}

	state.watch((now, before) => {
		for (const key of solved(now)) drop(key);
		for (const toast of [news(now, before, state), farewell(now, before, state)]) if (toast && !covered()) show(toast);
	});
	removeOn(signal, host);
	return { show, drop };
}

/** The toast, if any, that a change of the road, the reader or the card deserves. */
export function news(now: Snapshot, before: Snapshot, state: Pick<State, "text">): Toast | undefined {
	if (before.link.state === "up" && now.link.state === "down") {
		return { key: "link", tone: "problem", title: ui.lost, error: now.link.error };
	}
	if (now.link.state !== "up") return undefined;
	// An agent that has just started has not looked yet.
	if (
		before.link.state === "up" &&
		before.status?.cards.service === "running" &&
		now.status?.cards.service === "down"
	) {
		return { key: "service", tone: "problem", title: ui.noCards, ...state.text("card.service_down") };
	}
	const ending = expiring(now).find((c) => !expiring(before).some((b) => b.fingerprint === c.fingerprint));
	if (ending) {
		const text = ui.expiresOn(day(ending.not_after));
		return { key: "expiry", tone: "problem", title: ui.expiryTitle, text, remedy: ui.expiryRemedy };
	}
	return undefined;
}

/** The toast, if any, for the end of a session or of an attempt. */
export function farewell(now: Snapshot, before: Snapshot, state: Pick<State, "text">): Toast | undefined {
	if (now.link.state !== "up") return undefined;
	const was = before.status?.session.state;
	const session = now.status?.session;
	if (!session || !was || session.state !== "disconnected") return undefined;
	if (was === "disconnected" || (was === "connecting" && !session.reason)) return undefined;
	if (!session.reason && before.link.state === "down") {
		// The agent died and knows nothing of the session: nobody has logged out.
		const [why, what] = [state.text("connector.lost"), state.text("session.none")];
		return { key: "session", tone: "problem", title: ui.ended, text: why.text, remedy: what.remedy };
	}
	if (!session.reason) return { key: "session", tone: "info", title: ui.loggedOut };
	const title = was === "connecting" ? ui.notConnected : ui.ended;
	return { key: "session", tone: "problem", title, ...state.text(session.reason) };
}

/** Those that the agent announces today. */
function expiring({ status }: Snapshot): Certificate[] {
	const certificates = (status?.cards.readers ?? []).flatMap((r) => r.card?.certificates ?? []);
	return certificates.filter((c) => c.notify_expiry);
}

function solved(now: Snapshot): string[] {
	if (now.link.state !== "up") return [];
	const service = now.status?.cards.service === "running" ? ["service"] : [];
	const state = now.status?.session.state;
	return ["link", ...service, ...(state === "connected" ? ["session"] : state === "disconnected" ? ["pause"] : [])];
}
