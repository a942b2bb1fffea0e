// The steps of the demo, beside the pages.
import { html, render } from "./html.js";
import { save, store } from "./store.js";

const area = () => document.getElementById("guida-demo");

function steps({ card_url: card, otp_url: otp, pin }) {
	const patient = store.seed.patients[0];
	const panel = card ? html`<a href="${card}" target="_blank" rel="noopener">pannello della carta</a>` : "pannello della carta";
	const codes = otp ? html`<a href="${otp}" target="_blank" rel="noopener">pagina degli OTP</a>` : "pagina degli OTP";
	const record = html`<a href="#/pazienti/${patient.cf}">${patient.surname} ${patient.name}</a>`;
	const fse = store.seed.fse ? html`<a href="${store.seed.fse}/assistito/${patient.cf}" target="_blank" rel="noopener">FSE simulato</a>` : "FSE simulato";
	return [
		html`In alto a destra, accanto al nome: Raccordo è presente e non è collegato.`,
		html`Nel ${panel} inserire la carta virtuale: il titolare compare da solo, senza ricaricare.`,
		html`Nome → <b>Login Cloud regionale</b> → scegliere il certificato → PIN <code>${pin}</code>.`,
		html`Nella scheda di ${record} premere le due frecce: esenzioni e dati della regione, senza toccare quelli dello studio.`,
		html`In <a href="#/ricette">Ricette</a> premere <b>Elabora tutte</b>, poi <b>Verifica validità ricetta</b> e <b>Annulla ricetta</b>; l’effetto si vede nel ${fse}.`,
		html`<b>Prepara 100 ricette di prova</b> → <b>Elabora tutte</b> → <b>Interrompi</b> → <b>Riprendi</b>: nulla va perso, nulla parte due volte.`,
		html`In <a href="#/documenti">Documenti</a> premere <b>Firma tutti</b>: la finestra di Raccordo elenca i documenti e si firma con la carta; oppure <b>Firma remota</b>, con il codice della ${codes}. Poi <b>Verifica firma</b>.`,
		html`Estrarre la carta: il collegamento cade. Reinserirla: il PIN viene chiesto da solo.`,
		html`Nome → <b>Logout Cloud Regionale</b>.`,
		html`Estrarre la carta. Nome → <b>Login Cloud regionale</b>: si apre la pagina della regione; <b>Entra con SPID</b> → <b>Entra</b>. Poi sincronizzare e uscire come prima.`,
	];
}

export function renderGuide() {
	const { guide } = store.seed;
	if (!guide) return;
	document.body.classList.toggle("con-guida", store.guideOpen);
	const toggle = (text, expanded) => html`<button type="button" class="collegamento" id="guida-apri" aria-expanded="${String(expanded)}">${text}</button>`;
	render(
		area(),
		store.guideOpen
			? html`<aside class="guida" aria-label="Guida della demo"><div class="testa"><h2>Guida della demo</h2>${toggle("Nascondi", true)}</div><ol>${steps(guide).map((s) => html`<li>${s}</li>`)}</ol></aside>`
			: html`<div class="guida-chiusa">${toggle("Guida della demo", false)}</div>`,
	);
}

export function startGuide() {
	area().addEventListener("click", (event) => {
		if (!event.target.closest("#guida-apri")) return;
		store.guideOpen = !store.guideOpen;
		save();
		renderGuide();
		document.getElementById("guida-apri").focus();
	});
}
