// One prescription in charge: whose it is, how it stands and why, and what can be done about it.
import { dateTime } from "../clock.ts";
import type { Outcome } from "../page/client.ts";
import { button, el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import * as ui from "../texts/ui.it.ts";
import type { OutboxEntry, ResolveParams } from "../wire.gen.ts";
import { askDiscard, askPresent, type Question } from "./question.ts";

export type Asked =
	| { readonly do: "retry" | "discard" }
	| { readonly do: "resolve"; readonly answer: Omit<ResolveParams, "id"> };

export class Row {
	readonly element = el("li");
	readonly #foot = el("div", { class: "foot", "aria-live": "polite" });
	#shown = "";
	/** Why the last thing that was asked for here was not done. */
	#failure: HTMLElement | undefined;
	/** A question is open, or its answer is being carried out. */
	#held = false;

	constructor(
		private entry: OutboxEntry,
		private readonly state: State,
		private readonly ask: (asked: Asked) => Promise<Outcome<unknown>>,
	) {
		this.#draw();
	}

	tell(entry: OutboxEntry): void {
		this.entry = entry;
		this.#draw();
	}

	#draw(): void {
		const now = JSON.stringify(this.entry);
		if (this.#held || now === this.#shown) return;
		this.#shown = now;
		this.element.dataset.state = this.entry.decide ? "decide" : this.entry.state;
		this.element.replaceChildren(...facts(this.entry, this.state), this.#foot);
		this.#buttons();
	}

	#buttons(): void {
		this.#held = false;
		const { state, decide } = this.entry;
		const who = this.entry.cognome_nome ?? "";
		const sends = state !== "refused" && !decide;
		this.#foot.replaceChildren(
			...[
				this.#failure,
				state === "refused" && el("p", { class: "note" }, ui.correctInApp),
				decide && this.#question(askPresent(who, (answer) => void this.#do({ do: "resolve", answer }))),
				sends &&
					button(ui.sendNow, "main", () => void this.#do({ do: "retry" }), { "aria-label": `${ui.sendNow}: ${who}` }),
				button(ui.discard, "", () => this.#confirm(), { "aria-label": `${ui.discard}: ${who}` }),
			].filter((part) => part instanceof HTMLElement),
		);
	}

	#confirm(): void {
		const gone = (yes: boolean): void => {
			if (yes) return void this.#do({ do: "discard" });
			this.#buttons();
			[...this.#foot.querySelectorAll("button")].at(-1)?.focus();
		};
		this.#held = true;
		this.#foot.replaceChildren(this.#question(askDiscard(this.entry.state, gone)));
		this.#foot.querySelector("button")?.focus();
	}

	/** A row that asks for something typed is not drawn anew under the doctor's hands. */
	#question({ element, holds }: Question): HTMLElement {
		holds((held) => {
			this.#held = held;
		});
		return element;
	}

	async #do(asked: Asked): Promise<void> {
		this.#held = true;
		this.#foot.replaceChildren(el("p", { class: "busy", tabindex: "-1" }, ui.working));
		this.#foot.querySelector("p")?.focus();
		this.#failure = undefined;
		const outcome = await this.ask(asked);
		if (!outcome.ok) this.#failure = problem(this.state, outcome.error);
		this.#held = false;
		this.#shown = "";
		this.#draw();
		if (this.element.isConnected) this.#foot.querySelector("button")?.focus();
	}
}

function facts(entry: OutboxEntry, state: State): HTMLElement[] {
	const { cognome_nome, description, nre, since, next_attempt_at, attempts, problem: why, errors, decide } = entry;
	const notes = [
		nre && `NRE ${nre}`,
		since && ui.takenAt(dateTime(since)),
		attempts && ui.tries(attempts),
		!decide && next_attempt_at && ui.nextAttempt(dateTime(next_attempt_at)),
	];
	const reasons = (errors ?? []).map(({ text, remedy }) => el("li", {}, el("b", {}, text), remedy));
	return [
		el(
			"div",
			{ class: "head" },
			el("strong", {}, cognome_nome ?? ""),
			el("span", { class: "mark" }, decide ? ui.undecided : ui.states[entry.state]),
		),
		el("div", {}, description ?? ""),
		el("div", { class: "note" }, notes.filter(Boolean).join(" · ")),
		...(reasons.length > 0 ? [el("ul", { class: "problem" }, ...reasons)] : []),
		...(why && !decide ? [problem(state, why, "warning")] : []),
	];
}
