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
	if (kept) Object.assign(store, JSON.parse(kept));
	else for (const data of store.seed.ready) add(data, data.codice_assistito);
	for (const p of store.prescriptions) {
		if (!p.sending) continue;
		// The answer went to the page that is no more. Sending again is safe: the name of the intent is the same.
		p.sending = false;
		p.outcome = { ...p.outcome, state: "interrupted" };
	}
	save();
}

export function save() {
	const { query, tab, guideOpen, substituting, fields, notes, prescriptions } = store;
	sessionStorage.setItem(KEY, JSON.stringify({ query, tab, guideOpen, substituting, fields, notes, prescriptions }));
}

// add puts a prescription among those to be sent. patient: its codice fiscale, which a foreigner's prescription does not name.
export function add(data, patient) {
	const p = { data, patient, list: "elaborare", created: new Date().toISOString(), outcome: null, sending: false };
	store.prescriptions.push(p);
	return p;
}

export function remove(p) {
	store.prescriptions = store.prescriptions.filter((other) => other !== p);
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
