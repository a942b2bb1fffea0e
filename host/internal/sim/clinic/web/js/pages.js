// The plain pages behind the entries of the doctor's menu.
import { html, render } from "./html.js";
import { LISTS, inList, store } from "./store.js";
import { ROLES, role, titolare } from "./user.js";

const PAGES = {
	profilo: () => ({
		title: "Profilo",
		body: html`<dl class="fatti"><div><dt>Nome</dt><dd>${store.seed.doctor.name} ${store.seed.doctor.surname}</dd></div><div><dt>Codice fiscale</dt><dd><code>${store.seed.doctor.cf}</code></dd></div><div><dt>Ruolo</dt><dd>${ROLES[role()]}</dd></div></dl>`,
	}),
	servizi: () => ({ title: "Gestione Servizi", body: html`<p>In questa demo sono attivi l’anagrafica dei pazienti e le ricette dematerializzate.</p>` }),
	sostituto: () => {
		const { name, surname } = store.seed.titolare;
		const on = titolare() !== undefined;
		return {
			title: "Modalità Medico Sostituto",
			body: html`<p>${on ? html`È attiva la sostituzione di <b>${name} ${surname}</b>: ci si collega alla regione con la propria identità e si prescrive per i suoi assistiti.` : html`Nessuna sostituzione è attiva.`}</p><p><button type="button" class="bottone primario" id="sostituzione">${on ? "Termina la sostituzione" : `Sostituisci ${name} ${surname}`}</button></p>`,
		};
	},
	statistiche: () => ({
		title: "Report e statistiche",
		body: html`<dl class="fatti"><div><dt>Pazienti</dt><dd>${store.seed.patients.length}</dd></div>${LISTS.map((l) => html`<div><dt>Ricette: ${l.title.toLowerCase()}</dt><dd>${inList(l.id).length}</dd></div>`)}</dl>`,
	}),
	impostazioni: () => ({ title: "Impostazioni e Privacy", body: html`<p>I dati inseriti restano in questa scheda del browser e spariscono quando la si chiude.</p>` }),
	guida: () => ({
		title: "Guida e FAQ",
		body: html`<h2>Come ci si collega alla regione?</h2><p>Con Raccordo installato, dal menu con il proprio nome si sceglie “Login Cloud regionale”.</p><h2>Dove si vede se il collegamento è attivo?</h2><p>Accanto al proprio nome in alto a destra e, nella scheda di ogni paziente, dalla data dell’ultima sincronizzazione.</p><h2>Che cosa succede se una ricetta non parte?</h2><p>Resta in “Da elaborare” con il motivo: elaborarla di nuovo non crea un doppione.</p>`,
	}),
	invita: () => ({ title: "Invita un collega", body: html`<p>Gli inviti non sono attivi in questa demo.</p>` }),
	esci: () => ({ title: "Esci", body: html`<p>La demo non ha una password: per uscire basta chiudere la scheda. Il collegamento alla regione si chiude con “Logout Cloud Regionale”.</p>` }),
};

export function renderPage(area, name) {
	const { title, body } = PAGES[name]?.() ?? { title: "Pagina non trovata", body: html`<p><a href="#/pazienti">Vai ai pazienti</a></p>` };
	render(area, html`<div class="titolo"><h1>${title}</h1></div><div class="carta testo">${body}</div>`);
}
