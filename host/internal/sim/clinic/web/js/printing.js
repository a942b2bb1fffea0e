// What the doctor prints of a prescription: the slip, or the red form when the region does not answer.
import { html } from "./html.js";
import { preview } from "./preview.js";
import { again, halt, print } from "./sheets.js";
import { inList, save, store } from "./store.js";
import { announce, BACK, changed, close, open } from "./window.js";

const slip = (p) => ({ kind: "promemoria", nre: p.outcome.nre, client_id: `promemoria-${p.data.client_id}` });

// printable are those of the sent ones that have not been printed.
export const printable = (list = inList("trasmesse")) => list.filter((p) => p.outcome?.cod_autenticazione && !p.sheet?.id);

export const printSlip = (p) => print([p], slip);
export const printAll = (list) => print(printable(list), slip);
export const printAgain = (p) => again([p]);
export const stopPrint = (p) => halt(p);
export const previewSlip = (p) => preview(`Promemoria ${p.outcome.nre}`, slip(p));

export function prescriber() {
	const { name, surname, cf, recapito } = store.seed.doctor;
	return { name: `${surname} ${name}`, codice_fiscale: cf, lines: ["Medico di medicina generale", recapito] };
}

const red = (p) => ({ kind: "rossa", prescription: p.data, doctor: prescriber(), client_id: `rossa-${p.data.client_id}` });

export function askRed(p) {
	const text = html`<p>${p.data.dettagli[0].descr_prod_prest} per <strong>${p.data.cognome_nome}</strong>.</p><p class="rilievo attenzione">La ricetta sul modulo rosso prende il posto di quella elettronica: dopo la stampa non va più trasmessa. Serve quando il sistema regionale non risponde.</p><p>Mettere il modulo SSN prestampato nella stampante.</p>`;
	open("Stampare sul modulo rosso?", text, html`${BACK}<button type="button" class="bottone" id="anteprima-rossa">Anteprima</button><button type="button" class="bottone primario" id="conferma-rossa">Stampa rossa</button>`);
	document.getElementById("anteprima-rossa").addEventListener("click", () => preview("Modulo rosso", red(p)));
	document.getElementById("conferma-rossa").addEventListener("click", async () => {
		close();
		const [job] = await print([p], red);
		if (!job?.id) return; // not printable: the row says why
		Object.assign(p, { list: "archivio", outcome: { paper: true }, note: "" });
		save();
		announce("Ricetta rossa alla stampante.");
		changed();
	});
}
