// What the region's page returned, as session.complete takes it (RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207). Pure.
import type { CompleteParams } from "../wire.gen.ts";

const STATE = /^[A-Za-z0-9._~-]{32,128}$/;
const ERROR = /^[a-z_]{1,64}$/;

/**
 * address: where the window ended, undefined when it was closed. expected: the state that the agent put into the
 * address of the page. Whether a state is the right one is the agent's to say; an answer without a readable one, or with
 * anything twice, carries no code on.
 */
export function completion(address: string | undefined, redirectURI: string, expected: string): CompleteParams {
	if (address === undefined || !isAt(address, redirectURI)) return { state: expected, error: "access_denied" };
	const { searchParams } = new URL(address);
	const one = (name: string): string => (searchParams.getAll(name).length > 1 ? "" : (searchParams.get(name) ?? ""));
	const [state, code, iss, error] = [one("state"), one("code"), one("iss"), one("error")];
	if (!STATE.test(state)) return { state: expected, error: "server_error" };
	const from = iss.length > 0 && iss.length <= 255 ? { iss } : {};
	if (error || !code || code.length > 4096) {
		return { state, ...from, error: ERROR.test(error) ? error : "server_error" };
	}
	return { state, code, ...from };
}

function isAt(address: string, redirectURI: string): boolean {
	if (!URL.canParse(address)) return false;
	const { origin, pathname } = new URL(address);
	return origin + pathname === redirectURI;
}

/** The state in the address of the region's page. */
export function stateOf(authorizeURL: string): string | undefined {
	if (!URL.canParse(authorizeURL)) return undefined;
	const url = new URL(authorizeURL);
	return url.protocol === "https:" ? (url.searchParams.get("state") ?? undefined) : undefined;
}
