// Why the browser dropped the native port. Chromium tells by runtime.lastError, Firefox by port.error; the words
// were read from both (Chromium 156, Firefox 153).
import type { ErrorCode } from "../wire.gen.ts";

export function disconnectCode(message: string | undefined): ErrorCode {
	const words = message ?? "";
	if (/host not found|No such native application/i.test(words)) return "connector.missing";
	if (/forbidden|not have permission|not allowed/i.test(words)) return "connector.forbidden";
	return "connector.lost";
}

/** port.error is Firefox's own member. */
export function disconnectMessage(
	port: chrome.runtime.Port,
	lastError: { message?: string } | undefined,
): string | undefined {
	const { error }: chrome.runtime.Port & { error?: { message?: string } | null } = port;
	return lastError?.message ?? error?.message;
}
