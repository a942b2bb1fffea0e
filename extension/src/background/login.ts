// session.login for a page. When the agent names a page of the region, that page is opened in a window and what it
// returns is handed to the agent; who asked sees the session and never the address, the state or the code. A worker
// that dies meanwhile loses the answer: the agent's attempt then ends by time, or by the next click.
import { refusal } from "../fault.ts";
import { isRecord, paramsOf } from "../guard.ts";
import type { CompleteParams, LoginParams, LoginResult, Session } from "../wire.gen.ts";
import type { Host } from "./answer.ts";
import type { Caller } from "./native.ts";
import { completion, stateOf } from "./returned.ts";

export interface Window {
	readonly redirectURI: string;
	open(url: string, signal: AbortSignal): Promise<string | undefined>;
	show(): void;
}

/** An attempt that may open the region's window: there is one at a time. */
interface Attempt {
	readonly asked: string;
	readonly given: AbortController;
	readonly outcome: Promise<Session>;
}

export class Login {
	#attempt: Attempt | undefined;
	/** Of the attempt that waits for its window. */
	#waiting: AbortSignal | undefined;

	constructor(
		private readonly host: Pick<Host, "request">,
		private readonly window: Window,
	) {}

	/** The same question of a second tab shares the first one's window; any other takes its place. */
	start(params: unknown, caller: Caller): Promise<Session> {
		const wanted = own(params);
		const asked = JSON.stringify(wanted);
		if (this.#attempt?.asked === asked) {
			this.window.show();
			return this.#attempt.outcome;
		}
		this.giveUp();
		if (wanted.via === "card") return this.host.request("session.login", wanted, caller).then(session);
		const given = new AbortController();
		const attempt: Attempt = { asked, given, outcome: this.#run(wanted, caller, given.signal) };
		this.#attempt = attempt;
		const over = (): void => {
			if (this.#attempt === attempt) this.#attempt = undefined;
		};
		attempt.outcome.then(over, over);
		return attempt.outcome;
	}

	/** Forgets the attempt under way; what its window may still return concerns nobody. */
	giveUp(): void {
		this.#attempt?.given.abort();
		this.#attempt = undefined;
	}

	/** The session as the agent tells it: one that is decided needs no window. */
	seen({ state }: Session): void {
		const decided = state === "connected" || state === "disconnected";
		if (decided && this.#attempt && this.#waiting === this.#attempt.given.signal) this.giveUp();
	}

	async #run(wanted: LoginParams, caller: Caller, signal: AbortSignal): Promise<Session> {
		const { redirectURI } = this.window;
		const asked = { ...wanted, redirect_uri: redirectURI };
		const answer = await this.host.request("session.login", asked, caller);
		if (answer.authorize_url === undefined) return session(answer);
		const state = stateOf(answer.authorize_url);
		if (state === undefined) throw refusal("region.misconfigured", "authorize_url");
		if (signal.aborted) throw refusal("cancelled");
		this.#waiting = signal;
		const address = await this.window.open(answer.authorize_url, signal);
		if (this.#waiting === signal) this.#waiting = undefined;
		if (signal.aborted) throw refusal("cancelled");
		return this.#complete(completion(address, redirectURI, state));
	}

	/** In nobody's name: the answer is the agent's to judge, by the state that it made itself. */
	#complete(params: CompleteParams): Promise<Session> {
		return this.host.request("session.complete", params);
	}
}

/** The page's params without the one that is not the page's to say. */
function own(params: unknown): LoginParams {
	if (!isRecord(params)) return paramsOf("session.login", params);
	const { redirect_uri: _, ...rest } = params;
	return paramsOf("session.login", rest);
}

function session({ authorize_url: _, ...rest }: LoginResult): Session {
	return rest;
}
