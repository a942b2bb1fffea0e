// "In pausa": the prescriptions that this page sends wait for the session, and go on by themselves.
import * as ui from "../texts/ui.it.ts";
import type { BatchProgress } from "../wire.gen.ts";
import { login } from "./login.ts";
import type { Page } from "./page.ts";
import { mayConnect } from "./source.ts";

const key = "pause";

export function showPause(page: Page, { paused }: BatchProgress): void {
	if (!paused) {
		endPause(page);
		return;
	}
	// the news of the session may come a moment after that of the batch
	const helps = page.state.now.status?.session.repair !== "auto" && mayConnect(page.site);
	const action = helps ? { label: ui.reconnect, run: () => login(page) } : undefined;
	const { text } = page.state.text(paused);
	page.toast({ key, tone: "info", title: ui.paused(text), text: ui.goesOn, action, lasts: true });
}

export function endPause(page: Page): void {
	page.dismiss(key);
}
