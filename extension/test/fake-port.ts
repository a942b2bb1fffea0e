// Both ends of a browser port, as far as the extension uses it.
type Listener = (message: unknown) => void;

export class FakePort {
	readonly sent: unknown[] = [];
	closed = false;
	readonly #message: Listener[] = [];
	readonly #disconnect: Listener[] = [];
	readonly onMessage = { addListener: (l: Listener) => this.#message.push(l) };
	readonly onDisconnect = { addListener: (l: Listener) => this.#disconnect.push(l) };

	constructor(
		readonly name = "",
		readonly sender: unknown = undefined,
	) {}

	postMessage(message: unknown): void {
		if (this.closed) throw new Error("Attempting to use a disconnected port object");
		this.sent.push(JSON.parse(JSON.stringify(message)));
	}

	disconnect(): void {
		this.closed = true;
	}

	/** The other end speaks. */
	say(message: unknown): void {
		for (const listener of this.#message) listener(message);
	}

	/** The other end goes away. */
	drop(): void {
		this.closed = true;
		for (const listener of this.#disconnect) listener(this);
	}

	asPort(): chrome.runtime.Port {
		return this as unknown as chrome.runtime.Port;
	}
}

/** Waits for what ends in another thread, as hashing does. */
export async function until(condition: () => boolean): Promise<void> {
	for (let i = 0; i < 100_000 && !condition(); i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Lets promises settle. */
export async function settle(): Promise<void> {
	for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
