// Sheets: `print` and `print.preview` for the clinical application, which may give a PDF as a Blob that crosses in pieces,
// and what became of its sheets.
import { isBlob, isRecord, paramsOf } from "../guard.ts";
import type { FromBackground } from "../messages.ts";
import * as ui from "../texts/ui.it.ts";
import type { Outcome } from "./client.ts";
import { lend, nameOf } from "./documents.ts";
import type { Page } from "./page.ts";
import { Refused } from "./refuse.ts";

export function printed(
	{ client }: Page,
	method: "print" | "print.preview",
	params: Record<string, unknown>,
	gesture: boolean,
): Promise<Outcome<unknown>> {
	return lend(client, async (documents) => {
		async function handed(value: unknown): Promise<unknown> {
			if (Array.isArray(value)) {
				const all: unknown[] = [];
				for (const one of value) all.push(await handed(one));
				return all;
			}
			if (!isRecord(value) || !isBlob(value.blob)) return value;
			const { blob, ...rest } = value;
			const name = nameOf(rest.name, blob);
			return { ...rest, name, document: await documents.give(blob, name) };
		}
		const given: Record<string, unknown> = { ...params };
		for (const part of ["item", "items"]) if (part in given) given[part] = await handed(given[part]);
		const answer = await client.request(method, paramsOf(method, given), gesture);
		if (!answer.ok) throw new Refused(answer.error);
		return answer.result;
	});
}

export function tell({ client, toast, dismiss }: Page, { key, told }: FromBackground & { kind: "told" }): void {
	if (!told) {
		dismiss(key);
		return;
	}
	const { again: ids, ...rest } = told;
	const run = (): void => void client.request("print.again", { ids: ids ?? [] }, true);
	toast({ ...rest, key, action: ids && { label: ui.printAgain, run } });
}
