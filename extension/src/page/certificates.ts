// What the chooser can offer for the cards that are in. Pure.
import { cardProblem } from "../summary.ts";
import type { Card, CardList, Certificate, ErrorCode } from "../wire.gen.ts";

export interface Offer {
	readonly usable: readonly Certificate[];
	readonly others: readonly Certificate[];
	readonly preselected: string | undefined;
	/** Why there is nothing to choose; "reading" while a card is being read. */
	readonly obstacle: ErrorCode | "reading" | undefined;
}

/** doctor: codice fiscale of whom the page names; his own card, when it can log in, is the only one to choose. */
export function offer(cards: CardList, doctor?: string): Offer {
	const all = offered(cards, doctor).flatMap((c) => c.certificates);
	const usable = all.filter((c) => c.usable);
	const preferred = usable.filter((c) => c.preferred);
	const only = usable.length === 1 ? usable : preferred.length === 1 ? preferred : [];
	return {
		usable,
		others: all.filter((c) => !c.usable),
		preselected: only[0]?.fingerprint,
		obstacle: usable.length > 0 ? undefined : obstacle(cards, doctor),
	};
}

function offered({ readers }: CardList, doctor: string | undefined): Card[] {
	const all = (readers ?? []).flatMap((r) => (r.card ? [r.card] : []));
	const own = all.filter((c) => doctor !== undefined && c.holder?.codice_fiscale === doctor);
	if (own.some((c) => c.certificates.some((x) => x.usable))) return own;
	return all.filter((c) => !others(c, doctor));
}

/** A patient's card, or that of another doctor than the page names: the agent would refuse the login. */
function others({ role, holder }: Card, doctor: string | undefined): boolean {
	if (!holder || doctor === undefined) return role === "patient";
	return holder.codice_fiscale !== doctor;
}

function obstacle({ service, readers }: CardList, doctor: string | undefined): Offer["obstacle"] {
	if (service === "unsupported") return "unsupported";
	if (service !== "running") return "card.service_down";
	if (!readers?.length) return "card.no_reader";
	if (readers.some((r) => r.state === "reading")) return "reading";
	const inside = readers.filter((r) => r.state === "card");
	const withCard = inside.filter((r) => !r.card || !others(r.card, doctor));
	if (inside.length > 0 && withCard.length === 0) return "session.wrong_doctor";
	const problems = withCard.map((r) => r.card && cardProblem(r.card));
	if (withCard.length > 0) return problems.find((code) => code !== undefined) ?? "card.no_certificate";
	return readers.some((r) => r.state === "mute") ? "card.mute" : "card.none";
}
