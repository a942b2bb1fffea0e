// Documents between this page and the host, in pieces (document.open, write, read, close). A Blob's bytes stay with the
// browser: whatever its size, one piece at a time is in memory here.
import type { Method, Methods } from "../wire.gen.ts";
import type { Client } from "./client.ts";
import { Refused, refuse } from "./refuse.ts";

/** Bytes: the wire's MaxPiece. */
const PIECE = 512 * 1024;

export class Documents {
	readonly #open = new Set<string>();
	/** One for all pieces: what it has read goes with the next one, and does not wait for a garbage collector. */
	readonly #reader = new FileReader();

	/** moved: bytes that have just crossed, either way; it may throw to end the work. */
	constructor(
		private readonly client: Pick<Client, "request">,
		private readonly moved: (bytes: number) => void = () => undefined,
	) {}

	/** Hands a document over and returns its handle. */
	async give(blob: Blob, name: string): Promise<string> {
		const { document } = await this.#ask("document.open", { name, size: blob.size });
		this.#open.add(document);
		for (let offset = 0; offset < blob.size; offset += PIECE) {
			const piece = blob.slice(offset, offset + PIECE);
			await this.#ask("document.write", { document, offset, data: await this.#base64(piece) });
			this.moved(piece.size);
		}
		return document;
	}

	/** Fetches a document that the host made. */
	async take(document: string, type: string): Promise<Blob> {
		this.#open.add(document);
		const parts: Blob[] = [];
		for (let offset = 0; ; ) {
			const { data, size, end } = await this.#ask("document.read", { document, offset });
			const piece = new Blob([bytes(data)]);
			parts.push(piece);
			offset += piece.size;
			this.moved(piece.size);
			if (end && offset === size) return new Blob(parts, { type });
			if (end || piece.size === 0) throw new Refused(refuse("document.incomplete", "short"));
		}
	}

	/** Lets go of all that crossed; what was not a document any more is no loss. */
	close(): void {
		for (const document of this.#open) void this.client.request("document.close", { document }, false);
		this.#open.clear();
	}

	/** By the browser's own encoder: a data URL is "data:…;base64,…". A string also passes Firefox's wall to the page. */
	#base64(piece: Blob): Promise<string> {
		const reader = this.#reader;
		return new Promise((resolve, reject) => {
			reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
			// a file that was changed or taken away meanwhile
			reader.onerror = () => reject(new Refused(refuse("document.incomplete", "unreadable")));
			reader.readAsDataURL(piece);
		});
	}

	async #ask<M extends Method>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> {
		const outcome = await this.client.request(method, params, false);
		if (!outcome.ok) throw new Refused(outcome.error);
		return outcome.result;
	}
}

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
	const text = atob(base64);
	const all = new Uint8Array(text.length); // Uint8Array.from takes 15 times as long
	for (let i = 0; i < text.length; i++) all[i] = text.charCodeAt(i);
	return all;
}
