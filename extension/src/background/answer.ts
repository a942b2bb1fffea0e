// Answers what a page or one of the extension's own asks: through the host, or by a login that may need a window.
import { refusal, wireError } from "../fault.ts";
import { paramsOf } from "../guard.ts";
import { PAGE_METHODS, type ToBackground } from "../messages.ts";
import { GESTURES, type Method, type Methods } from "../wire.gen.ts";
import { keep } from "./documents.ts";
import type { Guest } from "./guest.ts";
import type { Login } from "./login.ts";
import type { Caller } from "./native.ts";
import type { Signing } from "./signing.ts";

/** Methods that the extension's own controls and the page API may ask for. */
const OPEN: readonly Method[] = [
	...PAGE_METHODS,
	"card.list",
	"session.login",
	"session.logout",
	"document.open",
	"document.write",
	"document.read",
	"document.close",
];

/** What the extension's own pages may ask for: outbox and printers of the whole PC, the end of a signing, nothing of the region. */
const OWN: readonly Method[] = [
	"outbox.list",
	"outbox.retry",
	"outbox.discard",
	"outbox.resolve",
	"batch.stop",
	"print",
	"print.list",
	"print.cancel",
	"print.again",
	"print.preview",
	"printer.list",
	"printer.configure",
];

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
	readonly signing: Signing;
	/** Every page forgets what the region told it. */
	forget(): void;
}

export async function answer(guest: Guest, desk: Desk, asked: Asked): Promise<void> {
	const { id, method, params, gesture } = asked;
	const sends = BATCHES.includes(method) ? 1 : 0;
	guest.sending += sends;
	try {
		if (!(guest.origin === undefined ? OWN : OPEN).includes(method)) throw refusal("origin.denied", method);
		if (GESTURES.includes(method) && !gesture) throw refusal("gesture.required", method);
		const result = await made(guest, desk, asked);
		keep(guest, desk.host, method, params, result);
		guest.tell({ kind: "response", id, result });
	} catch (cause) {
		guest.tell({ kind: "response", id, error: wireError(cause) });
	} finally {
		guest.sending -= sends;
	}
}

function made(guest: Guest, desk: Desk, { method, params, gesture }: Asked): Promise<unknown> {
	const { host, login, signing, forget } = desk;
	const { origin } = guest;
	const caller: Caller = { ...(origin === undefined ? {} : { origin }), gesture };
	if (method === "session.login") return login.start(params, caller);
	if (method === "sign") return signing.run(guest, params);
	if (method === "batch.stop" && origin === undefined) return signing.stop();
	if (method !== "session.logout") return host.request(method, paramsOf(method, params), caller);
	login.giveUp();
	return host.request(method, paramsOf(method, params), caller).then((session) => {
		forget();
		return session;
	});
}

type Asked = ToBackground & { kind: "request" };
