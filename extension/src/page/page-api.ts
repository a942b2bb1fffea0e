// The small API for the clinical application itself: window.postMessage with {raccordo: 1}. Only this very window at
// its own origin is heard, only the methods of PAGE_METHODS, in bounded size and number; who is asking is told to the host by
// the browser and not by the message.
import { isBlob, isRecord, isWireError, paramsOf, resultOf } from "../guard.ts";
import { type FromBackground, PAGE_METHODS } from "../messages.ts";
import { GESTURES, type Method, type PrescriptionResult, type Error as WireError } from "../wire.gen.ts";
import type { Batch } from "./batch.ts";
import { endPause } from "./batch-pause.ts";
import type { Outcome } from "./client.ts";
import type { Page } from "./page.ts";
import { printed } from "./papers.ts";
import { RateLimit } from "./rate-limit.ts";
import { refuse } from "./refuse.ts";
import type { Signing } from "./signing.ts";

const MAX_CHARS = 900_000;
const MAX_ID = 64;

export function init(
	page: Page,
	batch: Batch,
	signing: Signing,
	signal: AbortSignal,
): (message: FromBackground) => void {
	const limit = new RateLimit({ burst: 20, perSecond: 10 });

	function post(message: Record<string, unknown>): void {
		window.postMessage({ raccordo: 1, ...message }, location.origin);
	}

	function ready(): void {
		post({ kind: "ready", version: page.state.version });
	}

	function worded(error: WireError): WireError {
		return { ...error, ...page.state.text(error.data.code) };
	}

	/** An error anywhere in an answer says why in the same words as a request that failed. */
	function told(value: unknown): unknown {
		if (isWireError(value)) return worded(value);
		if (Array.isArray(value)) return value.map(told);
		return isRecord(value) && !isBlob(value)
			? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, told(v)]))
			: value;
	}

	function fail(id: string, error: WireError): void {
		post({ kind: "response", id, error: worded(error) });
	}

	function ask(method: Method, params: Record<string, unknown>, gesture: boolean): Promise<Outcome<unknown>> {
		if (method === "sign") return signing.sign(params, gesture);
		if (method === "document.verify") return signing.verify(params);
		if (method === "print" || method === "print.preview") return printed(page, method, params, gesture);
		return page.client.request(method, paramsOf(method, params), gesture);
	}

	async function relay(id: string, method: unknown, params: unknown): Promise<void> {
		const known = PAGE_METHODS.find((m) => m === method);
		if (!known) return fail(id, refuse("origin.denied", "method not open to pages"));
		if (!isRecord(params)) return fail(id, refuse("rpc.invalid", "params are not an object"));
		if (!limit.take()) return fail(id, refuse("rpc.too_many_requests", "rate limit"));
		if (JSON.stringify(params).length > MAX_CHARS) return fail(id, refuse("frame.too_large", "params too large"));
		const gesture = navigator.userActivation?.isActive ?? false;
		if (GESTURES.includes(known) && !gesture) return fail(id, refuse("gesture.required", "no user activation"));
		const sends = known === "prescription.send" || known === "outbox.retry";
		if (sends) batch.started();
		if (known === "batch.stop") for (const { stopping } of [batch, signing]) stopping();
		const outcome = await ask(known, params, gesture);
		if (sends) {
			endPause(page);
			batch.ended(outcome.ok ? results(known, outcome.result) : []);
		}
		if (outcome.ok) post({ kind: "response", id, result: told(outcome.result) });
		else fail(id, outcome.error);
	}

	window.addEventListener(
		"message",
		(event: MessageEvent<unknown>) => {
			const { data } = event;
			if (event.source !== window || event.origin !== location.origin || !isRecord(data) || data.raccordo !== 1) return;
			if (data.kind === "ping") return ready();
			if (data.kind !== "request" || typeof data.id !== "string" || data.id.length > MAX_ID) return;
			void relay(data.id, data.method, data.params ?? {});
		},
		{ signal },
	);
	return (message) => {
		if (message.kind === "texts") ready();
		// After an interruption nobody sends the event that was missed: the state stands in for it.
		if (message.kind === "state" && message.link.state === "up" && message.status) {
			post({ kind: "event", method: "session.changed", params: message.status.session });
		}
		if (message.kind !== "event") return;
		const { method, params } = message;
		const pause = method === "batch.progress" && params.paused && page.state.text(params.paused);
		post({ kind: "event", method, params: { ...(told(params) as object), ...pause } });
	};
}

function results(method: "prescription.send" | "outbox.retry", result: unknown): readonly PrescriptionResult[] {
	if (method === "outbox.retry") return resultOf(method, result).entries ?? [];
	return resultOf(method, result).results ?? [];
}
