// A batch on its way: how far it is, "Interrompi", and afterwards "Riprendi" for what did not leave. One prescription
// alone needs no such words.
import * as ui from "../texts/ui.it.ts";
import type { BatchProgress, PrescriptionResult } from "../wire.gen.ts";
import { bar } from "./bar.ts";
import type { Page } from "./page.ts";

const key = "batch";

export interface Batch {
	started(): void;
	progress(now: BatchProgress): void;
	/** The page has asked for the stop with its own button. */
	stopping(): void;
	/** The answer to what was sent; nothing when it failed. */
	ended(results?: readonly PrescriptionResult[]): void;
}

export function init(page: Page): Batch {
	let running = false;
	let asked = false;
	const shown = bar(page, key, stop);

	function started(): void {
		running = true;
		page.dismiss(key); // the offer to resume an older one
	}

	function stopping(): void {
		if (!running) return;
		asked = true;
		shown.stopping(ui.batchStoppingText);
	}

	function stop(): void {
		stopping();
		void page.client.request("batch.stop", {}, true);
	}

	function progress({ done, total }: BatchProgress): void {
		if (running && !asked && total > 1) shown.show(ui.batch, done, total, ui.batchCount(done, total));
	}

	async function resume(ids: string[]): Promise<void> {
		started();
		const outcome = await page.client.request("outbox.retry", { client_ids: ids }, true);
		if (outcome.ok) return ended(outcome.result.entries);
		ended();
		page.toast({ key, tone: "problem", title: ui.batchNotResumed, error: outcome.error });
	}

	function ended(results: readonly PrescriptionResult[] = []): void {
		const left = results.filter((r) => r.state === "draft" || r.state === "queued").map((r) => r.client_id);
		const stopped = asked && left.length > 0;
		running = asked = false;
		shown.drop();
		if (!stopped) return;
		const text = ui.batchLeft(results.length - left.length, left.length);
		const action = { label: ui.resume, run: () => void resume(left) };
		page.toast({ key, tone: "info", title: ui.batchStopped, text, action, lasts: true });
	}

	return { started, progress, stopping, ended };
}
