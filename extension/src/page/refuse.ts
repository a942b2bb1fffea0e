// The few errors that arise in the content script itself. The whole table stays in the background: this script is
// loaded into every page.
import type { ErrorCode, Error as WireError } from "../wire.gen.ts";

type Own = Extract<
	ErrorCode,
	"connector.lost" | "gesture.required" | "origin.denied" | "rpc.invalid" | "rpc.too_many_requests" | "frame.too_large"
>;

export function refuse(code: Own, message: string): WireError {
	const retryable = code === "connector.lost" || code === "rpc.too_many_requests";
	return { code: -32000, message, data: { code, hop: "extension", retryable } };
}
