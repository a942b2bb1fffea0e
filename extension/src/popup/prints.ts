// "Stampe": what has not come out yet, and why. Read again whenever the agent says that something changed; a printer's name
// and the title of a sheet are all that is told of it.
import { jobsOf } from "../guard.ts";
import type { Client, Outcome } from "../page/client.ts";
import { button, el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import * as words from "../texts/printers.it.ts";
import type { PrintJob } from "../wire.gen.ts";

const OVER: readonly PrintJob["state"][] = ["printed", "cancelled"];

export class Prints {
	readonly element = el("section", { id: "prints", "aria-labelledby": "prints-title" });
	readonly #list = el("ul");
	readonly #said = el("p", { role: "status", class: "note" });
	readonly #rows = new Map<string, { shown: string; element: HTMLElement }>();
	/** Jobs about which something is being done. */
	readonly #busy = new Set<string>();
	/** Failed ones that were printed again. */
	readonly #repeated = new Set<string>();
	#reading = false;
	#again = false;

	constructor(
		private readonly state: State,
		private readonly client: Pick<Client, "request">,
	) {
		this.element.append(el("h2", { id: "prints-title" }, words.jobs), this.#said, this.#list);
		this.element.hidden = true;
	}

	async read(): Promise<void> {
		const { link, status } = this.state.now;
		if (link.state !== "up" || !status) {
			this.element.hidden = true;
			return;
		}
		this.#again = this.#reading;
		if (this.#reading) return;
		this.#reading = true;
		const outcome = await this.client.request("print.list", {}, false);
		this.#reading = false;
		if (outcome.ok) this.#show(jobsOf(outcome.result));
		if (this.#again) await this.read();
	}

	#show(jobs: readonly PrintJob[]): void {
		const open = jobs.filter(({ id, state }) => !OVER.includes(state) && !this.#repeated.has(id));
		for (const id of this.#rows.keys()) if (!open.some((job) => job.id === id)) this.#rows.delete(id);
		const rows = open.map((job) => this.#row(job));
		// an element that is put where it already is loses the focus
		if (rows.length !== this.#list.children.length || rows.some((row, i) => row !== this.#list.children[i]))
			this.#list.replaceChildren(...rows);
		this.element.hidden = rows.length === 0 && !this.#said.textContent;
	}

	#row(job: PrintJob): HTMLElement {
		const shown = JSON.stringify([job, this.#busy.has(job.id)]);
		const row = this.#rows.get(job.id) ?? { shown: "", element: el("li") };
		this.#rows.set(job.id, row);
		if (row.shown === shown) return row.element;
		row.shown = shown;
		const { title, state, problem: why, printer, pages, copies } = job;
		row.element.dataset.state = state;
		row.element.replaceChildren(
			el("div", { class: "head" }, el("strong", {}, title), el("span", { class: "mark" }, words.jobStates[state])),
			el("div", { class: "note" }, [printer, words.someCopies(pages, copies)].filter(Boolean).join(" · ")),
			...(why ? [problem(this.state, why, state === "failed" ? "problem" : "warning")] : []),
			this.#foot(job),
		);
		return row.element;
	}

	#foot(job: PrintJob): HTMLElement {
		if (this.#busy.has(job.id)) return el("p", { class: "busy" }, words.working);
		const act = (label: string, look: string, run: () => void): HTMLElement =>
			button(label, look, run, { "aria-label": `${label}: ${job.title}` });
		const again = act(words.again, "main", () => void this.#do(job, "print.again", words.sentAgain));
		const stop = act(words.giveUp, "", () => void this.#do(job, "print.cancel", words.givenUp));
		return el("div", { class: "foot" }, ...(job.state === "failed" ? [again, stop] : [stop]));
	}

	async #do(job: PrintJob, method: "print.again" | "print.cancel", done: string): Promise<void> {
		this.#busy.add(job.id);
		this.#row(job);
		const outcome: Outcome<unknown> = await this.client.request(method, { ids: [job.id] }, true);
		this.#busy.delete(job.id);
		this.#said.textContent = outcome.ok ? done : "";
		if (outcome.ok && method === "print.again") this.#repeated.add(job.id);
		await this.read();
		const row = this.#rows.get(job.id);
		if (!outcome.ok && row) row.element.append(problem(this.state, outcome.error));
	}
}
