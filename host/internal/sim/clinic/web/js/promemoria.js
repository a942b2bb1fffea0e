// The PDF that the region gave with a prescription: to keep, or for the browser to print.
import { html } from "./html.js";
import { request } from "./raccordo.js";
import { announce, CLOSE, close, during, open } from "./window.js";

let kept = ""; // the address of the last one opened

async function address(p) {
	const { pdf } = await request("prescription.promemoria", { nre: p.outcome.nre });
	if (kept) URL.revokeObjectURL(kept);
	const bytes = Uint8Array.from(atob(pdf), (c) => c.charCodeAt(0));
	kept = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
	return kept;
}

export function download(p) {
	return during("Promemoria", "Lettura del promemoria…", "Promemoria non disponibile", address(p), (url, mine) => {
		const link = document.createElement("a");
		Object.assign(link, { href: url, download: `promemoria-${p.outcome.nre}.pdf` });
		link.click();
		if (mine) close();
		announce("Promemoria scaricato.");
	});
}

export function print(p) {
	return during("Stampa di nuovo", "Lettura del promemoria…", "Promemoria non disponibile", address(p), (url, mine) => {
		const text = html`<p>La stampa diretta non fa ancora parte del connettore: il promemoria si apre in una nuova scheda, da cui si stampa con il comando “Stampa” del browser.</p>`;
		if (mine) open("Stampa di nuovo", text, html`${CLOSE}<a class="bottone primario" id="apri-promemoria" href="${url}" target="_blank" rel="noopener">Apri il promemoria</a>`);
	});
}
