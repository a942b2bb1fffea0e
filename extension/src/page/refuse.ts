// The few errors that arise in the content script itself. The whole table stays in the background: this script is
// loaded into every page.
import type { ErrorCode, Error as WireError } from "../wire.gen.ts";

type Own = Extract<
	ErrorCode,
	| "cancelled"
	| "connector.lost"
	| "document.incomplete"
	| "frame.too_large"
	| "gesture.required"
	| "internal"
	| "origin.denied"
	| "rpc.invalid"
	| "rpc.too_many_requests"
>;

export function refuse(code: Own, message: string): WireError {
	const retryable = code === "connector.lost" || code === "rpc.too_many_requests" || code === "cancelled";
	return { code: -32000, message, data: { code, hop: "extension", retryable } };
}

/** The wire error of whatever was thrown. */
export function errorOf(cause: unknown): WireError {
	return cause instanceof Refused ? cause.error : refuse("internal", cause instanceof Error ? cause.name : "");
}

/** An error of the wire on its way up. */
export class Refused extends Error {
	constructor(readonly error: WireError) {
		super(error.message);
	}
}
