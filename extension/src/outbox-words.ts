// The outbox in one line: what needs the doctor first. Empty when there is nothing in charge.
import * as ui from "./texts/ui.it.ts";
import type { Outbox } from "./wire.gen.ts";

export function outboxWords({ drafts, pending, failed }: Outbox): string {
	return [failed && ui.toCheck(failed), pending && ui.waitingOnes(pending), drafts && ui.drafts(drafts)]
		.filter(Boolean)
		.join(", ");
}
