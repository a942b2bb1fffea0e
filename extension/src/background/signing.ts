// What is being signed, and for which page: the popup shows it and may stop it.
import { refusal } from "../fault.ts";
import { isRecord, paramsOf } from "../guard.ts";
import type { HostEvent } from "../messages.ts";
import type { Host } from "./answer.ts";
import type { Guest } from "./guest.ts";

export class Signing {
	constructor(
		private readonly host: Host,
		private readonly guests: ReadonlySet<Guest>,
	) {}

	async run(guest: Guest, params: unknown): Promise<unknown> {
		const documents = isRecord(params) && Array.isArray(params.documents) ? params.documents : [];
		guest.signing = { done: 0, total: documents.length };
		this.#show();
		const caller = { ...(guest.origin === undefined ? {} : { origin: guest.origin }), gesture: true };
		try {
			return await this.host.request("sign", paramsOf("sign", params), caller);
		} finally {
			guest.signing = undefined;
			this.#show();
		}
	}

	/** In the name of the page that asked for the signatures: without one everything of this PC would stop. */
	stop(): Promise<unknown> {
		const origin = this.#signer()?.origin;
		if (origin === undefined) throw refusal("cancelled", "nothing is being signed");
		return this.host.request("batch.stop", {}, { origin, gesture: true });
	}

	progress(message: HostEvent<"sign.progress">): void {
		const { done, total, name } = message.params;
		for (const guest of this.guests) {
			if (!guest.signing) continue;
			guest.signing = { done, total, name };
			guest.tell(message);
		}
		this.#show();
	}

	/** The popup is told what is signed for whichever page; other pages are not. */
	tell(guest: Guest): void {
		if (guest.origin === undefined) guest.tell({ kind: "signing", signing: this.#signer()?.signing });
	}

	/** Nobody takes what a page that has gone asked to be signed. */
	left({ origin, signing }: Guest): void {
		const alone = ![...this.guests].some((other) => other.origin === origin);
		if (signing && origin !== undefined && alone)
			void this.host.request("batch.stop", {}, { origin }).catch(() => undefined); // the host has gone too
	}

	#signer(): Guest | undefined {
		return [...this.guests].find((guest) => guest.signing);
	}

	#show(): void {
		for (const guest of this.guests) this.tell(guest);
	}
}
