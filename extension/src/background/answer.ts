// Answers what a page or the popup asks: through the host, or by a login that may need a window.
import { refusal, wireError } from "../fault.ts";
import { paramsOf } from "../guard.ts";
import { PAGE_METHODS, type ToBackground } from "../messages.ts";
import { GESTURES, type Method, type Methods } from "../wire.gen.ts";
import type { Guest } from "./guest.ts";
import type { Login } from "./login.ts";
import type { Caller } from "./native.ts";

/** Methods that the extension's own controls and the page API may ask for. */
const OPEN: readonly Method[] = [...PAGE_METHODS, "card.list", "session.login", "session.logout"];

/** What the popup may ask for: the outbox of the whole PC, and nothing of the region. */
const POPUP: readonly Method[] = ["outbox.list", "outbox.retry", "outbox.discard", "outbox.resolve"];

/** Methods that make batch.progress. */
const BATCHES: readonly Method[] = ["prescription.send", "outbox.retry"];

export interface Host {
	start(): Promise<void>;
	stop(): void;
	request<M extends Method>(method: M, params: Methods[M]["params"], caller?: Caller): Promise<Methods[M]["result"]>;
}

/** What an answer is made with. */
export interface Desk {
	readonly host: Host;
	readonly login: Pick<Login, "start" | "giveUp">;
	/** Every page forgets what the region told it. */
	forget(): void;
}

export async function answer(guest: Guest, desk: Desk, asked: Asked): Promise<void> {
	const { id, method, params, gesture } = asked;
	const { origin } = guest;
	const sends = BATCHES.includes(method) ? 1 : 0;
	guest.sending += sends;
	try {
		if (!(origin === undefined ? POPUP : OPEN).includes(method)) throw refusal("origin.denied", method);
		if (GESTURES.includes(method) && !gesture) throw refusal("gesture.required", method);
		const result = await made(desk, method, params, { ...(origin === undefined ? {} : { origin }), gesture });
		guest.tell({ kind: "response", id, result });
	} catch (cause) {
		guest.tell({ kind: "response", id, error: wireError(cause) });
	} finally {
		guest.sending -= sends;
	}
}

function made({ host, login, forget }: Desk, method: Method, params: unknown, caller: Caller): Promise<unknown> {
	if (method === "session.login") return login.start(params, caller);
	if (method !== "session.logout") return host.request(method, paramsOf(method, params), caller);
	login.giveUp();
	return host.request(method, paramsOf(method, params), caller).then((session) => {
		forget();
		return session;
	});
}

type Asked = ToBackground & { kind: "request" };
