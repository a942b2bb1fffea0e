// `sign` and `document.verify` for the clinical application: it gives and gets Blobs, which cross in pieces. The doctor
// is asked in a native window; here is told how far it is.
import { isBlob, isRecord, paramsOf } from "../guard.ts";
import * as ui from "../texts/ui.it.ts";
import type { SignedDocument, SignProgress } from "../wire.gen.ts";
import { bar } from "./bar.ts";
import type { Outcome } from "./client.ts";
import { bytes, type Documents, lend, nameOf } from "./documents.ts";
import type { Page } from "./page.ts";
import { errorOf, Refused, refuse } from "./refuse.ts";

const MOST = 200; // documents of one request
/** Bytes from which on the way to the host takes long enough to be counted. */
const LARGE = 8_000_000;
const MB = 1_000_000;

type Params = Record<string, unknown>;

export interface Signing {
	sign(params: Params, gesture: boolean): Promise<Outcome<unknown>>;
	verify(params: Params): Promise<Outcome<unknown>>;
	progress(now: SignProgress): void;
	/** The page has asked for the stop with its own button. */
	stopping(): void;
}

export function init(page: Page): Signing {
	let running = false;
	let asked = false;
	const shown = bar(page, "sign", () => {
		stopping();
		void page.client.request("batch.stop", {}, true);
	});

	function stopping(): void {
		if (!running) return;
		asked = true;
		shown.stopping(ui.signStoppingText);
	}

	function progress({ done, total }: SignProgress): void {
		if (running && !asked && total > 1) shown.show(ui.signing, done, total, ui.batchCount(done, total));
	}

	/** Counts what crosses, and ends it when the doctor says so. */
	function counting(blobs: readonly Blob[]): (bytes: number) => void {
		const total = blobs.reduce((sum, blob) => sum + blob.size, 0);
		let done = 0;
		return (size) => {
			done += size;
			if (asked) throw new Refused(refuse("cancelled", "stopped"));
			if (total >= LARGE)
				shown.show(ui.handing, done, total, ui.megabytes(Math.floor(done / MB), Math.ceil(total / MB)));
		};
	}

	async function sign(params: Params, gesture: boolean): Promise<Outcome<unknown>> {
		const asks = documentsOf(params);
		if (!asks) return { ok: false, error: refuse("rpc.invalid", "documents need a blob each") };
		if (running) return { ok: false, error: refuse("rpc.too_many_requests", "a signing is under way") };
		running = true;
		let count = counting(asks.map(({ blob }) => blob));
		const moved = (size: number): void => count(size);
		const outcome = await lend(
			page.client,
			async (documents) => {
				const given: Params[] = [];
				for (const { blob, rest } of asks)
					given.push({ ...rest, document: await documents.give(blob, String(rest.name)) });
				shown.drop();
				const answer = await page.client.request("sign", paramsOf("sign", { ...params, documents: given }), gesture);
				if (!answer.ok) throw new Refused(answer.error);
				count = () => undefined; // what is signed comes back, whatever was stopped
				const signed: Params[] = [];
				for (const [i, row] of answer.result.documents.entries())
					signed.push(await fetched(documents, row, asks[i]?.rest.format === "pades" ? "application/pdf" : ""));
				return { ...answer.result, documents: signed };
			},
			moved,
		);
		running = asked = false;
		shown.drop();
		return outcome;
	}

	function verify({ blob, original, name }: Params): Promise<Outcome<unknown>> {
		return lend(page.client, async (documents) => {
			if (!isBlob(blob) || (original !== undefined && !isBlob(original)))
				throw new Refused(refuse("rpc.invalid", "blob or original is none"));
			const called = nameOf(name, blob);
			const document = await documents.give(blob, called);
			const detached = original && { original: await documents.give(original, nameOf(undefined, original)) };
			const answer = await page.client.request("document.verify", { document, name: called, ...detached }, false);
			if (!answer.ok) throw new Refused(answer.error);
			return answer.result;
		});
	}

	return { sign, verify, progress, stopping };
}

/** The documents of a page's request, undefined when one is none. */
function documentsOf({ documents }: Params): { blob: Blob; rest: Params }[] | undefined {
	if (!Array.isArray(documents) || documents.length > MOST) return undefined;
	const all = documents.flatMap((one: unknown) => {
		if (!isRecord(one)) return [];
		const { blob, content: _, ...rest } = one; // the bytes are the Blob's alone
		return isBlob(blob) ? [{ blob, rest: { ...rest, name: nameOf(rest.name, blob) } }] : [];
	});
	return all.length === documents.length ? all : undefined;
}

/** A row of the answer as the page gets it: the bytes as a Blob, or why there are none. */
async function fetched(documents: Documents, row: SignedDocument, type: string): Promise<Params> {
	const { document, content, ...told } = row;
	try {
		if (document) return { ...told, blob: await documents.take(document, type) };
		return content === undefined ? told : { ...told, blob: new Blob([bytes(content)], { type }) };
	} catch (cause) {
		return { ...told, error: errorOf(cause) };
	}
}
