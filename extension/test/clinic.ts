// A clinical page in jsdom with the shipped content script in it, a background played by the test, and hands that
// make trusted clicks inside closed shadow roots.
import { readFileSync } from "node:fs";
import { JSDOM, VirtualConsole } from "jsdom";
import type { Link } from "../src/messages.ts";
import { summary } from "../src/summary.ts";
import { errors } from "../src/texts/it.ts";
import type { Session, Status } from "../src/wire.gen.ts";
import { FakePort, settle } from "./fake-port.ts";

export const ORIGIN = "https://clinica-demo.localhost:8443";
export const DOCTOR = "VRDGLI75C41X000E";

const menu = ["profilo", "impostazioni", "guida", "esci"];
const body = (patient: string, attributes: string) => `
<header class="barra"><div class="utente">
	<button id="menu-utente" data-cf="${DOCTOR}" ${attributes}>Giulia Verdi</button>
	<ul id="menu-utente-voci" role="menu">${menu.map((m) => `<li role="none" class="voce"><a role="menuitem" href="#/${m}">${m}</a></li>`).join("")}</ul>
</div></header>
<section class="scheda-paziente" data-cf="${patient}"><div class="scheda-azioni"><button>Diario</button></div>
<input name="indirizzo" value="Via Cavour 3"><input name="comune" value="Firenze"></section>`;

export const off: Session = { state: "disconnected", on_card_removal: "logout" };
export const on: Session = {
	...off,
	state: "connected",
	method: "CNS",
	doctor: { codice_fiscale: DOCTOR, name: "GIULIA VERDI" },
};
export const status = (
	session: Session = off,
	cards: Status["cards"] = { service: "running", readers: [] },
	more: Partial<Status> = {},
): Status => ({
	version: "1",
	region: { id: "r", name: "R", card: true },
	session,
	cards,
	outbox: { drafts: 0, pending: 0, failed: 0 },
	printing: { waiting: 0, held: 0 },
	warnings: [],
	signing: { card: false },
	...more,
});

interface Impl {
	isTrusted: boolean;
	_dispatch(event: Impl): void;
}

/** jsdom keeps the real object behind its wrapper under a symbol of this name. */
export function impl(wrapper: object): Impl {
	const symbol = Object.getOwnPropertySymbols(wrapper).find((s) => s.description === "impl");
	return (wrapper as Record<symbol, Impl>)[symbol ?? Symbol()] as Impl;
}

export async function clinic(patient = "BNCLCU50A41X002P", url = `${ORIGIN}/#/pazienti/1`, attributes = "") {
	const dom = new JSDOM(`<!doctype html><body><div id="app">${body(patient, attributes)}</div></body>`, {
		url,
		runScripts: "outside-only",
		pretendToBeVisual: true,
		virtualConsole: new VirtualConsole(),
	});
	const { window } = dom;
	const { document } = window;
	const roots = new Map<string, ShadowRoot>();
	const modes: string[] = [];
	const attach = window.Element.prototype.attachShadow;
	window.Element.prototype.attachShadow = function (init) {
		const root = attach.call(this, init);
		modes.push(init.mode);
		roots.set(this.localName, root);
		return root;
	};
	window.HTMLDialogElement.prototype.showModal = function () {
		this.open = true;
	};
	window.HTMLDialogElement.prototype.close = function () {
		this.open = false;
		this.dispatchEvent(new window.Event("close"));
	};
	// jsdom reads a Blob by FileReader only
	window.Blob.prototype.arrayBuffer = function () {
		return new Promise((resolve) => {
			const reader = new window.FileReader();
			reader.onload = () => resolve(reader.result as ArrayBuffer);
			reader.readAsArrayBuffer(this);
		});
	};
	const ports: FakePort[] = [];
	const runtime = {
		id: "me",
		connect: ({ name }: { name: string }) => {
			ports.push(new FakePort(name));
			return ports.at(-1);
		},
	};
	let active = false;
	let told: [Link, Status | undefined] = [{ state: "starting" }, undefined];
	Object.defineProperty(window.navigator, "userActivation", { get: () => ({ isActive: active }) });
	Object.assign(window, { chrome: { runtime } });
	window.eval(readFileSync(PAGE_SCRIPT, "utf8"));

	const port = () => ports.at(-1) ?? new FakePort();
	const asked = () =>
		port().sent.filter((m) => (m as { kind: string }).kind === "request") as {
			id: string;
			method: string;
			params: unknown;
			gesture: boolean;
		}[];
	/** Without the question that the page of every patient asks by itself. */
	const requests = () => asked().filter((r) => r.method !== "patient.history");
	const page = {
		window,
		document,
		modes,
		ports,
		runtime,
		port,
		requests,
		root: (name: string): ShadowRoot =>
			roots.get(name) ?? (document.createElement("p").attachShadow({ mode: "closed" }) as ShadowRoot),
		text: (name: string): string => {
			const words: string[] = [];
			const walk = (node: Node): void => {
				if (node.nodeName === "STYLE") return;
				if (node.nodeType === 3) words.push(node.nodeValue ?? "");
				node.childNodes.forEach(walk);
			};
			roots.get(name)?.childNodes.forEach(walk);
			return words.join(" ").replace(/\s+/g, " ").trim();
		},
		state: (name: string) => document.querySelector<HTMLElement>(name)?.dataset.state,
		rerender: (cf = patient) => {
			const app = document.getElementById("app");
			if (app) app.innerHTML = body(cf, attributes);
			return settle();
		},
		/** A click by the user's hand. */
		click: (name: string, selector = "button") => {
			const target = roots.get(name)?.querySelector(selector);
			if (!target) throw new Error(`no ${selector} in ${name}`);
			const event = impl(new window.MouseEvent("click", { bubbles: true, composed: true, cancelable: true }));
			event.isTrusted = true;
			impl(target)._dispatch(event);
			return settle();
		},
		/** The background tells its state. */
		tell: (state: Status | undefined, link: Link = { state: "up" }) => {
			told = [link, state];
			port().say({ kind: "state", link, status: state, summary: summary(link, state) });
		},
		event: (method: string, params: unknown) => {
			const part = { "session.changed": "session", "card.changed": "cards", "outbox.changed": "outbox" }[method];
			const [link, before] = told;
			if (part && before) told = [link, { ...before, [part]: params }];
			port().say({ kind: "event", method, params, summary: summary(...told) });
		},
		answer: (method: string, content: { result?: unknown; error?: unknown }) => {
			port().say({ kind: "response", id: asked().findLast((r) => r.method === method)?.id, ...content });
			return settle();
		},
		/** The panel of the badge opens: jsdom knows no popover. */
		openPanel: () => {
			const panel = roots.get("raccordo-stato")?.querySelector("[popover]");
			panel?.dispatchEvent(Object.assign(new window.Event("toggle"), { newState: "open" }));
		},
		errors,
		activate: (value: boolean) => {
			active = value;
		},
		heard: [] as Record<string, unknown>[],
		/** The last message as the page gets it, Blobs and all. */
		last: {} as Record<string, unknown>,
		post: (data: unknown, init: object = {}) => {
			const event = new window.MessageEvent("message", { data, origin: ORIGIN, source: window as never, ...init });
			window.dispatchEvent(event);
			return settle();
		},
		end: () => window.close(),
	};
	window.postMessage = (message: Record<string, unknown>, origin: unknown) => {
		if (origin !== ORIGIN) return;
		page.heard.push(JSON.parse(JSON.stringify(message)));
		page.last = message;
	};
	port().say({ kind: "texts", texts: errors, version: "9" });
	await settle();
	return page;
}
