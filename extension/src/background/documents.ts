// The documents that a page has open at the host. A page that goes away closes none: it is done here, or the host would
// keep them for an hour and soon take no more.
import { isRecord } from "../guard.ts";
import type { Method } from "../wire.gen.ts";
import type { Host } from "./answer.ts";
import type { Guest } from "./guest.ts";

/** Notes what an answer has opened or closed. */
export function keep(guest: Guest, host: Host, method: Method, params: unknown, result: unknown): void {
	if (method === "document.open") add(guest, result);
	if (method === "document.close" && isRecord(params)) guest.documents.delete(String(params.document));
	if (method === "sign" && isRecord(result) && Array.isArray(result.documents))
		for (const row of result.documents) add(guest, row);
	if (guest.gone) release(guest, host);
}

export function release(guest: Guest, host: Host): void {
	const caller = guest.origin === undefined ? {} : { origin: guest.origin };
	for (const document of guest.documents)
		void host.request("document.close", { document }, caller).catch(() => undefined); // with the host they are gone too
	guest.documents.clear();
}

function add(guest: Guest, row: unknown): void {
	if (isRecord(row) && typeof row.document === "string") guest.documents.add(row.document);
}
