// "Ricette in carico": what Raccordo has not settled yet, oldest first. It is read again whenever the agent says that
// something changed; a row in which the doctor is answering a question stays as it is.
import { entriesOf } from "../guard.ts";
import type { Client, Outcome } from "../page/client.ts";
import { el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import * as ui from "../texts/ui.it.ts";
import type { OutboxEntry } from "../wire.gen.ts";
import { type Asked, Row } from "./row.ts";

export class Outbox {
	readonly element = el("section", { id: "outbox", "aria-labelledby": "outbox-title" });
	readonly #list = el("ul");
	readonly #said = el("p", { role: "status", class: "note" });
	readonly #title = el("h2", { id: "outbox-title" }, ui.outboxTitle);
	readonly #rows = new Map<string, Row>();
	#reading = false;
	#again = false;

	constructor(
		private readonly state: State,
		private readonly client: Pick<Client, "request">,
	) {
		this.element.append(this.#title, this.#said, this.#list);
		this.element.hidden = true;
	}

	async read(): Promise<void> {
		const { link, status } = this.state.now;
		this.element.hidden = link.state !== "up" || !status;
		if (this.element.hidden) return;
		this.#again = this.#reading;
		if (this.#reading) return;
		this.#reading = true;
		const outcome = await this.client.request("outbox.list", {}, false);
		this.#reading = false;
		this.#show(outcome);
		if (this.#again) await this.read();
	}

	#show(outcome: Outcome<unknown>): void {
		if (!outcome.ok) {
			this.#list.replaceChildren(el("li", {}, problem(this.state, outcome.error)));
			this.#rows.clear();
			return;
		}
		const entries = entriesOf(outcome.result).filter((e) => e.state !== "sent" && e.state !== "cancelled");
		for (const id of this.#rows.keys()) if (!entries.some((e) => e.id === id)) this.#rows.delete(id);
		const rows = entries.map((entry) => this.#row(entry));
		// an element that is put where it already is loses the focus
		if (rows.length !== this.#list.children.length || rows.some((row, i) => row !== this.#list.children[i]))
			this.#list.replaceChildren(...rows);
		if (entries.length === 0) this.#list.replaceChildren(el("li", { class: "note" }, ui.outboxEmpty));
	}

	#row(entry: OutboxEntry): HTMLElement {
		const known = this.#rows.get(entry.id);
		if (known) known.tell(entry);
		const row = known ?? new Row(entry, this.state, (asked) => this.#ask(entry.id, asked));
		this.#rows.set(entry.id, row);
		return row.element;
	}

	async #ask(id: string, asked: Asked): Promise<Outcome<unknown>> {
		const outcome =
			asked.do === "resolve"
				? await this.client.request("outbox.resolve", { id, ...asked.answer }, true)
				: await this.client.request(`outbox.${asked.do}`, { ids: [id] }, true);
		const now = outcome.ok ? entriesOf(outcome.result).find((e) => e.id === id) : undefined;
		if (outcome.ok && now?.state === "sent") this.#said.textContent = ui.doneSent;
		else if (outcome.ok && asked.do === "discard") this.#said.textContent = ui.doneGone;
		else this.#said.textContent = "";
		await this.read();
		return outcome;
	}
}
