// New prescriptions: one of the form, or a hundred to try a batch with.
import { add, fieldsOf, save, store } from "./store.js";

// compose gives a template its patient. Its client_id is the name of this intent for ever.
export function compose(p, t) {
	const f = fieldsOf(p);
	const data = {
		...t,
		client_id: crypto.randomUUID(),
		codice_assistito: p.cf,
		cognome_nome: `${p.surname} ${p.name}`,
		indirizzo: `${f.indirizzo}, ${f.cap} ${f.comune} (${f.provincia})`,
	};
	if (f.provincia && p.asl) Object.assign(data, { provincia_assistito: f.provincia.toUpperCase(), asl_assistito: p.asl });
	return data;
}

// prepare makes n prescriptions over all patients and templates.
export function prepare(n) {
	const { patients, templates } = store.seed;
	for (let i = 0; i < n; i++) {
		const p = patients[i % patients.length];
		add(compose(p, templates[Math.floor(i / patients.length) % templates.length].prescription), p.cf);
	}
	save();
}
