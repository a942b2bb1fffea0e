// What this page knows of Raccordo: the link to the host, the last status, the texts of the errors.
import type { FromBackground, Link, Texts } from "../messages.ts";
import type { Summary } from "../summary.ts";
import type { Message } from "../texts/it.ts";
import * as ui from "../texts/ui.it.ts";
import type { CardList, ErrorCode, Status } from "../wire.gen.ts";

export interface Snapshot {
	readonly link: Link;
	readonly status: Status | undefined;
	readonly summary: Summary;
}

export type Watcher = (now: Snapshot, before: Snapshot) => void;

export class State {
	#now: Snapshot = {
		link: { state: "starting" },
		status: undefined,
		summary: { state: "starting", tone: "idle", text: ui.starting },
	};
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
		this.#merge({ cards });
	}

	receive(message: FromBackground): void {
		if (message.kind === "texts") {
			this.#texts = message.texts;
			this.version = message.version;
		} else if (message.kind === "state") {
			const { link, status, summary } = message;
			this.set({ link, status, summary });
		} else if (message.kind === "event") {
			const { summary } = message;
			if (message.method === "session.changed") this.#merge({ session: message.params }, summary);
			if (message.method === "card.changed") this.#merge({ cards: message.params }, summary);
			if (message.method === "outbox.changed") this.#merge({ outbox: message.params }, summary);
			if (message.method === "print.changed") this.#merge({ printing: message.params }, summary);
		}
	}

	#merge(news: Partial<Status>, summary: Summary = this.#now.summary): void {
		const { link, status } = this.#now;
		if (status) this.set({ link, status: { ...status, ...news }, summary });
	}
}
