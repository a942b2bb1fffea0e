// When each patient was last synchronised. In the session storage only (memory of the browser, gone when it closes)
// and under a hash: no codice fiscale is ever written by the extension.
export interface SessionArea {
	get(key: string): Promise<Record<string, unknown>>;
	set(items: Record<string, unknown>): Promise<void>;
	clear(): Promise<void>;
}

export class Synced {
	constructor(private readonly area: SessionArea) {}

	async remember(patient: string, at: Date): Promise<void> {
		await this.area.set({ [await key(patient)]: at.toISOString() });
	}

	async recall(patient: string): Promise<string | undefined> {
		const name = await key(patient);
		const at = (await this.area.get(name))[name];
		return typeof at === "string" ? at : undefined;
	}

	/** Beside it there is only the number of the region's window, which a logout closes. */
	clear(): Promise<void> {
		return this.area.clear();
	}
}

async function key(patient: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`raccordo.sync:${patient}`));
	return `sync:${[...new Uint8Array(digest).slice(0, 16)].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
}
