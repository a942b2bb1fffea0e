// Answers the page API as the extension does, from a table: the second of a
// batch is refused and the third queued when the address of the page says so.
const say = (m) => window.postMessage({ raccordo: 1, ...m }, location.origin);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const mode = new URL(location.href).searchParams.get("finto") ?? "bene";
const fault = (code, text, remedy) => ({ code: -32000, message: "english", data: { code, hop: "session", retryable: true }, text, remedy });
const sent = new Map();

function outcome(p, i) {
	const base = { client_id: p.client_id, warnings: [], errors: [] };
	if (mode === "misto" && i === 1) return { ...base, state: "refused", errors: [{ code: "1024", item: 1, text: "Codice fiscale non valido" }] };
	if (mode === "misto" && i === 2) return { ...base, state: "queued", problem: fault("region.unreachable", "La regione non risponde.", "La ricetta resta qui: riprovare più tardi.") };
	const n = String(sent.size + 1).padStart(9, "0");
	const nre = sent.get(p.client_id) ?? `0900A4${n}`;
	sent.set(p.client_id, nre);
	return { ...base, state: "sent", nre, cod_autenticazione: `22112026182000${n}`, inserted_at: "2026-11-22 18:20:00", warnings: i === 0 ? [{ code: "0196", text: "Contiene farmaci in DPC nella regione di prescrizione" }] : [] };
}

const methods = {
	status: async () => ({ version: "1", region: { id: "simulata", name: "Regione simulata" }, session: { state: "disconnected", on_card_removal: "logout" }, cards: { service: "running", readers: [] }, outbox: { pending: 0, failed: 0 } }),
	"prescription.send": async ({ prescriptions }) => {
		if (!navigator.userActivation.isActive) throw fault("gesture.required", "Serve un clic.", "");
		if (mode === "scollegato") throw fault("session.none", "Non risulta alcun collegamento alla regione.", "Scegliere “Login Cloud regionale” dal menu con il proprio nome.");
		const results = [];
		for (const [i, p] of prescriptions.entries()) {
			await pause(mode === "lento" ? 4000 : 250);
			results.push(outcome(p, i));
			say({ kind: "event", method: "batch.progress", params: { done: i + 1, total: prescriptions.length, result: results[i] } });
		}
		return { results };
	},
	"prescription.view": async ({ nre }) => ({ nre, state: "3", state_text: "da erogare", cod_autenticazione: "22112026182000000000001", inserted_at: "2026-11-22 18:20:00", cognome_nome: "BIANCHI LUCIA", dettagli: [{ cod_prod_prest: "037123015", descr_prod_prest: "RAMIPRIL 5 MG 28 COMPRESSE", quantita: 2 }], warnings: [] }),
	"prescription.cancel": async ({ nre }) => {
		if (!navigator.userActivation.isActive) throw fault("gesture.required", "Serve un clic.", "");
		return { nre, warnings: [] };
	},
};

window.addEventListener("message", async ({ source, origin, data: m }) => {
	if (source !== window || origin !== location.origin || m?.raccordo !== 1) return;
	if (m.kind === "ping") say({ kind: "ready", version: "1.0" });
	if (m.kind !== "request") return;
	try {
		say({ kind: "response", id: m.id, result: await methods[m.method](m.params) });
	} catch (error) {
		say({ kind: "response", id: m.id, error });
	}
});
say({ kind: "ready", version: "1.0" });

// What the extension adds to the pages: an entry of the menu and the
// synchronisation control, put back after each rendering.
const injected = (tag, text) => {
	const host = document.createElement("span");
	host.dataset.finto = "";
	host.attachShadow({ mode: "closed", delegatesFocus: true }).innerHTML = `<style>button { font: inherit; padding: 9px 12px; border: 0; border-radius: 6px; background: none; color: #4d6066; }</style><button role="${tag}">${text}</button>`;
	return host;
};
function ensure() {
	const before = document.querySelector('#menu-utente-voci a[href="#/guida"]')?.parentElement;
	if (before && !before.previousElementSibling.querySelector("[data-finto]")) {
		const li = document.createElement("li");
		li.role = "none";
		li.append(injected("menuitem", "Login Cloud regionale"));
		before.before(li);
	}
	const bar = document.querySelector(".scheda-azioni");
	if (bar && !bar.querySelector("[data-finto]")) bar.append(injected("button", "Data ultima sincronizzazione: -"));
}
new MutationObserver(ensure).observe(document, { childList: true, subtree: true });
ensure();
