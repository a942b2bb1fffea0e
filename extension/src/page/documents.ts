// Documents between this page and the host, in pieces (document.open, write, read, close). A Blob's bytes stay with the
// browser: whatever its size, one piece at a time is in memory here.
import type { Method, Methods } from "../wire.gen.ts";
import type { Client, Outcome } from "./client.ts";
import { errorOf, Refused, refuse } from "./refuse.ts";

/** Bytes: the wire's MaxPiece. */
const PIECE = 512 * 1024;
/** How many a function takes in every browser. */
const ARGUMENTS = 32 * 1024;

/** Firefox alone has it, and needs it: the bytes of a page's Blob are the page's. */
declare const cloneInto: ((bytes: ArrayBuffer, scope: object) => ArrayBuffer) | undefined;

export class Documents {
	readonly #open = new Set<string>();

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
			await this.#ask("document.write", { document, offset, data: await base64(piece) });
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

	async #ask<M extends Method>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> {
		const outcome = await this.client.request(method, params, false);
		if (!outcome.ok) throw new Refused(outcome.error);
		return outcome.result;
	}
}

/** Does something with documents and lets go of them. moved: bytes that have just crossed; it may throw to end the work. */
export async function lend<T>(
	client: Pick<Client, "request">,
	run: (documents: Documents) => Promise<T>,
	moved?: (bytes: number) => void,
): Promise<Outcome<T>> {
	const documents = new Documents(client, moved);
	try {
		return { ok: true, result: await run(documents) };
	} catch (cause) {
		return { ok: false, error: errorOf(cause) };
	} finally {
		documents.close();
	}
}

export function nameOf(name: unknown, blob: Blob): string {
	return String(name ?? (blob instanceof File ? blob.name : "documento"));
}

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
	const text = atob(base64);
	const all = new Uint8Array(text.length); // Uint8Array.from takes 15 times as long
	for (let i = 0; i < text.length; i++) all[i] = text.charCodeAt(i);
	return all;
}

/**
 * Not by a FileReader: the strings it makes do not count with Chromium's garbage collector, which then leaves one and a
 * third of the whole document lying about.
 */
async function base64(piece: Blob): Promise<string> {
	const read = await piece.arrayBuffer().catch(gone);
	const all = new Uint8Array(typeof cloneInto === "function" ? cloneInto(read, globalThis) : read);
	let text = "";
	for (let i = 0; i < all.length; i += ARGUMENTS) text += String.fromCharCode(...all.subarray(i, i + ARGUMENTS));
	return btoa(text);
}

/** A file that was changed or taken away meanwhile. */
function gone(): never {
	throw new Refused(refuse("document.incomplete", "unreadable"));
}
