// "Anteprima": the sheet as it will come out, drawn by Raccordo.
import { plural } from "./format.js";
import { html } from "./html.js";
import { request } from "./raccordo.js";
import { CLOSE, during, open } from "./window.js";

let kept = ""; // the address of the last picture

export function preview(name, item, page = 1) {
	const title = `Anteprima: ${name}`;
	return during(title, "Preparazione dell’anteprima…", "Anteprima non disponibile", request("print.preview", { item, page }), (r, mine) => {
		if (!mine) return;
		if (kept) URL.revokeObjectURL(kept);
		kept = URL.createObjectURL(new Blob([Uint8Array.from(atob(r.png), (c) => c.charCodeAt(0))], { type: "image/png" }));
		const notes = (r.notices ?? []).map(({ text }) => html`<p class="rilievo quieto">${text}</p>`);
		const pages = r.pages > 1 && html`<p class="tenue">Pagina ${r.page} di ${plural(r.pages, "pagina", "pagine")}</p>`;
		const next = r.page < r.pages && html`<button type="button" class="bottone" id="pagina-seguente">Pagina seguente</button>`;
		open(title, html`<img class="anteprima" src="${kept}" width="${r.width}" height="${r.height}" alt="${title}">${pages}${notes}`, html`${next}${CLOSE}`);
		document.getElementById("pagina-seguente")?.addEventListener("click", () => preview(name, item, page + 1));
	});
}
