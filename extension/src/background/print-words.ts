// What a list of prints says that the one before did not. Pure.
import type { Told } from "../messages.ts";
import * as ui from "../texts/ui.it.ts";
import type { ErrorCode, PrintJob } from "../wire.gen.ts";

/** What was known before. */
export interface Seen {
	/** Jobs that stand still, with the reason. */
	readonly stuck: ReadonlyMap<string, ErrorCode>;
	/** Those and what waited behind them, as long as it has not come out. */
	readonly delayed: ReadonlySet<string>;
	readonly failed: ReadonlySet<string>;
}

export interface News {
	readonly key: "print-held" | "print-failed" | "print-done";
	readonly told?: Told;
}

export const NOTHING: Seen = { stuck: new Map(), delayed: new Set(), failed: new Set() };

const DONE: readonly PrintJob["state"][] = ["printed", "failed", "cancelled"];

/** Waits for somebody, at the printer or at the settings. */
export function stands(job: PrintJob): boolean {
	return job.problem !== undefined && !DONE.includes(job.state);
}

export function tidings(jobs: readonly PrintJob[], before: Seen): { seen: Seen; news: News[] } {
	const still = jobs.filter(stands);
	const behind = jobs.filter(
		(job) => !DONE.includes(job.state) && still.some(({ printer }) => printer === job.printer),
	);
	const stuck = new Map(still.flatMap(({ id, problem }) => (problem ? [[id, problem.data.code] as const] : [])));
	const waited = jobs.filter(({ id, state }) => before.delayed.has(id) && state !== "failed" && state !== "cancelled");
	const over = waited.length > 0 && still.length === 0 && waited.every(({ state }) => state === "printed");
	const failed = jobs.filter(({ state }) => state === "failed");
	const lost = failed.filter(({ id }) => !before.failed.has(id));
	const news: News[] = [];
	if ([...stuck].some(([id, code]) => before.stuck.get(id) !== code))
		news.push({ key: "print-held", told: held(behind, still) });
	else if (still.length === 0 && before.stuck.size > 0) news.push({ key: "print-held" });
	if (lost.length > 0) news.push({ key: "print-failed", told: notPrinted(lost) });
	if (over)
		news.push({ key: "print-done", told: { tone: "info", title: ui.printWentOn(named(waited, ui.printedMany)) } });
	const delayed = new Set([...(over ? [] : waited), ...behind].map(({ id }) => id));
	return { seen: { stuck, delayed, failed: new Set(failed.map(({ id }) => id)) }, news };
}

function held(behind: readonly PrintJob[], still: readonly PrintJob[]): Told {
	const error = still[0]?.problem;
	return { tone: "problem", title: ui.printWaits(named(behind, ui.printsMany)), ...(error && { error }) };
}

function notPrinted(lost: readonly PrintJob[]): Told {
	const error = lost.find(({ problem }) => problem)?.problem;
	const again = lost.map(({ id }) => id);
	return { tone: "problem", title: ui.printFailed(named(lost, ui.printsMany)), ...(error && { error }), again };
}

function named(jobs: readonly PrintJob[], many: (n: number) => string): string {
	return jobs.length === 1 ? (jobs[0]?.title ?? "") : many(jobs.length);
}
