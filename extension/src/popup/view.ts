// What the popup shows for a state.
import { el } from "../page/el.ts";
import { problem, reason } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import { holderName, summary } from "../summary.ts";
import { ui } from "../texts/ui.it.ts";

export function view(state: State, retry: HTMLButtonElement): HTMLElement[] {
	const { link, status } = state.now;
	const now = summary(link, status);
	const known = link.state === "up" ? status : undefined;
	const card = known?.cards.readers?.find((r) => r.card)?.card;
	const reads = known?.cards.service === "running"; // else nobody knows whether there is a card
	const facts = [
		[ui.region, known?.region.name],
		[ui.popupCard, reads && (card ? holderName(card) || ui.cardUnnamed : ui.popupNoCard)],
		[ui.version, known?.version],
		[ui.extension, state.version],
	] as const;
	const list = el("dl");
	for (const [name, value] of facts) if (value) list.append(el("dt", {}, name), el("dd", {}, value));
	const parts: HTMLElement[] = [el("p", { class: "state", "data-tone": now.tone }, now.text)];
	if (now.error) parts.push(problem(state, now.error));
	else if (now.problem) parts.push(reason(state, now.problem));
	parts.push(list);
	if (reads && (now.state === "disconnected" || now.state === "card"))
		parts.push(el("p", { class: "note" }, ui.popupHint));
	if (link.state === "down") {
		retry.textContent = ui.retry;
		parts.push(retry);
	}
	return parts;
}
