// What every feature of a page is given.
import type { SiteProfile } from "../site/profile.gen.ts";
import type { Error as WireError } from "../wire.gen.ts";
import type { Client } from "./client.ts";
import type { Presence } from "./presence.ts";
import type { State } from "./state.ts";

export interface Page {
	readonly site: SiteProfile;
	readonly client: Client;
	readonly state: State;
	readonly presence: Presence;
	/** Tells the doctor something that no control on the page shows. */
	toast(toast: Toast): void;
	/** Opens the certificate chooser, or the reason why it cannot help. */
	login(): void;
}

export interface Toast {
	/** A toast with the same key takes the place of the older one. */
	readonly key: string;
	readonly tone: "info" | "problem";
	readonly title: string;
	readonly error?: WireError;
	readonly text?: string;
	readonly remedy?: string;
}
