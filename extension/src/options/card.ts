// One kind of sheet: its printer, how it stands, what the sheet looks like, and what can be done.
import { button, el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import * as words from "../texts/printers.it.ts";
import type { PrinterList, PrinterProfile, PrintJob } from "../wire.gen.ts";
import { choosePrinter } from "./choose.ts";
import { configure } from "./configure.ts";
import { picture } from "./picture.ts";
import { showPreview } from "./preview.ts";
import { type Desk, type Kind, printerOf, settingsOf } from "./settings.ts";
import { describe } from "./sheet.ts";

export class Card {
	readonly element: HTMLElement;
	readonly #facts = el("div", { class: "facts" });
	readonly #look = el("div", { class: "look" });
	readonly #said = el("div", { class: "said", "aria-live": "polite" });
	readonly #test: HTMLButtonElement;
	#now: readonly [PrinterList, PrinterProfile] | undefined;
	#shown = "";

	constructor(
		private readonly desk: Desk,
		private readonly kind: Kind,
	) {
		const name = words.kinds[kind];
		const act = (
			label: string,
			look: string,
			run: (list: PrinterList, profile: PrinterProfile) => void,
		): HTMLButtonElement =>
			button(label, look, () => this.#now && run(...this.#now), { "aria-label": `${label}: ${name}` });
		this.#test = act(words.testPage, "", () => void this.#print());
		const buttons = [
			act(words.choose, "choose", (list, profile) => choosePrinter(desk, list, profile)),
			act(words.configure, "", (list, profile) => configure(desk, list, profile)),
			this.#test,
			act(words.preview, "", (_, profile) => void showPreview(desk, settingsOf(profile))),
		];
		const title = el("h2", { id: `kind-${kind}` }, name);
		this.element = el(
			"section",
			{ class: "card", "data-kind": kind, "aria-labelledby": `kind-${kind}` },
			el("div", { class: "words" }, title, this.#facts, el("div", { class: "foot" }, ...buttons), this.#said),
			this.#look,
		);
	}

	show(list: PrinterList, profile: PrinterProfile): void {
		this.#now = [list, profile];
		const shown = JSON.stringify([profile, printerOf(list, profile)]);
		if (shown === this.#shown) return;
		this.#shown = shown;
		const { ready, problem: why, printer } = profile;
		this.element.dataset.state = ready ? "ready" : printer ? "problem" : "unset";
		this.#facts.replaceChildren(
			el("p", { class: "state" }, ready ? words.ready : printer ? words.notReady : words.unset),
			el("p", { class: "printer" }, printer || words.noPrinter),
			el("p", { class: "note" }, this.#summary(list, profile)),
			...(why ? [problem(this.desk.state, why, printer ? "problem" : "warning")] : []),
		);
		this.#look.replaceChildren(picture(profile));
		this.#test.disabled = !printer;
	}

	#summary(list: PrinterList, profile: PrinterProfile): string {
		const tray = printerOf(list, profile)?.trays.find(({ id }) => id === profile.tray)?.name ?? profile.tray;
		const { copies, locked } = profile;
		return [describe(profile), tray, copies > 1 && words.copiesOf(copies), locked?.length && words.locked.toLowerCase()]
			.filter(Boolean)
			.join(" · ");
	}

	async #print(): Promise<void> {
		this.#test.disabled = true;
		this.#said.replaceChildren(el("p", { class: "busy" }, words.testing));
		const outcome = await this.desk.request("print", { items: [{ kind: "test", profile: this.kind }] }, true);
		this.#test.disabled = false;
		if (!outcome.ok) return this.#said.replaceChildren(problem(this.desk.state, outcome.error));
		const [job] = outcome.result.jobs;
		if (job) this.#said.replaceChildren(...this.#outcome(job));
	}

	#outcome({ state, problem: why }: PrintJob): HTMLElement[] {
		if (why) return [el("p", { class: "busy" }, words.tested[state]), problem(this.desk.state, why, "warning")];
		return [el("p", { class: "busy" }, words.tested[state]), el("p", { class: "note" }, words.measure)];
	}
}
