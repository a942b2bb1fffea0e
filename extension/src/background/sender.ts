// Who is at the other end of a runtime port, as the browser tells it; a message is never asked.

import { matches } from "../site/match.ts";
import type { SiteProfile } from "../site/profile.gen.ts";

/** The origin of a top frame of an allowed site that runs our own content script, else undefined. */
export function pageOrigin(
	sender: chrome.runtime.MessageSender | undefined,
	ownId: string,
	sites: readonly SiteProfile[],
): string | undefined {
	if (!sender?.url || sender.id !== ownId || sender.frameId !== 0) return undefined;
	if (!sites.some((site) => matches(site, sender.url ?? ""))) return undefined;
	const origin = new URL(sender.url).origin;
	return sender.origin === undefined || sender.origin === origin ? origin : undefined;
}
