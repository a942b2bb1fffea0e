// Owns the one native port: opens it, pairs answers with requests by id, ends every request within its deadline,
// reconnects with back-off. Nothing kept here matters: a restarted worker opens a new port and asks again.
import { Refusal, refusal } from "../fault.ts";
import { parseFrame, resultOf } from "../guard.ts";
import type { Link } from "../messages.ts";
import { DEADLINES, type EventName, MAX_FRAME, type Method, type Methods, PROTOCOL } from "../wire.gen.ts";
import { disconnectCode, disconnectMessage } from "./disconnect.ts";

/** Added to the agent's own deadline: its typed answer is better than our time-out. */
const GRACE_MS = 1500;
const BACKOFF_MS = { first: 250, most: 15_000, steadyAfter: 10_000 };

export interface Caller {
	readonly origin?: string;
	readonly gesture?: boolean;
}

export interface NativeOptions {
	readonly open: () => chrome.runtime.Port;
	readonly lastError: () => { message?: string } | undefined;
	readonly client: string;
	readonly onLink: (link: Link) => void;
	readonly onEvent: (method: EventName, params: unknown) => void;
}

interface Pending {
	resolve(result: unknown): void;
	reject(error: Refusal): void;
	readonly timer: ReturnType<typeof setTimeout>;
}

export class Native {
	#port: chrome.runtime.Port | undefined;
	#ready: Promise<void> | undefined;
	#upSince = 0;
	#nextId = 1;
	#wait = BACKOFF_MS.first;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#capabilities: readonly string[] = [];
	readonly #pending = new Map<number, Pending>();
	readonly #options: NativeOptions;

	constructor(options: NativeOptions) {
		this.#options = options;
	}

	/** Opens the port unless it is open, and says hello. Rejects with a Refusal. */
	start(): Promise<void> {
		clearTimeout(this.#retry);
		this.#ready ??= this.#open();
		return this.#ready;
	}

	/** Ends the port: nobody needs the host at the moment. */
	stop(): void {
		clearTimeout(this.#retry);
		const port = this.#port;
		this.#forget(refusal("connector.lost"));
		port?.disconnect();
	}

	async request<M extends Method>(
		method: M,
		params: Methods[M]["params"],
		caller: Caller = {},
	): Promise<Methods[M]["result"]> {
		await this.start();
		if (this.#capabilities.length > 0 && !this.#capabilities.includes(method)) throw refusal("unsupported", method);
		return resultOf(method, await this.#send(method, params, caller));
	}

	async #open(): Promise<void> {
		const port = this.#options.open();
		this.#port = port;
		port.onMessage.addListener((frame: unknown) => this.#receive(frame));
		port.onDisconnect.addListener(() => {
			if (this.#port !== port) return;
			const message = disconnectMessage(port, this.#options.lastError());
			this.#lost(refusal(disconnectCode(message), message));
		});
		try {
			const params = { protocol: PROTOCOL, client: this.#options.client };
			const hello = resultOf("hello", await this.#send("hello", params, {}));
			this.#capabilities = hello.capabilities ?? [];
			this.#upSince = Date.now();
			this.#options.onLink({ state: "up" });
		} catch (cause) {
			const error = cause instanceof Refusal ? cause : refusal("internal");
			if (this.#port === port) {
				this.#lost(error);
				port.disconnect();
			}
			throw error;
		}
	}

	#send(method: Method, params: unknown, caller: Caller): Promise<unknown> {
		const id = this.#nextId++;
		const frame = {
			jsonrpc: "2.0",
			id,
			method,
			params,
			...(caller.origin ? { origin: caller.origin } : {}),
			...(caller.gesture ? { user_gesture: true } : {}),
		};
		return new Promise((resolve, reject) => {
			// the host counts bytes; a string of UTF-16 units never has more units than UTF-8 bytes
			if (new TextEncoder().encode(JSON.stringify(frame)).length > MAX_FRAME) return reject(refusal("frame.too_large"));
			if (!this.#port) return reject(refusal("connector.lost"));
			const timer = setTimeout(() => {
				this.#pending.delete(id);
				reject(refusal("connector.timeout", method));
				if (method !== "hello") void this.#probe();
			}, DEADLINES[method] + GRACE_MS);
			this.#pending.set(id, { resolve, reject, timer });
			this.#port.postMessage(frame);
		});
	}

	/** After a missed deadline: a host that does not even answer hello is given up, or each click would wait in vain. */
	async #probe(): Promise<void> {
		const port = this.#port;
		try {
			await this.#send("hello", { protocol: PROTOCOL, client: this.#options.client }, {});
		} catch (cause) {
			if (!port || this.#port !== port) return;
			this.#lost(cause instanceof Refusal ? cause : refusal("internal"));
			port.disconnect();
		}
	}

	#receive(raw: unknown): void {
		const frame = parseFrame(raw);
		if (!frame) return;
		if (frame.kind === "event") {
			this.#options.onEvent(frame.method, frame.params);
			return;
		}
		const pending = this.#pending.get(frame.id);
		if (!pending) return;
		this.#pending.delete(frame.id);
		clearTimeout(pending.timer);
		if (frame.error) pending.reject(new Refusal(frame.error));
		else pending.resolve(frame.result);
	}

	#forget(error: Refusal): void {
		this.#port = undefined;
		this.#ready = undefined;
		for (const { reject, timer } of this.#pending.values()) {
			clearTimeout(timer);
			reject(error);
		}
		this.#pending.clear();
	}

	#lost(error: Refusal): void {
		if (this.#upSince && Date.now() - this.#upSince > BACKOFF_MS.steadyAfter) this.#wait = BACKOFF_MS.first;
		this.#upSince = 0;
		this.#forget(error);
		this.#options.onLink({ state: "down", error: error.error });
		this.#retry = setTimeout(() => void this.start().catch(() => undefined), this.#wait * (0.75 + Math.random() / 2));
		this.#wait = Math.min(this.#wait * 2, BACKOFF_MS.most);
	}
}
