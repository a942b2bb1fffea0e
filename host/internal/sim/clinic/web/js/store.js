// What this tab knows. It lives in the tab's session storage: a reload keeps it.

const KEY = "clinica-demo";

export const LISTS = [
	{ id: "elaborare", title: "Da elaborare", empty: "Nessuna ricetta da elaborare." },
	{ id: "errore", title: "In errore", empty: "Nessuna ricetta in errore." },
	{ id: "trasmesse", title: "Trasmesse", empty: "Nessuna ricetta trasmessa in questa sessione." },
	{ id: "archivio", title: "Archivio", empty: "L’archivio è vuoto." },
];

export const store = { seed: null, query: "", tab: "elaborare", guideOpen: true, substituting: false, fields: {}, notes: {}, prescriptions: [] };

export async function load() {
	const answer = await fetch("/api/dati");
	if (!answer.ok) throw new Error(`dati: HTTP ${answer.status}`);
	store.seed = await answer.json();
	const kept = sessionStorage.getItem(KEY);
	if (kept) {
		Object.assign(store, JSON.parse(kept));
	} else {
		const now = new Date().toISOString();
		store.prescriptions = store.seed.ready.map((data) => ({ data, list: "elaborare", created: now, outcome: null, sending: false }));
	}
	for (const p of store.prescriptions) {
		if (!p.sending) continue;
		// The answer went to the page that is no more. Sending again is safe: the name of the intent is the same.
		p.sending = false;
		p.outcome = { state: "interrupted" };
	}
	save();
}

export function save() {
	const { query, tab, guideOpen, substituting, fields, notes, prescriptions } = store;
	sessionStorage.setItem(KEY, JSON.stringify({ query, tab, guideOpen, substituting, fields, notes, prescriptions }));
}

export function patient(cf) {
	return store.seed.patients.find((p) => p.cf === cf);
}

// fields are the inputs of a patient page: what was typed, else the record.
export function fieldsOf(p) {
	return { ...p.fields, ...store.fields[p.cf] };
}

export function prescription(clientID) {
	return store.prescriptions.find((p) => p.data.client_id === clientID);
}

export function inList(list) {
	return store.prescriptions.filter((p) => p.list === list);
}
