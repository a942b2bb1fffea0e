// What the chooser can offer for the cards that are in. Pure.
import type { CardList, Certificate, ErrorCode } from "../wire.gen.ts";

export interface Offer {
	readonly usable: readonly Certificate[];
	readonly others: readonly Certificate[];
	readonly preselected: string | undefined;
	/** Why there is nothing to choose; "reading" while a card is being read. */
	readonly obstacle: ErrorCode | "reading" | undefined;
}

export function offer(cards: CardList): Offer {
	const readers = cards.readers ?? [];
	const all = readers.flatMap((r) => r.card?.certificates ?? []);
	const usable = all.filter((c) => c.usable);
	const preferred = usable.filter((c) => c.preferred);
	const only = usable.length === 1 ? usable : preferred.length === 1 ? preferred : [];
	return {
		usable,
		others: all.filter((c) => !c.usable),
		preselected: only[0]?.fingerprint,
		obstacle: usable.length > 0 ? undefined : obstacle(cards),
	};
}

function obstacle({ service, readers }: CardList): Offer["obstacle"] {
	if (service === "unsupported") return "unsupported";
	if (service !== "running") return "card.service_down";
	if (!readers?.length) return "card.no_reader";
	if (readers.some((r) => r.state === "reading")) return "reading";
	const withCard = readers.filter((r) => r.state === "card");
	if (withCard.length > 0) return withCard.find((r) => r.card?.problem)?.card?.problem ?? "card.no_certificate";
	return readers.some((r) => r.state === "mute") ? "card.mute" : "card.none";
}
