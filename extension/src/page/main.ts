// Entry of the content script. It runs in the top frame of the pages that a site profile names, and nowhere else.
import { matches } from "../site/match.ts";
import { sites } from "../site/sites.ts";
import * as ui from "../texts/ui.it.ts";
import { init as initBatch } from "./batch.ts";
import { showPause } from "./batch-pause.ts";
import { init as initChooser } from "./chooser.ts";
import { Client } from "./client.ts";
import { init as initLoginEntry } from "./login-entry.ts";
import type { Page } from "./page.ts";
import { init as initPageApi } from "./page-api.ts";
import { tell } from "./papers.ts";
import { Presence } from "./presence.ts";
import { init as initSigning } from "./signing.ts";
import { watchedAttributes } from "./source.ts";
import { State } from "./state.ts";
import { init as initBadge } from "./state-badge.ts";
import { init as initSync } from "./sync-control.ts";
import { init as initToasts } from "./toasts.ts";

const site = window === window.top ? sites.find((s) => matches(s, location.href)) : undefined;
if (site) start(site);

function start(profile: Page["site"]): void {
	const ending = new AbortController();
	const { signal } = ending;
	const state = new State();
	let choose = { open: (): void => undefined, isOpen: (): boolean => false };
	const toasts = initToasts(state, signal, () => choose.isOpen());
	let relay: ReturnType<typeof initPageApi> = () => undefined;
	let forget = (): void => undefined;
	const client = new Client(
		signal,
		(message) => {
			state.receive(message);
			relay(message);
			if (message.kind === "forget") forget();
			if (message.kind === "told") tell(page, message);
			if (message.kind !== "event") return;
			if (message.method === "sign.progress") signing.progress(message.params);
			if (message.method !== "batch.progress") return;
			batch.progress(message.params);
			showPause(page, message.params);
		},
		() => {
			ending.abort();
			initToasts(state, new AbortController().signal).show({
				key: "gone",
				tone: "problem",
				title: ui.reloaded,
				text: ui.reloadPage,
			});
		},
	);
	const page: Page = {
		site: profile,
		client,
		state,
		presence: new Presence(signal, watchedAttributes(profile)),
		toast: toasts.show,
		dismiss: toasts.drop,
		choose: () => choose.open(),
	};
	const batch = initBatch(page);
	const signing = initSigning(page);
	relay = initPageApi(page, batch, signing, signal);
	choose = initChooser(page, signal);
	forget = initSync(page, signal);
	for (const init of [initLoginEntry, initBadge]) init(page, signal);
}
