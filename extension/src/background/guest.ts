// A page or the popup at the other end of a port, and what it may know.
import type { FromBackground, Link, Signing } from "../messages.ts";
import { summary } from "../summary.ts";
import type { Status, Error as WireError } from "../wire.gen.ts";

export class Guest {
	/** Whether the agent lets this page know anything: who holds the card is not for every site of a profile. */
	leave: "none" | "given" | WireError;
	/** Its first question to the agent is under way. */
	asking = false;
	/** Requests under way that make batch.progress. */
	sending = 0;
	/** What is being signed for it. */
	signing: Signing | undefined;
	/** Its documents at the host. */
	readonly documents = new Set<string>();
	gone = false;

	/** origin undefined: the extension's own popup. */
	constructor(
		private readonly port: chrome.runtime.Port,
		readonly origin: string | undefined,
	) {
		this.leave = origin === undefined ? "given" : "none";
		port.onDisconnect.addListener(() => {
			this.gone = true;
		});
	}

	tell(message: FromBackground): void {
		if (!this.gone) this.port.postMessage(message); // else its tab is closed: the answer concerns nobody
	}

	tellState(link: Link, status: Status | undefined): void {
		const { leave } = this;
		if (typeof leave === "string") this.#tell(link, leave === "given" ? status : undefined);
		else this.tellDown(leave);
	}

	tellDown(error: WireError): void {
		this.#tell({ state: "down", error }, undefined);
	}

	#tell(link: Link, status: Status | undefined): void {
		this.tell({ kind: "state", link, status, summary: summary(link, status) });
	}
}
