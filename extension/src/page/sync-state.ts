// The synchronisation of the patient on the page: idle, busy, done or failed. It knows nothing of the page; an answer
// for a patient who is no longer there is dropped.
import type { Known, SyncResult, Error as WireError } from "../wire.gen.ts";
import type { Client } from "./client.ts";

export interface Sync {
	readonly state: "idle" | "busy" | "done" | "failed";
	/** RFC 3339, the instant of the click of the last success. */
	readonly at?: string | undefined;
	readonly result?: SyncResult | undefined;
	readonly error?: WireError | undefined;
	/** RFC 3339, of a failure that the agent remembers. */
	readonly failedAt?: string | undefined;
}

export class SyncState {
	#patient = "";
	#now: Sync = { state: "idle" };

	constructor(
		private readonly client: Pick<Client, "request">,
		private readonly known: () => Known,
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
		void this.recall();
	}

	/** After a logout: neither the time of the last success nor what the region told. */
	forget(): void {
		this.#set({ state: "idle" });
	}

	/** Asks the agent what became of this patient's last synchronisations. */
	async recall(): Promise<void> {
		const patient = this.#patient;
		const before = this.#now;
		if (!patient || before.state !== "idle") return;
		const outcome = await this.client.request("patient.history", { codice_fiscale: patient }, false);
		if (!outcome.ok || this.#patient !== patient || this.#now !== before) return;
		const { synced_at: at, failed_at: failedAt, problem: error } = outcome.result;
		this.#set({ state: error ? "failed" : "idle", at, error, failedAt });
	}

	/** digits: the last five of the patient's health card, where the region wants them. */
	async start(digits?: string): Promise<void> {
		const patient = this.#patient;
		if (!patient || this.#now.state === "busy") return;
		const at = new Date().toISOString();
		const before = this.#now;
		this.#set({ state: "busy", at: before.at, result: before.result });
		const params = { codice_fiscale: patient, known: this.known(), ...(digits && { ts_last5: digits }) };
		const outcome = await this.client.request("patient.sync", params, true);
		if (this.#patient !== patient) return;
		if (outcome.ok) this.#set({ state: "done", at, result: outcome.result });
		else this.#set({ state: "failed", at: before.at, result: before.result, error: outcome.error });
	}

	#set(next: Sync): void {
		this.#now = next;
		this.changed();
	}
}
