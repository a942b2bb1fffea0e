// What this page knows of Raccordo: the link to the host, the last status, the texts of the errors.
import type { FromBackground, Link, Texts } from "../messages.ts";
import type { Message } from "../texts/it.ts";
import { ui } from "../texts/ui.it.ts";
import type { CardList, ErrorCode, Status } from "../wire.gen.ts";

export interface Snapshot {
	readonly link: Link;
	readonly status: Status | undefined;
}

export type Watcher = (now: Snapshot, before: Snapshot) => void;

export class State {
	#now: Snapshot = { link: { state: "starting" }, status: undefined };
	#texts: Partial<Texts> = {};
	readonly #watchers = new Set<Watcher>();
	version = "";

	get now(): Snapshot {
		return this.#now;
	}

	watch(watcher: Watcher): void {
		this.#watchers.add(watcher);
	}

	text(code: ErrorCode): Message {
		return this.#texts[code] ?? { text: ui.noText, remedy: ui.noRemedy };
	}

	set(next: Snapshot): void {
		const before = this.#now;
		this.#now = next;
		for (const watcher of this.#watchers) watcher(next, before);
	}

	setCards(cards: CardList): void {
		const { link, status } = this.#now;
		if (status) this.set({ link, status: { ...status, cards } });
	}

	receive(message: FromBackground): void {
		if (message.kind === "texts") {
			this.#texts = message.texts;
			this.version = message.version;
		} else if (message.kind === "state") {
			this.set({ link: message.link, status: message.status });
		} else if (message.kind === "event" && this.#now.status) {
			const { link, status } = this.#now;
			if (message.method === "session.changed") this.set({ link, status: { ...status, session: message.params } });
			if (message.method === "card.changed") this.setCards(message.params);
			if (message.method === "outbox.changed") this.set({ link, status: { ...status, outbox: message.params } });
		}
	}
}
