// Hands requests of pages to the host and spreads the host's events over the pages. It keeps the last known state
// only to spare a new page a round trip; after every reconnection it is read again.
import { refusal, wireError } from "../fault.ts";
import { eventMessage, isRecord, parseToBackground } from "../guard.ts";
import type { FromBackground, Link, Texts, ToBackground } from "../messages.ts";
import {
	type EventName,
	GESTURES,
	type Method,
	type Methods,
	type Status,
	type Error as WireError,
} from "../wire.gen.ts";
import type { Caller } from "./native.ts";

/** How long the host outlives its last page: a reload must not restart it. */
const LINGER_MS = 15_000;

/** Methods that the extension's own controls and the page API may ask for. */
const OPEN: readonly Method[] = [
	"status",
	"card.list",
	"session.login",
	"session.logout",
	"patient.sync",
	"prescription.send",
	"prescription.view",
	"prescription.cancel",
];

export interface Host {
	start(): Promise<void>;
	stop(): void;
	request<M extends Method>(method: M, params: Methods[M]["params"], caller?: Caller): Promise<Methods[M]["result"]>;
}

export interface Memory {
	remember(patient: string, at: Date): Promise<void>;
	recall(patient: string): Promise<string | undefined>;
}

export interface HubOptions {
	readonly texts: Texts;
	readonly version: string;
	readonly onState: (link: Link, status: Status | undefined) => void;
}

interface Client {
	readonly port: chrome.runtime.Port;
	/** undefined: the extension's own popup, which may only look. */
	readonly origin: string | undefined;
	/** Whether the agent lets this page know anything: who holds the card is not for every site of a profile. */
	leave: "none" | "given" | WireError;
	asking: boolean;
	sending: number;
}

export class Hub {
	#link: Link = { state: "starting" };
	#status: Status | undefined;
	#linger: ReturnType<typeof setTimeout> | undefined;
	readonly #clients = new Set<Client>();

	constructor(
		private readonly host: Host,
		private readonly synced: Memory,
		private readonly options: HubOptions,
	) {}

	/** A page or the popup has opened a port. */
	add(port: chrome.runtime.Port, origin: string | undefined): void {
		const client: Client = { port, origin, leave: origin === undefined ? "given" : "none", asking: false, sending: 0 };
		this.#clients.add(client);
		clearTimeout(this.#linger);
		port.onMessage.addListener((message: unknown) => void this.#receive(client, message));
		port.onDisconnect.addListener(() => this.#remove(client));
		this.#tell(client, { kind: "texts", texts: this.options.texts, version: this.options.version });
		this.#tellState(client);
		this.#wake();
		if (this.#link.state === "up") void this.#admit(client);
	}

	link(link: Link): void {
		this.#link = link;
		if (link.state === "up") void this.#read();
		else this.#publish();
	}

	event(method: EventName, params: unknown): void {
		const message = eventMessage(method, params);
		if (message.kind !== "event") return;
		if (message.method === "batch.progress") {
			for (const client of this.#clients) if (client.sending > 0) this.#tell(client, message);
			return;
		}
		if (this.#status) {
			if (message.method === "session.changed") this.#status = { ...this.#status, session: message.params };
			if (message.method === "card.changed") this.#status = { ...this.#status, cards: message.params };
			if (message.method === "outbox.changed") this.#status = { ...this.#status, outbox: message.params };
			this.options.onState(this.#link, this.#status);
		}
		for (const client of this.#clients) if (client.leave === "given" && !client.asking) this.#tell(client, message);
	}

	/** Asks the agent in the page's own name; a failure of the road itself reaches the page as link state. */
	async #admit(client: Client): Promise<void> {
		const { origin } = client;
		if (origin === undefined) return;
		client.asking = true;
		try {
			this.#status = await this.host.request("status", {}, { origin });
			client.leave = "given";
		} catch (cause) {
			const error = wireError(cause);
			if (error.data.code !== "origin.denied") {
				if (this.#link.state === "up")
					this.#tell(client, { kind: "state", link: { state: "down", error }, status: undefined });
				return;
			}
			client.leave = error;
		} finally {
			client.asking = false;
		}
		this.#tellState(client);
	}

	#wake(): void {
		// a failure reaches the pages as link state
		void this.host.start().catch(() => undefined);
	}

	async #read(): Promise<void> {
		for (const client of this.#clients) void this.#admit(client); // again: perhaps another agent, with other settings
		try {
			this.#status = await this.host.request("status", {});
		} catch (cause) {
			this.#link = { state: "down", error: wireError(cause) };
		}
		this.#publish();
	}

	#publish(): void {
		this.options.onState(this.#link, this.#status);
		for (const client of this.#clients) {
			const soon = this.#link.state === "up" && client.asking; // its own answer is on its way
			if (!soon) this.#tellState(client);
		}
	}

	#tellState(client: Client): void {
		const { leave } = client;
		const link: Link = typeof leave === "string" ? this.#link : { state: "down", error: leave };
		this.#tell(client, { kind: "state", link, status: leave === "given" ? this.#status : undefined });
	}

	async #receive(client: Client, raw: unknown): Promise<void> {
		const message = parseToBackground(raw);
		if (!message) return;
		if (message.kind === "retry") {
			if (this.#link.state === "up") void this.#read();
			else this.#wake();
			return;
		}
		if (message.kind === "recall") {
			const at = client.origin === undefined ? undefined : await this.synced.recall(message.patient);
			return this.#tell(client, { kind: "response", id: message.id, result: at ?? null });
		}
		await this.#answer(client, message);
	}

	async #answer(client: Client, message: ToBackground & { kind: "request" }): Promise<void> {
		const { id, method, params, gesture } = message;
		const asked = new Date();
		const sends = method === "prescription.send" ? 1 : 0;
		client.sending += sends;
		try {
			if (client.origin === undefined || !OPEN.includes(method)) throw refusal("origin.denied", method);
			if (GESTURES.includes(method) && !gesture) throw refusal("gesture.required", method);
			const result = await this.host.request(method, params as never, { origin: client.origin, gesture });
			if (method === "patient.sync" && isRecord(params))
				await this.synced.remember(String(params.codice_fiscale), asked);
			this.#tell(client, { kind: "response", id, result });
		} catch (cause) {
			this.#tell(client, { kind: "response", id, error: wireError(cause) });
		} finally {
			client.sending -= sends;
		}
	}

	#tell(client: Client, message: FromBackground): void {
		if (!this.#clients.has(client)) return; // its tab is closed: the answer concerns nobody
		client.port.postMessage(message);
	}

	#remove(client: Client): void {
		this.#clients.delete(client);
		if (this.#clients.size > 0) return;
		this.#linger = setTimeout(() => {
			this.host.stop();
			this.#link = { state: "starting" };
			this.#status = undefined;
			this.options.onState(this.#link, this.#status);
		}, LINGER_MS);
	}
}
