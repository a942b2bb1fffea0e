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
	/** Takes back the toast of that key. */
	dismiss(key: string): void;
	/** Opens the certificate chooser, or the reason why it cannot help. */
	choose(): void;
}

export interface Toast {
	/** A toast with the same key takes the place of the older one. */
	readonly key: string;
	readonly tone: "info" | "problem";
	readonly title: string;
	readonly error?: WireError;
	readonly text?: string;
	/** What changes while the toast stands. */
	readonly body?: HTMLElement;
	readonly remedy?: string;
	readonly action?: Action | undefined;
	/** Stays until it is taken back, though it is no problem. */
	readonly lasts?: boolean;
}

/** What one click can do about it. */
export interface Action {
	readonly label: string;
	run(): void;
}
