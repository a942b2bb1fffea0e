// The port to the background, of a page or the popup. A worker that the browser has put to sleep drops it: it is opened again, and what was
// under way ends with connector.lost. When the extension itself is gone (updated), `orphaned` is called once.
import { api } from "../api.ts";
import { parseFromBackground, resultOf } from "../guard.ts";
import { type FromBackground, PAGE_PORT, type ToBackground } from "../messages.ts";
import type { Method, Methods, Error as WireError } from "../wire.gen.ts";
import { refuse } from "./refuse.ts";

const REOPEN_MS = 500;

export type Outcome<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly error: WireError };

type Waiting = (outcome: Outcome<unknown>) => void;

export class Client {
	#port: chrome.runtime.Port | undefined;
	#reopen: ReturnType<typeof setTimeout> | undefined;
	readonly #waiting = new Map<string, Waiting>();

	constructor(
		private readonly signal: AbortSignal,
		private readonly onMessage: (message: FromBackground) => void,
		private readonly orphaned: () => void,
		private readonly name = PAGE_PORT,
	) {
		signal.addEventListener("abort", () => {
			clearTimeout(this.#reopen);
			this.#port?.disconnect();
		});
		this.#open();
	}

	/** gesture: the request follows a trusted event of this page. Never rejects. */
	async request<M extends Method>(
		method: M,
		params: Methods[M]["params"],
		gesture: boolean,
	): Promise<Outcome<Methods[M]["result"]>> {
		const outcome = await this.#ask({ kind: "request", id: crypto.randomUUID(), method, params, gesture });
		return outcome.ok ? { ok: true, result: resultOf(method, outcome.result) } : outcome;
	}

	retry(): void {
		this.#post({ kind: "retry" });
	}

	#ask(message: ToBackground & { kind: "request" }): Promise<Outcome<unknown>> {
		const { id } = message;
		return new Promise((resolve) => {
			this.#waiting.set(id, resolve);
			if (this.#post(message)) return;
			this.#waiting.delete(id);
			resolve({ ok: false, error: refuse("connector.lost", "no background") });
		});
	}

	#post(message: ToBackground): boolean {
		if (!this.#port) this.#open();
		try {
			this.#port?.postMessage(message);
			return this.#port !== undefined;
		} catch {
			return false;
		}
	}

	#open(): void {
		clearTimeout(this.#reopen);
		if (this.signal.aborted) return;
		if (!api.runtime?.id) {
			this.orphaned();
			return;
		}
		const port = api.runtime.connect({ name: this.name });
		this.#port = port;
		port.onMessage.addListener((raw: unknown) => {
			const message = parseFromBackground(raw);
			if (!message) return;
			if (message.kind !== "response") return this.onMessage(message);
			const waiting = this.#waiting.get(message.id);
			this.#waiting.delete(message.id);
			waiting?.(message.error ? { ok: false, error: message.error } : { ok: true, result: message.result });
		});
		port.onDisconnect.addListener(() => {
			void api.runtime?.lastError; // read, or Chromium logs it in the page's console
			this.#port = undefined;
			for (const waiting of this.#waiting.values())
				waiting({ ok: false, error: refuse("connector.lost", "worker gone") });
			this.#waiting.clear();
			this.#reopen = setTimeout(() => this.#open(), REOPEN_MS);
		});
	}
}
