// Errors that arise in the extension itself have the same shape as those of the host.
import { type ErrorCode, FAULTS, type Error as WireError } from "./wire.gen.ts";

export function fault(code: ErrorCode, detail?: string): WireError {
	const { hop, rpc, retryable, english } = FAULTS[code];
	return { code: rpc, message: english, data: { code, hop, retryable, ...(detail ? { detail } : {}) } };
}

/** A rejected request: what the host or the extension answered. */
export class Refusal extends Error {
	constructor(readonly error: WireError) {
		super(`${error.data.code}: ${error.message}`);
	}
}

export function refusal(code: ErrorCode, detail?: string): Refusal {
	return new Refusal(fault(code, detail));
}

/** The wire error of whatever was thrown. */
export function wireError(thrown: unknown): WireError {
	if (thrown instanceof Refusal) return thrown.error;
	return fault("internal", thrown instanceof Error ? thrown.name : undefined);
}
