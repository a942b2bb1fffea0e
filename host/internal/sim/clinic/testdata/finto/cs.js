// Answers the page API as the extension does. What becomes of a prescription stands in the address of the page (?finto=):
//   bene        all are sent
//   misto       the second of a batch is refused, the third waits
//   ignoto      the answer of the region is lost: unknown, sent when asked again
//   decidere    the same, and the region cannot tell: the doctor decides
//   esaurite    none left, and Raccordo has tried often enough
//   coda        all wait, and are sent by themselves when the page calls finto-coda
//   scollegato  no session
//   lento       four seconds for each
//   veloce      a tenth of a second at most for each
//   senzafirma  the card in the reader cannot sign
//   otpsbagliato the OTP of a remote signature is refused
//   firmamista  the second document of a signing is refused
const say = (m) => window.postMessage({ raccordo: 1, ...m }, location.origin);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const mode = new URL(location.href).searchParams.get("finto") ?? "bene";
const fault = (code, text, remedy) => ({ code: -32000, message: "english", data: { code, hop: "session", retryable: true }, text, remedy });
const DOWN = fault("region.unreachable", "La regione non risponde.", "La ricetta resta qui: riprovare più tardi.");
const UNKNOWN = fault("prescription.outcome_unknown", "Non si sa se la regione ha ricevuto la ricetta.", "Raccordo lo chiede alla regione.");
const WAITS = fault("prescription.retries_exhausted", "Raccordo ha provato più volte.", "Riprovare quando la regione risponde.");
const UNCLEAR = fault("prescription.unclear", "La regione non sa dire se ha ricevuto la ricetta.", "Controllare sul portale della regione.");

// The outbox outlives a reload of the page.
const KEY = "finto";
const outbox = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
const verified = new Set();
let stopped = false;

function put(entry) {
	outbox.set(entry.client_id, { id: `${outbox.size + 10000000}`, since: "2026-11-22T18:20:00+01:00", updated_at: "2026-11-22T18:20:00+01:00", doctor: "VRDGLI75C41X000E", warnings: [], errors: [], ...outbox.get(entry.client_id), problem: undefined, decide: false, ...entry });
	sessionStorage.setItem(KEY, JSON.stringify([...outbox]));
	say({ kind: "event", method: "outbox.changed", params: { drafts: 0, pending: 0, failed: 0 } });
	return outbox.get(entry.client_id);
}

const numbered = () => [...outbox.values()].filter((e) => e.nre).length;
const number = (id) => outbox.get(id)?.nre ?? `0900A4${String(numbered() + 1).padStart(9, "0")}`;

function sent(client_id, i) {
	const nre = number(client_id);
	return put({ client_id, state: "sent", nre, cod_autenticazione: `221120261820000000000000${nre.slice(-6)}`, inserted_at: "2026-11-22 18:20:00", has_promemoria: true, attempts: 1, warnings: i === 0 ? [{ code: "0196", text: "Contiene farmaci in DPC nella regione di prescrizione" }] : [] });
}

function outcome({ client_id }, i) {
	if (mode === "misto" && i === 1) return put({ client_id, state: "refused", errors: [{ code: "1024", item: 1, text: "Codice fiscale non valido", remedy: "Controllare il codice sulla tessera sanitaria." }] });
	if ((mode === "misto" && i === 2) || mode === "coda") return put({ client_id, state: "queued", problem: DOWN, next_attempt_at: "2026-11-22T18:25:00+01:00" });
	if (mode === "esaurite") return put({ client_id, state: "queued", attempts: 10, problem: WAITS });
	if (mode === "ignoto") return put({ client_id, state: "unknown", nre: number(client_id), attempts: 1, problem: UNKNOWN, next_attempt_at: "2026-11-22T18:25:00+01:00" });
	if (mode === "decidere") return put({ client_id, state: "unknown", attempts: 1, problem: UNCLEAR, decide: true });
	return sent(client_id, i);
}

async function batch(list, settle) {
	const results = [];
	stopped = false;
	for (const [i, p] of list.entries()) {
		if (stopped) {
			results.push(put({ client_id: p.client_id, state: "draft" }));
			continue;
		}
		await pause({ lento: 4000, veloce: 40 }[mode] ?? 250);
		results.push(settle(p, i));
		say({ kind: "event", method: "batch.progress", params: { done: i + 1, total: list.length, result: results[i] } });
	}
	return results;
}

