// "Login Cloud regionale" in the user's menu, and "Logout Cloud Regionale" while connected.
import * as ui from "../texts/ui.it.ts";
import type { Session } from "../wire.gen.ts";
import { el } from "./el.ts";
import { shadow } from "./host.ts";
import { login, waitsForUser } from "./login.ts";
import { copyLook } from "./look.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { mayConnect } from "./source.ts";

const css = `
:host{display:block}
button{border:0;width:100%;background:none}
button:hover{background-color:color-mix(in srgb,currentColor 10%,transparent)!important}
button:focus-visible{outline-color:currentColor;outline-offset:-3px}
button[aria-disabled=true]{opacity:.65;cursor:progress!important}`;

export function init(page: Page, signal: AbortSignal): void {
	const { host, root } = shadow("raccordo-accesso", css);
	const button = el("button", { type: "button", role: "menuitem" });
	root.append(button);
	let item: Element | undefined;
	let leaving = false;

	function draw(): void {
		const { label, state } = entry(page.state.now.status?.session, leaving);
		if (button.textContent !== label) button.textContent = label;
		button.setAttribute("aria-disabled", String(state === "busy"));
		host.dataset.state = state;
	}

	/** The app closes its menu for its own entries only: to any menu Escape means the same. */
	function closeMenu(): void {
		host.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
	}

	async function logout(): Promise<void> {
		leaving = true;
		draw();
		const outcome = await page.client.request("session.logout", {}, true);
		leaving = false;
		draw();
		if (!outcome.ok) page.toast({ key: "session", tone: "problem", title: ui.logout, error: outcome.error });
		else if (outcome.result.reason) page.toast({ key: "session", tone: "info", title: ui.loggedOutHere });
	}

	button.addEventListener("click", (event) => {
		if (!event.isTrusted || leaving) return;
		closeMenu();
		if (host.dataset.state === "logout") void logout();
		else login(page);
	});

	page.presence.add(() => {
		const list = document.querySelector(page.site.menu.list);
		if (!mayConnect(page.site)) return item?.remove();
		if (!list || (item?.isConnected && list.contains(item))) return;
		const neighbour = find(list, page.site.menu.after) ?? find(list, page.site.menu.before);
		item?.remove();
		item = like(row(list, neighbour), host);
		if (neighbour) copyLook(neighbour, button);
		place(list, item, page.site.menu);
		draw();
	});
	page.state.watch(draw);
	signal.addEventListener("abort", () => item?.remove());
	removeOn(signal, host);
}

function entry(session: Session | undefined, leaving: boolean): { label: string; state: "login" | "logout" | "busy" } {
	if (leaving) return { label: ui.logoutBusy, state: "busy" };
	if (session && waitsForUser(session)) return { label: ui.reconnect, state: "login" };
	const open = session && ["connected", "stale", "reconnecting"].includes(session.state);
	return open ? { label: ui.logout, state: "logout" } : { label: ui.login, state: "login" };
}

function find(list: Element, selector: string | undefined): Element | undefined {
	return (selector && list.querySelector(selector)) || undefined;
}

/** The list's own child that holds a neighbour. */
function row(list: Element, neighbour: Element | undefined): Element | undefined {
	return [...list.children].find((child) => neighbour && child.contains(neighbour));
}

/** An item shaped like the neighbour's (its tag, class and role), holding our element. */
function like(model: Element | undefined, host: HTMLElement): Element {
	const item = document.createElement(model?.tagName ?? "li");
	if (model?.className) item.className = model.className;
	item.setAttribute("role", model?.getAttribute("role") ?? "none");
	item.append(host);
	return item;
}

function place(list: Element, item: Element, { after, before }: Page["site"]["menu"]): void {
	const next = row(list, find(list, before));
	const previous = row(list, find(list, after));
	if (next) next.before(item);
	else if (previous) previous.after(item);
	else list.append(item);
}
