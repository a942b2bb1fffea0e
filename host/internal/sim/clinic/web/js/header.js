// The bar at the top: sections of the application and the doctor's own menu.
import { html, render } from "./html.js";
import { inList, store } from "./store.js";
import { role, titolare } from "./user.js";

const MENU = [
	["#/profilo", "Profilo"],
	["#/servizi", "Gestione Servizi"],
	["#/sostituto", "Modalità Medico Sostituto"],
	["#/statistiche", "Report e statistiche"],
	["#/impostazioni", "Impostazioni e Privacy"],
	["#/guida", "Guida e FAQ"],
	["#/invita", "Invita un collega"],
	["#/esci", "Esci"],
];

const area = () => document.getElementById("intestazione");
const button = () => document.getElementById("menu-utente");
const list = () => document.getElementById("menu-utente-voci");
const isOpen = () => button()?.getAttribute("aria-expanded") === "true";

export function renderHeader(open = false) {
	const { doctor } = store.seed;
	const section = location.hash.split("/")[1] ?? "pazienti";
	const current = (name) => (section === name ? html` aria-current="page"` : "");
	const waiting = inList("elaborare").length;
	render(area(), html`<header class="barra">
<a class="marchio" href="#/pazienti"><img src="/icona.svg" alt="" width="28" height="28">Clinica Demo</a>
<nav aria-label="Sezioni"><a href="#/pazienti"${current("pazienti")}>Pazienti</a><a href="#/ricette"${current("ricette")}>Ricette${waiting > 0 && html` <span class="contatore">${waiting}<span class="solo-lettori"> da elaborare</span></span>`}</a><a href="#/documenti"${current("documenti")}>Documenti</a></nav>
<div class="utente"><button id="menu-utente" type="button" aria-haspopup="menu" aria-expanded="${String(open)}" aria-controls="menu-utente-voci" data-cf="${doctor.cf}" data-ruolo="${role()}" data-titolare="${titolare()?.cf ?? ""}">${doctor.name} ${doctor.surname}</button>
<ul id="menu-utente-voci" role="menu" aria-label="${doctor.name} ${doctor.surname}"${open ? "" : html` hidden`}>${MENU.map(([href, text]) => html`
<li role="none"><a role="menuitem" tabindex="-1" href="${href}">${text}</a></li>`)}
</ul></div>
</header>`);
}

function close(focusButton) {
	if (!isOpen()) return;
	button().setAttribute("aria-expanded", "false");
	list().hidden = true;
	if (focusButton) button().focus();
}

// targets are what the arrows visit: one for each item of the list, whoever put it there.
function targets() {
	return [...list().children].map((li) => li.querySelector('[role="menuitem"]') ?? li.firstElementChild ?? li);
}

function move(step) {
	const all = targets();
	const has = (t) => t === document.activeElement || t.contains(document.activeElement);
	const forward = step === "down" || step === "first";
	let at = { first: -1, last: all.length }[step] ?? all.findIndex(has);
	for (const _ of all) {
		at = (at + (forward ? 1 : -1) + all.length) % all.length;
		all[at].focus();
		if (has(all[at])) return; // a foreign entry may not take the focus: go on to the next
	}
}

const KEYS = { ArrowDown: "down", ArrowUp: "up", Home: "first", End: "last" };

function onKey(event) {
	const inside = event.target.closest?.(".utente");
	if (!inside) return;
	if (event.key === "Escape") return close(true);
	if (event.key === "Tab") return close(false);
	const step = KEYS[event.key];
	if (!step) return;
	event.preventDefault();
	if (!isOpen()) {
		renderHeader(true);
		move(step === "up" || step === "last" ? "last" : "first");
	} else {
		move(step);
	}
}

function onClick(event) {
	if (event.target.closest("#menu-utente")) {
		if (isOpen()) return close(true);
		renderHeader(true);
		button().focus();
		if (event.detail === 0) move("first"); // by keyboard
	} else if (event.target.closest("#menu-utente-voci a")) {
		close(true);
	} else if (!event.target.closest(".utente")) {
		close(false);
	}
}

export function startHeader() {
	document.addEventListener("click", onClick);
	document.addEventListener("keydown", onKey);
}
