// A fault in words: what happened and what to do.
import { html } from "./html.js";

// What to say of a problem that comes without a text, by the part that failed.
const PLAIN = {
	extension: "Il browser non raggiunge Raccordo.",
	connector: "Raccordo ha interrotto l’invio.",
	pcsc: "Il servizio delle smart card non risponde.",
	reader: "La carta non è nel lettore.",
	card: "La carta non è utilizzabile.",
	module: "Il programma della carta non risponde.",
	pin: "Il PIN non è stato accettato.",
	tls: "La connessione protetta con la regione non è riuscita.",
	region: "La regione non risponde.",
	session: "Manca il collegamento alla regione.",
	remote: "La firma remota non risponde.",
	printer: "La stampante non risponde.",
	data: "I dati della ricetta non sono completi.",
};

export function explain(fault) {
	const text = fault?.text ?? PLAIN[fault?.data?.hop] ?? "La richiesta non è riuscita.";
	const remedy = fault?.remedy ?? "";
	const { code, attempts_left: left, final_try: last } = fault?.data ?? {};
	const tries = last ? " È l’ultimo tentativo prima del blocco." : left ? ` ${left === 1 ? "Resta 1 tentativo" : `Restano ${left} tentativi`}.` : "";
	return html`<strong>${text}</strong>${remedy && html` ${remedy}`}${tries}${code && html` <span class="codice-errore">(${code})</span>`}`;
}
