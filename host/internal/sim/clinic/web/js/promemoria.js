// The PDF that the region gave with a prescription, to keep.
import { request } from "./raccordo.js";
import { announce, close, during } from "./window.js";

async function address(p) {
	const { pdf } = await request("prescription.promemoria", { nre: p.outcome.nre });
	const bytes = Uint8Array.from(atob(pdf), (c) => c.charCodeAt(0));
	return URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
}

export function download(p) {
	return during("Promemoria", "Lettura del promemoria…", "Promemoria non disponibile", address(p), (url, mine) => {
		const link = document.createElement("a");
		Object.assign(link, { href: url, download: `promemoria-${p.outcome.nre}.pdf` });
		link.click();
		setTimeout(() => URL.revokeObjectURL(url), 60_000); // it is kept by then
		if (mine) close();
		announce("Promemoria scaricato.");
	});
}
