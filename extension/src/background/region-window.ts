// The region's page in a window of the browser (identity.launchWebAuthFlow), which ends at our own redirect URI. Nothing
// is ever read of that page or put into it. Both browsers keep one such window at a time: opening a second one fails
// in Chromium and ends the first in Firefox (read from Chromium 156 and Firefox 153).

/** The browser's memory for this run (storage.session). */
interface SessionArea {
	get(key: string): Promise<Record<string, unknown>>;
	set(items: Record<string, unknown>): Promise<void>;
}

export interface Flow {
	readonly url: string;
	readonly interactive: boolean;
}

interface Opened {
	readonly id?: number | undefined;
	readonly type?: string | undefined;
}

export interface Browser {
	readonly identity: {
		getRedirectURL(path: string): string;
		launchWebAuthFlow(flow: Flow): Promise<string | undefined>;
	};
	readonly windows: {
		readonly onCreated: {
			addListener(listener: (window: Opened) => void): void;
			removeListener(listener: (window: Opened) => void): void;
		};
		update(id: number, change: { focused: boolean }): Promise<unknown>;
		remove(id: number): Promise<void>;
	};
}

/** Under which the number of the open window is kept. */
const KEY = "region-window";

export class RegionWindow {
	readonly redirectURI: string;
	#id: number | undefined;
	#ended: Promise<unknown>;

	constructor(
		private readonly browser: Browser,
		private readonly kept: SessionArea,
	) {
		this.redirectURI = browser.identity.getRedirectURL("raccordo");
		this.#ended = this.#orphan().catch(() => undefined);
	}

	/** Closes the window of a worker that died: nobody takes what it returns, and Chromium opens no other beside it. */
	async #orphan(): Promise<void> {
		const id = (await this.kept.get(KEY))[KEY];
		if (typeof id === "number") await this.browser.windows.remove(id);
	}

	#keep(id: number | undefined): void {
		this.#id = id;
		void this.kept.set({ [KEY]: id ?? null }).catch(() => undefined);
	}

	/** The address at which the page came back; undefined when the window was closed, by whomever, or found no page. */
	async open(url: string, signal: AbortSignal): Promise<string | undefined> {
		await this.#ended; // a window that was told to close takes a moment
		if (signal.aborted) return undefined;
		const { identity, windows } = this.browser;
		// launchWebAuthFlow does not tell its window: the next popup is it
		const found = ({ id, type }: Opened): void => {
			if (type !== "popup") return;
			windows.onCreated.removeListener(found);
			this.#keep(id);
			if (signal.aborted) this.#close();
		};
		const close = (): void => this.#close();
		windows.onCreated.addListener(found);
		signal.addEventListener("abort", close);
		const returned = identity.launchWebAuthFlow({ url, interactive: true }).catch(() => undefined);
		this.#ended = returned;
		try {
			return await returned;
		} finally {
			windows.onCreated.removeListener(found);
			signal.removeEventListener("abort", close);
			this.#keep(undefined);
		}
	}

	/** Brings the open window to the front. */
	show(): void {
		// a window that has just gone has nothing to show
		if (this.#id !== undefined) void this.browser.windows.update(this.#id, { focused: true }).catch(() => undefined);
	}

	#close(): void {
		// the user may have been quicker
		if (this.#id !== undefined) void this.browser.windows.remove(this.#id).catch(() => undefined);
	}
}
