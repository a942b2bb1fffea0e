// The contents of the state panel: session, card, what waits, and the last problem with its remedy.
import { dateTime } from "../clock.ts";
import { outboxWords } from "../outbox-words.ts";
import { holderName, type Summary, way } from "../summary.ts";
import * as ui from "../texts/ui.it.ts";
import type { CardList, Status } from "../wire.gen.ts";
import { button, el } from "./el.ts";
import { waitsForUser } from "./login.ts";
import type { Page } from "./page.ts";
import { problem, reason, warnings } from "./problem.ts";
import { mayConnect } from "./source.ts";

export function details(page: Page, now: Summary, close: () => void): HTMLElement[] {
	const { link, status } = page.state.now;
	const known = link.state === "up" ? status : undefined;
	const list = el("dl");
	for (const [name, value] of [
		[ui.connection, now.text] as const,
		...(known ? rows(known) : []),
		[ui.extension, page.state.version] as const,
	]) {
		if (value) list.append(el("dt", {}, name), el("dd", {}, value));
	}
	const parts: HTMLElement[] = [el("h2", { id: "t" }, ui.stateTitle), list];
	if (now.problem) {
		parts.push(el("h2", {}, ui.lastProblem));
		parts.push(now.error ? problem(page.state, now.error) : reason(page.state, now.problem));
	}
	const notes = warnings(page.state, known?.warnings);
	if (notes.length > 0) parts.push(el("h2", {}, ui.warnings), ...notes);
	const plain = (label: string, run: () => void) => button(label, "plain", run);
	// the menu's entry is then the way back in
	const leave = known && waitsForUser(known.session) && mayConnect(page.site);
	parts.push(
		el(
			"div",
			{},
			link.state === "down" && plain(ui.retry, () => page.client.retry()),
			leave && plain(ui.logout, () => void page.client.request("session.logout", {}, true)),
			" ",
			plain(ui.close, close),
		),
	);
	return parts;
}

function rows({ session, region, cards, outbox, version }: Status): (readonly [string, string])[] {
	return [
		[ui.doctor, session.doctor?.name ?? ""],
		[ui.substitute, session.substitute_of ?? ""],
		[ui.method, way(session)],
		[ui.since, dateTime(session.since)],
		[ui.until, dateTime(session.expires_at)],
		[ui.region, region.name],
		[ui.reader, readers(cards)],
		[ui.outbox, outboxWords(outbox)],
		[ui.version, version],
	];
}

function readers(cards: CardList): string {
	const list = cards.readers ?? [];
	if (list.length === 0) return ui.readerNone;
	return list
		.map((r) => {
			const inside = { empty: ui.readerEmpty, reading: ui.readerReading, mute: ui.readerMute, card: ui.cardUnnamed }[
				r.state
			];
			return `${r.name}: ${(r.card && holderName(r.card)) || inside}`;
		})
		.join("; ");
}