const byHand = () => {
	if (!navigator.userActivation.isActive) throw fault("gesture.required", "Serve un clic.", "");
};
const found = (ids) => ids.flatMap((id) => outbox.get(id) ?? []);
const view = (nre) => ({ nre, state: "3", state_text: "da erogare", cod_autenticazione: "221120261820000000000000000001", inserted_at: "2026-11-22 18:20:00", cognome_nome: "BIANCHI LUCIA", dettagli: [{ cod_prod_prest: "037123015", descr_prod_prest: "RAMIPRIL 5 MG 28 COMPRESSE", quantita: 2 }], warnings: [] });

const signer = { name: "GIULIA VERDI", cf: "VRDGLI75C41X000E", issuer: "CA di prova", fingerprint: "0".repeat(64), not_after: "2028-11-22T00:00:00Z" };
const NO_KEY = fault("sign.no_certificate", "La carta inserita serve a identificarsi e non ha un certificato di firma.", "Usare la firma remota.");
const WRONG_OTP = { ...fault("remote.otp_wrong", "Il codice OTP è errato o scaduto.", "Farsi mandare un codice nuovo e ripetere la firma."), data: { code: "remote.otp_wrong", hop: "remote", retryable: false } };
const BROKEN = fault("document.pdf_broken", "Il PDF è danneggiato, oppure non è un PDF.", "Crearlo di nuovo.");
const STOPPED = fault("cancelled", "Operazione annullata.", "");

async function sign({ documents, via }) {
	byHand();
	if (documents.some((d) => !(d.blob instanceof Blob))) throw fault("rpc.invalid", "Manca il documento.", "");
	if (mode === "senzafirma" && via !== "remote") throw NO_KEY;
	if (mode === "otpsbagliato" && via === "remote") throw WRONG_OTP;
	const rows = [];
	stopped = false;
	for (const [i, d] of documents.entries()) {
		if (!stopped) await pause({ lento: 1500 }[mode] ?? 150);
		const name = d.format === "cades" ? `${d.name}.p7m` : d.name;
		const error = stopped ? STOPPED : mode === "firmamista" && i === 1 ? BROKEN : undefined;
		rows.push(error ? { name, error } : { name, blob: new Blob([d.blob, "%firmato"], { type: d.blob.type }) });
		if (!stopped) say({ kind: "event", method: "sign.progress", params: { done: i + 1, total: documents.length, name: d.name, ...(error && { error }) } });
	}
	return { documents: rows, signed: rows.filter((r) => r.blob).length, via: via === "remote" ? "remote" : "card", signer };
}

async function verdict({ name, blob }) {
	if (!(blob instanceof Blob)) throw fault("rpc.invalid", "Manca il documento.", "");
	const signature = { verdict: "valid", format: "PAdES-B-B", signer: { ...signer, qualified: true }, algorithm: "RSA-2048, PKCS #1 v1.5, SHA-256", claimed_at: "2026-11-22T18:20:00+01:00", integrity: "intact", covers: "whole", chain: "trusted", trust: "CA di prova", revocation: "good", validity: "valid", notices: [] };
	if (name.startsWith("profilo")) return { verdict: "valid", text: "La firma è valida.", format: "PAdES", size: blob.size, sha256: "0", signatures: [signature] };
	const broken = { ...signature, verdict: "invalid", integrity: "broken", chain: "untrusted", trust: undefined, revocation: "unknown", notices: [{ text: "Il contenuto non corrisponde alla firma.", remedy: "Chiedere una nuova copia." }] };
	return { verdict: "invalid", text: "La firma non è valida.", format: "PAdES", size: blob.size, sha256: "0", added: true, signatures: [broken] };
}

// Whatever is to be printed comes out, but the red form of a prescription that is in charge already.
const jobs = new Map();
const TAKEN = fault("print.prescription_taken", "La ricetta è già in coda o trasmessa.", "Toglierla prima dalla coda.");
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

