// The only place where bytes from outside become typed values: shallow on purpose, for the host is open to
// newer members and the agent validates params against the closed schema.
import type { FromBackground, ToBackground } from "./messages.ts";
import {
	DEADLINES,
	type EventName,
	type Method,
	type Methods,
	type OutboxEntry,
	type PrintJob,
	type Error as WireError,
} from "./wire.gen.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isMethod(value: unknown): value is Method {
	return typeof value === "string" && Object.hasOwn(DEADLINES, value);
}

const EVENTS: Readonly<Record<EventName, true>> = {
	"session.changed": true,
	"card.changed": true,
	"outbox.changed": true,
	"batch.progress": true,
	"sign.progress": true,
	"print.changed": true,
};

export function isEvent(value: unknown): value is EventName {
	return typeof value === "string" && Object.hasOwn(EVENTS, value);
}

/** Of this page's own making or of the application's: a Blob stays with the browser, whoever holds it. */
export function isBlob(value: unknown): value is Blob {
	return value instanceof Blob;
}

export function isWireError(value: unknown): value is WireError {
	return isRecord(value) && isRecord(value.data) && typeof value.data.code === "string";
}

/** One frame from the host. */
export type HostFrame =
	| { kind: "response"; id: number; result?: unknown; error?: WireError }
	| { kind: "event"; method: EventName; params: unknown };

export function parseFrame(frame: unknown): HostFrame | undefined {
	if (!isRecord(frame) || frame.jsonrpc !== "2.0") return undefined;
	if (isEvent(frame.method) && frame.id === undefined && isRecord(frame.params)) {
		return { kind: "event", method: frame.method, params: frame.params };
	}
	if (typeof frame.id !== "number") return undefined;
	if (isWireError(frame.error)) return { kind: "response", id: frame.id, error: frame.error };
	return frame.result === undefined ? undefined : { kind: "response", id: frame.id, result: frame.result };
}

export function parseToBackground(message: unknown): ToBackground | undefined {
	if (!isRecord(message)) return undefined;
	if (message.kind === "retry") return { kind: "retry" };
	const { kind, id, method, params, gesture } = message;
	if (kind !== "request" || typeof id !== "string" || !isMethod(method)) return undefined;
	return { kind, id, method, params, gesture: gesture === true };
}

/** The event as the pages get it. Its params come from our own host. */
export function eventMessage(method: EventName, params: unknown): FromBackground {
	return { kind: "event", method, params } as FromBackground;
}

/** The params of a method. They are the page's own: the agent checks them against the closed schema. */
export function paramsOf<M extends Method>(_method: M, params: unknown): Methods[M]["params"] {
	return params as Methods[M]["params"];
}

/** The result of a method. It comes from our own host. */
export function resultOf<M extends Method>(_method: M, result: unknown): Methods[M]["result"] {
	return result as Methods[M]["result"];
}

/** The jobs of an answer about prints; what is not one is left out. */
export function jobsOf(result: unknown): PrintJob[] {
	return isRecord(result) && Array.isArray(result.jobs) ? result.jobs.filter(isJob) : [];
}

function isJob(value: unknown): value is PrintJob {
	return isRecord(value) && [value.id, value.title, value.state].every((member) => typeof member === "string");
}

/** The entries of an answer about the outbox; what is not one is left out. */
export function entriesOf(result: unknown): OutboxEntry[] {
	return isRecord(result) && Array.isArray(result.entries) ? result.entries.filter(isEntry) : [];
}

function isEntry(value: unknown): value is OutboxEntry {
	return isRecord(value) && [value.id, value.client_id, value.state].every((member) => typeof member === "string");
}

const KINDS: Readonly<Record<FromBackground["kind"], true>> = {
	texts: true,
	state: true,
	forget: true,
	signing: true,
	told: true,
	response: true,
	event: true,
};

export function parseFromBackground(message: unknown): FromBackground | undefined {
	if (!isRecord(message) || typeof message.kind !== "string" || !Object.hasOwn(KINDS, message.kind)) return undefined;
	return message as FromBackground;
}
