// The three cards, and the list of printers behind them. It is read again when somebody comes back to the page, when a job
// moves, and every few seconds while it is looked at: nobody tells when a printer is switched on.
import type { Client } from "../page/client.ts";
import { el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import * as words from "../texts/printers.it.ts";
import type { PrinterList, PrinterProfile } from "../wire.gen.ts";
import { Card } from "./card.ts";
import type { Desk, Kind } from "./settings.ts";

const EVERY_MS = 5000;

export class Printers {
	readonly element = el("div", { class: "cards" }, el("p", { class: "busy", role: "status" }, words.loading));
	readonly #desk: Desk;
	readonly #cards = new Map<Kind, Card>();
	#reading = false;

	constructor(
		private readonly state: State,
		private readonly client: Pick<Client, "request">,
	) {
		this.#desk = { state, request: (...asked) => client.request(...asked), keep: (list) => this.#show(list) };
	}

	start(): void {
		const look = (): void => {
			if (!document.hidden) void this.read();
		};
		document.addEventListener("visibilitychange", look);
		setInterval(look, EVERY_MS);
	}

	async read(): Promise<void> {
		if (this.#reading || this.state.now.link.state !== "up") return;
		this.#reading = true;
		const outcome = await this.client.request("printer.list", {}, false);
		this.#reading = false;
		if (outcome.ok) this.#show(outcome.result);
		else if (this.#cards.size === 0) this.element.replaceChildren(problem(this.state, outcome.error));
	}

	#show(list: PrinterList): void {
		const cards = list.profiles.map((profile) => this.#card(list, profile));
		const trouble = list.problem ? [problem(this.state, list.problem)] : [];
		const parts = [...trouble, ...cards];
		// an element that is put where it already is loses the focus
		const same = trouble.length === 0 && parts.every((part, i) => part === this.element.children[i]);
		if (!same || this.element.children.length !== parts.length) this.element.replaceChildren(...parts);
	}

	#card(list: PrinterList, profile: PrinterProfile): HTMLElement {
		const card = this.#cards.get(profile.kind) ?? new Card(this.#desk, profile.kind);
		this.#cards.set(profile.kind, card);
		card.show(list, profile);
		return card.element;
	}
}
