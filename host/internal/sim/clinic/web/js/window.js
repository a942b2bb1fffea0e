// The one dialog of the application.
import { explain } from "./explain.js";
import { html } from "./html.js";

const dialog = () => document.getElementById("dialogo");

let opener = null;
let shown = 0; // an answer that arrives for an older dialog is dropped

export const changed = () => document.dispatchEvent(new CustomEvent("clinica:ricette"));
export const CLOSE = html`<button type="button" class="bottone" data-dialogo="chiudi" autofocus>Chiudi</button>`;
export const BACK = html`<button type="button" class="bottone" data-dialogo="chiudi" autofocus>Indietro</button>`;

export function open(title, content, buttons = CLOSE) {
	const d = dialog();
	if (!d.open) opener = document.activeElement?.id;
	d.innerHTML = html`<h2 id="dialogo-titolo">${title}</h2><div class="contenuto">${content}</div><div class="fondo">${buttons}</div>`;
	if (!d.open) d.showModal();
	return ++shown;
}

export function close() {
	shown++;
	dialog().close();
}

// during shows that an answer is awaited, then what becomes of it; failed is the title of a failure.
export async function during(title, words, failed, answer, show) {
	const mine = open(title, html`<p class="in-corso" role="status"><span class="rotella" aria-hidden="true"></span>${words}</p>`);
	try {
		const result = await answer;
		show(result, mine === shown);
	} catch (fault) {
		if (mine === shown) open(failed, html`<p class="rilievo errore" role="alert">${explain(fault)}</p>`);
	}
}

export function announce(text) {
	document.getElementById("annunci").textContent = text;
}

export function startWindow() {
	const d = dialog();
	d.addEventListener("click", (event) => {
		if (event.target.closest("[data-dialogo=chiudi]")) close();
	});
	d.addEventListener("close", () => {
		if (opener) document.getElementById(opener)?.focus();
	});
}
