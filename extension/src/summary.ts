// One line for the whole state: what the badge, the toolbar icon and the popup say. Pure.
import { since } from "./clock.ts";
import type { Link } from "./messages.ts";
import * as ui from "./texts/ui.it.ts";
import type { Card, CardList, ErrorCode, Reader, Session, Status, Error as WireError } from "./wire.gen.ts";

export type Tone = "ok" | "warn" | "fail" | "idle";

export interface Summary {
	/** Stable name of the state, for styles and tests. */
	readonly state: string;
	readonly tone: Tone;
	readonly text: string;
	/** What keeps the doctor from working, if anything does. */
	readonly problem?: ErrorCode | undefined;
	readonly error?: WireError | undefined;
}

export function summary(link: Link, status: Status | undefined): Summary {
	if (link.state === "starting") return { state: "starting", tone: "idle", text: ui.starting };
	if (link.state === "down") {
		const code = link.error.data.code;
		const base = { problem: code, error: link.error } as const;
		if (code === "origin.denied") return { ...base, state: "denied", tone: "fail", text: ui.denied };
		const gone = code === "connector.missing" || code === "connector.forbidden";
		if (gone) return { ...base, state: "missing", tone: "fail", text: ui.missing };
		return { ...base, state: "lost", tone: "warn", text: ui.lost };
	}
	if (!status) return { state: "starting", tone: "idle", text: ui.starting };
	return ofSession(status.session, status.cards);
}

function ofSession(session: Session, cards: CardList): Summary {
	switch (session.state) {
		case "connected": {
			const text = ui.connected(session.doctor?.name ?? "", session.method ?? "", since(session.since));
			return { state: "connected", tone: "ok", text };
		}
		case "connecting": {
			return { state: "connecting", tone: "warn", text: waiting[session.step ?? "region"] };
		}
		case "reconnecting":
			return { state: "reconnecting", tone: "warn", text: reconnecting(session) };
		case "stale": {
			const text = session.repair === "auto" ? ui.reconnecting : ui.stale;
			return { state: "stale", tone: "warn", text, problem: session.reason };
		}
		default:
			return withoutSession(session, cards);
	}
}

const waiting = {
	card: ui.waitCard,
	pin: ui.waitPin,
	pinpad: ui.waitPinpad,
	browser: ui.waitBrowser,
	token: ui.waitToken,
	region: ui.waitRegion,
} as const;

function reconnecting({ step }: Session): string {
	return step && step !== "region" ? waiting[step] : ui.reconnecting;
}

function withoutSession(session: Session, cards: CardList): Summary {
	const others = cards.readers?.filter((r) => r.card?.role !== "patient"); // a patient's card is no way in
	const reader = others?.find((r) => r.state === "card") ?? others?.find((r) => r.state !== "empty");
	const problem = cards.service === "running" ? lasting(session.reason, reader) : "card.service_down";
	const base = { tone: problem ? "warn" : "idle", problem } as const;
	if (reader?.state === "reading") return { ...base, state: "reading", text: ui.cardReading };
	if (reader?.state === "mute")
		return { ...base, state: "disconnected", tone: "warn", text: ui.disconnected, problem: "card.mute" };
	if (!reader?.card) return { ...base, state: "disconnected", text: ui.disconnected };
	const name = holderName(reader.card);
	const bad = cardProblem(reader.card);
	return {
		...base,
		...(bad ? { tone: "warn", problem: bad } : {}),
		state: "card",
		text: name ? ui.card(name) : ui.cardUnnamed,
	};
}

/** How the doctor came in: "con SPID L2, livello LoA3". */
export function way({ via, method, level }: Session): string {
	const by = via === "card" ? ui.byCard : method && ui.by(method);
	return [by, level && ui.level(level)].filter(Boolean).join(", ");
}

/** A reason that a card in the reader has made untrue is no longer one. */
function lasting(reason: ErrorCode | undefined, reader: Reader | undefined): ErrorCode | undefined {
	const overcome = reader && (reason === "card.removed" || reason === "card.none" || reason === "card.no_reader");
	return overcome || reason === "card.service_down" ? undefined : reason;
}

/** Why nobody can log in with the card, as far as one can tell: its own fault, or that of its login certificate. */
export function cardProblem({ problem, certificates }: Card): ErrorCode | undefined {
	if (problem || certificates?.some((c) => c.usable)) return problem;
	return certificates?.map((c) => c.reason).find((reason) => reason && reason !== "card.certificate_for_signing");
}

export function holderName(card: Card): string {
	return card.holder?.name ?? card.certificates?.[0]?.subject ?? "";
}
