// The synchronisation of the patient on the page: idle, busy, done or failed. It knows nothing of the page; an answer
// for a patient who is no longer there is dropped.
import type { SyncResult, Error as WireError } from "../wire.gen.ts";
import type { Client } from "./client.ts";

export interface Sync {
	readonly state: "idle" | "busy" | "done" | "failed";
	/** RFC 3339, the instant of the click of the last success. */
	readonly at?: string | undefined;
	readonly result?: SyncResult | undefined;
	readonly error?: WireError;
}

export class SyncState {
	#patient = "";
	#now: Sync = { state: "idle" };

	constructor(
		private readonly client: Pick<Client, "request" | "recall">,
		private readonly changed: () => void,
	) {}

	get now(): Sync {
		return this.#now;
	}

	/** Names the patient on the page; empty when there is none. */
	patient(code: string): void {
		if (code === this.#patient) return;
		this.#patient = code;
		this.#set({ state: "idle" });
		if (code) void this.#recall(code);
	}

	/** After a logout: neither the time of the last success nor what the region told. */
	forget(): void {
		this.#set({ state: "idle" });
	}

	async start(): Promise<void> {
		const patient = this.#patient;
		if (!patient || this.#now.state === "busy") return;
		const at = new Date().toISOString();
		const before = this.#now;
		this.#set({ state: "busy", at: before.at, result: before.result });
		const outcome = await this.client.request("patient.sync", { codice_fiscale: patient }, true);
		if (this.#patient !== patient) return;
		if (outcome.ok) this.#set({ state: "done", at, result: outcome.result });
		else this.#set({ state: "failed", at: before.at, result: before.result, error: outcome.error });
	}

	async #recall(patient: string): Promise<void> {
		const at = await this.client.recall(patient);
		if (at && this.#patient === patient && this.#now.state === "idle") this.#set({ state: "idle", at });
	}

	#set(next: Sync): void {
		this.#now = next;
		this.changed();
	}
}
