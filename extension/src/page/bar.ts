// A message that counts: how far something is, and "Interrompi". The numbers change in place, for a button that is drawn
// anew loses the focus.
import * as ui from "../texts/ui.it.ts";
import { el } from "./el.ts";
import type { Page } from "./page.ts";

export interface Bar {
	show(title: string, done: number, total: number, words: string): void;
	/** The stop is asked for; nothing is counted any more. */
	stopping(text: string): void;
	drop(): void;
}

export function bar(page: Page, key: string, stop: () => void): Bar {
	let progress: HTMLProgressElement | undefined;
	let shown = "";
	const count = el("span");

	function show(title: string, done: number, total: number, words: string): void {
		if (!progress || shown !== title) {
			progress = el("progress", { "aria-label": title });
			shown = title;
			// the numbers would be read out a hundred times
			const body = el("div", { "aria-live": "off" }, progress, count);
			page.toast({ key, tone: "info", title, body, action: { label: ui.stop, run: stop }, lasts: true });
		}
		Object.assign(progress, { max: total, value: done });
		count.textContent = words;
	}

	function drop(): void {
		progress = undefined;
		page.dismiss(key);
	}

	function stopping(text: string): void {
		progress = undefined;
		page.toast({ key, tone: "info", title: ui.batchStopping, text, lasts: true });
	}

	return { show, stopping, drop };
}
