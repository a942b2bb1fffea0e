// What travels between the background and the pages (content scripts, popup) over a runtime port.
import type { Summary } from "./summary.ts";
import type { Message } from "./texts/it.ts";
import type { ErrorCode, EventName, Events, Method, Status, Error as WireError } from "./wire.gen.ts";

export type Texts = Readonly<Record<ErrorCode, Message>>;

/** The road to the host: `starting` until the first answer, `down` with the reason. */
export type Link =
	| { readonly state: "starting" }
	| { readonly state: "up" }
	| { readonly state: "down"; readonly error: WireError };

export type ToBackground =
	| {
			readonly kind: "request";
			readonly id: string;
			readonly method: Method;
			readonly params: unknown;
			readonly gesture: boolean;
	  }
	| { readonly kind: "retry" };

export type FromBackground =
	| { readonly kind: "texts"; readonly texts: Texts; readonly version: string }
	/** summary: the state in one line, worded in the background once for all pages. */
	| { readonly kind: "state"; readonly link: Link; readonly status: Status | undefined; readonly summary: Summary }
	/** The doctor has logged out: what the region told is not for whoever comes next. */
	| { readonly kind: "forget" }
	/** For the popup: what is being signed for a page, if anything. */
	| { readonly kind: "signing"; readonly signing?: Signing | undefined }
	/** What became of the sheets of this page, worded in the background; none: the message of that key is to go. */
	| { readonly kind: "told"; readonly key: string; readonly told?: Told }
	| { readonly kind: "response"; readonly id: string; readonly result?: unknown; readonly error?: WireError }
	| { [E in EventName]: HostEvent<E> }[EventName];

export interface HostEvent<E extends EventName> {
	readonly kind: "event";
	readonly method: E;
	readonly params: Events[E];
	/** Of what the event has changed. */
	readonly summary?: Summary;
}

/** A signing under way. */
export interface Signing {
	readonly done: number;
	readonly total: number;
	/** Of the document last signed. */
	readonly name?: string;
}

/** Something that happened while the doctor was doing something else. */
export interface Told {
	readonly tone: "info" | "problem";
	readonly title: string;
	readonly error?: WireError;
	/** Jobs that "Stampa di nuovo" prints again. */
	readonly again?: string[];
}

export const PAGE_PORT = "page";
/** Of the extension's own pages: the popup and the settings of the printers. */
export const OWN_PORT = "own";

/** What the page API of a clinical application may ask for. */
export const PAGE_METHODS: readonly Method[] = [
	"status",
	"patient.sync",
	"patient.history",
	"prescription.send",
	"prescription.view",
	"prescription.cancel",
	"prescription.list",
	"prescription.verify",
	"prescription.promemoria",
	"outbox.list",
	"outbox.retry",
	"outbox.discard",
	"outbox.resolve",
	"batch.stop",
	"substitution.declare",
	"sign",
	"document.verify",
	"print",
	"print.list",
	"print.cancel",
	"print.again",
	"print.preview",
];
