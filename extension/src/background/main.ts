// Entry of the service worker (Chromium) and event page (Firefox). Listeners are registered synchronously here.
import { api } from "../api.ts";
import { OWN_PORT, PAGE_PORT } from "../messages.ts";
import { sites } from "../site/sites.ts";
import { errors } from "../texts/it.ts";
import { showState } from "./badge.ts";
import { Hub } from "./hub.ts";
import { Login } from "./login.ts";
import { Native } from "./native.ts";
import { RegionWindow } from "./region-window.ts";
import { pageOrigin } from "./sender.ts";

declare const HOST: string;

const OWN_PAGES = ["popup.html", "options.html"];

const { version } = api.runtime.getManifest();
const native = new Native({
	open: () => api.runtime.connectNative(HOST),
	lastError: () => api.runtime.lastError,
	client: `raccordo-extension/${version}`,
	onLink: (link) => hub.link(link),
	onEvent: (method, params) => hub.event(method, params),
});
const login = new Login(native, new RegionWindow(api, api.storage.session));
const hub = new Hub(native, login, { texts: errors, version, onState: showState });

api.runtime.onConnect.addListener((port) => {
	if (port.name === OWN_PORT && OWN_PAGES.some((page) => port.sender?.url === api.runtime.getURL(page)))
		return hub.add(port, undefined);
	const origin = port.name === PAGE_PORT ? pageOrigin(port.sender, api.runtime.id, sites) : undefined;
	if (origin === undefined) return port.disconnect();
	hub.add(port, origin);
});
