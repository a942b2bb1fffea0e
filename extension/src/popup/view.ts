// What the popup shows for a state.
import { dateTime } from "../clock.ts";
import { outboxWords } from "../outbox-words.ts";
import { el } from "../page/el.ts";
import { problem, reason, warnings } from "../page/problem.ts";
import type { State } from "../page/state.ts";
import { holderName, way } from "../summary.ts";
import * as ui from "../texts/ui.it.ts";

export function view(state: State, retry: HTMLButtonElement): HTMLElement[] {
	const { link, status, summary: now } = state.now;
	const known = link.state === "up" ? status : undefined;
	const card = known?.cards.readers?.find((r) => r.card)?.card;
	const session = known?.session;
	const reads = known?.cards.service === "running"; // else nobody knows whether there is a card
	const facts = [
		[ui.region, known?.region.name],
		[ui.method, session && way(session)],
		[ui.substitute, session?.substitute_of],
		[ui.until, dateTime(session?.expires_at)],
		[ui.popupCard, reads && (card ? holderName(card) || ui.cardUnnamed : ui.popupNoCard)],
		[ui.outbox, known && outboxWords(known.outbox)],
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
	if (session?.state === "stale" && session.repair === "login")
		parts.push(el("p", { class: "note" }, ui.popupReconnect));
	parts.push(...warnings(state, known?.warnings));
	if (link.state === "down") {
		retry.textContent = ui.retry;
		parts.push(retry);
	}
	return parts;
}