function print({ kind, nre, prescription, name, client_id }) {
	const known = [...jobs.values()].find((j) => client_id && j.client_id === client_id);
	if (known) return known;
	const job = { client_id, kind, profile: "promemoria", title: { promemoria: `Promemoria ${nre}`, rossa: "Ricetta rossa", bianca: "Ricetta bianca" }[kind] ?? name, state: "printed", printer: "Finta", pages: 1, copies: 1, created_at: "", updated_at: "" };
	if (kind === "rossa" && outbox.has(prescription.client_id)) return { ...job, state: "failed", problem: TAKEN };
	jobs.set(`${jobs.size + 1}`, { ...job, id: `${jobs.size + 1}` });
	return jobs.get(`${jobs.size}`);
}

const methods = {
	sign,
	print: async ({ items }) => {
		byHand();
		return { jobs: items.map(print), accepted: items.length };
	},
	"print.again": async ({ ids }) => {
		byHand();
		return { jobs: ids.map((id) => print({ ...jobs.get(id), name: jobs.get(id).title, kind: "again", client_id: "" })), accepted: ids.length };
	},
	"print.list": async ({ ids }) => ({ jobs: ids.map((id) => jobs.get(id)) }),
	"print.preview": async () => ({ png: PICTURE, width: 210, height: 148, page: 1, pages: 1, notices: [{ text: "Ridotta al 71 %" }] }),
	"document.verify": verdict,
	status: async () => ({ version: "1", region: { id: "simulata", name: "Regione simulata" }, session: { state: "disconnected", on_card_removal: "logout" }, cards: { service: "running", readers: [] }, outbox: { drafts: 0, pending: 0, failed: 0 }, signing: { card: mode !== "senzafirma", remote: [{ id: "csc1", name: "Firma remota simulata", kind: "csc" }] } }),
	"prescription.send": async ({ prescriptions, mode: when, titolare }) => {
		byHand();
		document.documentElement.dataset.titolare = titolare?.codice_fiscale ?? ""; // for the tests
		if (when === "later") return { results: prescriptions.map((p) => put({ client_id: p.client_id, state: "draft" })) };
		if (mode === "scollegato") throw fault("session.none", "Non risulta alcun collegamento alla regione.", "Scegliere “Login Cloud regionale” dal menu con il proprio nome.");
		return { results: await batch(prescriptions, outcome) };
	},
	"prescription.view": async ({ nre }) => view(nre),
	"prescription.verify": async ({ nre }) => {
		const fse = verified.has(nre) ? { fse: "visible", fse_since: "2026-11-22T18:21:00+01:00" } : { fse: "pending" };
		verified.add(nre);
		return { nre, state: "3", state_text: "da erogare", valid: true, validated: true, ...fse, expires_on: "2026-12-22", view: view(nre) };
	},
	"prescription.promemoria": async ({ nre }) => ({ nre, pdf: btoa("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>") }),
	"prescription.cancel": async ({ nre }) => {
		byHand();
		return { nre, warnings: [] };
	},
	"outbox.list": async ({ client_ids }) => ({ entries: found(client_ids) }),
	"outbox.retry": async ({ client_ids }) => {
		byHand();
		return { entries: await batch(found(client_ids), ({ client_id }, i) => sent(client_id, i + 1)) };
	},
	"outbox.discard": async ({ client_ids }) => {
		byHand();
		const entries = found(client_ids).filter((e) => e.state === "unknown").map((e) => put({ client_id: e.client_id, state: "cancelled" }));
		for (const id of client_ids) if (outbox.get(id)?.state !== "cancelled") outbox.delete(id);
		sessionStorage.setItem(KEY, JSON.stringify([...outbox]));
		return { entries };
	},
	"outbox.resolve": async ({ id, decision, nre }) => {
		byHand();
		const { client_id } = [...outbox.values()].find((e) => e.id === id);
		if (decision === "present") put({ client_id, nre });
		return { entries: [sent(client_id, 1)] };
	},
	"batch.stop": async () => {
		stopped = true;
		return { drafts: 0, pending: 0, failed: 0 };
	},
};

window.addEventListener("finto-coda", () => {
	for (const { client_id, state } of [...outbox.values()]) if (state === "queued") sent(client_id, 1);
});

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
