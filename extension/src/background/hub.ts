// Hands requests of pages to the host and spreads the host's events over the pages. It keeps the last known state
// only to spare a new page a round trip; after every reconnection it is read again.
import { wireError } from "../fault.ts";
import { eventMessage, parseToBackground } from "../guard.ts";
import type { Link, Texts } from "../messages.ts";
import { summary } from "../summary.ts";
import type { EventName, Status } from "../wire.gen.ts";
import { answer, type Desk, type Host } from "./answer.ts";
import { release } from "./documents.ts";
import { Guest } from "./guest.ts";
import type { Login } from "./login.ts";
import { Printing } from "./printing.ts";
import { Signing } from "./signing.ts";

/** How long the host outlives its last page: a reload must not restart it. */
const LINGER_MS = 15_000;

export interface HubOptions {
	readonly texts: Texts;
	readonly version: string;
	readonly onState: (link: Link, status: Status | undefined) => void;
}

export class Hub {
	#link: Link = { state: "starting" };
	#status: Status | undefined;
	#linger: ReturnType<typeof setTimeout> | undefined;
	readonly #guests = new Set<Guest>();
	readonly #desk: Desk;
	readonly #printing: Printing;

	constructor(
		private readonly host: Host,
		private readonly login: Pick<Login, "start" | "giveUp" | "seen">,
		private readonly options: HubOptions,
	) {
		this.#desk = { host, login, signing: new Signing(host, this.#guests), forget: () => this.#forget() };
		this.#printing = new Printing(host, this.#guests);
	}

	/** A page or the popup has opened a port. */
	add(port: chrome.runtime.Port, origin: string | undefined): void {
		const guest = new Guest(port, origin);
		this.#guests.add(guest);
		clearTimeout(this.#linger);
		port.onMessage.addListener((message: unknown) => this.#receive(guest, message));
		port.onDisconnect.addListener(() => this.#remove(guest));
		guest.tell({ kind: "texts", texts: this.options.texts, version: this.options.version });
		guest.tellState(this.#link, this.#status);
		this.#desk.signing.tell(guest);
		this.#wake();
		if (this.#link.state === "up") void this.#admit(guest);
	}

	link(link: Link): void {
		this.#link = link;
		if (link.state === "up") return void this.#read();
		this.login.giveUp(); // the agent that made the attempt has gone, and what its page returns with it
		this.#publish();
	}

	event(method: EventName, params: unknown): void {
		const message = eventMessage(method, params);
		if (message.kind !== "event") return;
		if (message.method === "batch.progress") {
			for (const guest of this.#guests) if (guest.sending > 0) guest.tell(message);
			return;
		}
		if (message.method === "print.changed") this.#printing.changed();
		if (message.method === "sign.progress") {
			this.#desk.signing.progress(message);
			return;
		}
		if (message.method === "session.changed") {
			this.login.seen(message.params);
			// no reason: a logout, of this browser, another one or the command line
			if (message.params.state === "disconnected" && !message.params.reason) this.#forget();
		}
		if (this.#status) {
			if (message.method === "session.changed") this.#status = { ...this.#status, session: message.params };
			if (message.method === "card.changed") this.#status = { ...this.#status, cards: message.params };
			if (message.method === "outbox.changed") this.#status = { ...this.#status, outbox: message.params };
			if (message.method === "print.changed") this.#status = { ...this.#status, printing: message.params };
			this.options.onState(this.#link, this.#status);
		}
		const told = { ...message, summary: summary(this.#link, this.#status) };
		for (const guest of this.#guests) if (guest.leave === "given" && !guest.asking) guest.tell(told);
	}

	/** Asks the agent in the page's own name; a failure of the road itself reaches the page as link state. */
	async #admit(guest: Guest): Promise<void> {
		const { origin } = guest;
		if (origin === undefined) return;
		guest.asking = true;
		try {
			this.#status = await this.host.request("status", {}, { origin });
			guest.leave = "given";
			this.#printing.admitted(origin, this.#status.printing);
		} catch (cause) {
			const error = wireError(cause);
			if (error.data.code !== "origin.denied") {
				if (this.#link.state === "up") guest.tellDown(error);
				return;
			}
			guest.leave = error;
		} finally {
			guest.asking = false;
		}
		guest.tellState(this.#link, this.#status);
	}

	#wake(): void {
		// a failure reaches the pages as link state
		void this.host.start().catch(() => undefined);
	}

	async #read(): Promise<void> {
		for (const guest of this.#guests) void this.#admit(guest); // again: perhaps another agent, with other settings
		try {
			this.#status = await this.host.request("status", {});
		} catch (cause) {
			this.#link = { state: "down", error: wireError(cause) };
		}
		this.#publish();
	}

	#publish(): void {
		this.options.onState(this.#link, this.#status);
		for (const guest of this.#guests) {
			const soon = this.#link.state === "up" && guest.asking; // its own answer is on its way
			if (!soon) guest.tellState(this.#link, this.#status);
		}
	}

	#receive(guest: Guest, raw: unknown): void {
		const message = parseToBackground(raw);
		if (message?.kind === "request") void answer(guest, this.#desk, message);
		if (message?.kind !== "retry") return;
		if (this.#link.state === "up") void this.#read();
		else this.#wake();
	}

	#forget(): void {
		for (const guest of this.#guests) if (guest.leave === "given") guest.tell({ kind: "forget" });
	}

	#remove(guest: Guest): void {
		this.#guests.delete(guest);
		this.#desk.signing.left(guest);
		release(guest, this.host);
		if (this.#guests.size > 0) return;
		this.#linger = setTimeout(() => {
			this.login.giveUp();
			this.host.stop();
			this.#link = { state: "starting" };
			this.#status = undefined;
			this.options.onState(this.#link, this.#status);
		}, LINGER_MS);
	}
}
