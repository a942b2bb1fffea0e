// Answers what a page or the popup asks: through the host, by a login that may need a window, or from the memory of synchronisations.
import { refusal, wireError } from "../fault.ts";
import { isRecord, paramsOf } from "../guard.ts";
import type { ToBackground } from "../messages.ts";
import { GESTURES, type Method, type Methods } from "../wire.gen.ts";
import type { Guest } from "./guest.ts";
import type { Login } from "./login.ts";
import type { Caller } from "./native.ts";

/** Methods that the extension's own controls and the page API may ask for. */
const OPEN: readonly Method[] = [
	"status",
	"card.list",
	"session.login",
	"session.logout",
	"patient.sync",
	"prescription.send",
	"prescription.view",
	"prescription.cancel",
];

export interface Host {
	start(): Promise<void>;
	stop(): void;
	request<M extends Method>(method: M, params: Methods[M]["params"], caller?: Caller): Promise<Methods[M]["result"]>;
}

export interface Memory {
	remember(patient: string, at: Date): Promise<void>;
	recall(patient: string): Promise<string | undefined>;
	clear(): Promise<void>;
}

/** What an answer is made with. */
export interface Desk {
	readonly host: Host;
	readonly login: Pick<Login, "start" | "giveUp">;
	readonly synced: Memory;
	/** Every page forgets what the region told it. */
	forget(): void;
}

export async function recall(guest: Guest, { synced }: Desk, { id, patient }: Asked<"recall">): Promise<void> {
	const at = guest.origin === undefined ? undefined : await synced.recall(patient);
	guest.tell({ kind: "response", id, result: at ?? null });
}

export async function answer(guest: Guest, desk: Desk, asked: Asked<"request">): Promise<void> {
	const { id, method, params, gesture } = asked;
	const at = new Date();
	const sends = method === "prescription.send" ? 1 : 0;
	guest.sending += sends;
	try {
		if (guest.origin === undefined || !OPEN.includes(method)) throw refusal("origin.denied", method);
		if (GESTURES.includes(method) && !gesture) throw refusal("gesture.required", method);
		const result = await made(desk, method, params, { origin: guest.origin, gesture });
		if (method === "patient.sync" && isRecord(params)) await desk.synced.remember(String(params.codice_fiscale), at);
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

type Asked<K extends ToBackground["kind"]> = ToBackground & { kind: K };
