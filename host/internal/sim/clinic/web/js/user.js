// Who is signed in, for the attributes of the menu's button: role, and the titolare in substitute mode.
import { save, store } from "./store.js";

export const ROLES = { medico: "Medico di medicina generale", segreteria: "Segreteria", infermiere: "Infermiere" };

// role is the word after ?ruolo= in the address, else the doctor's.
export function role() {
	const word = new URLSearchParams(location.search).get("ruolo");
	return Object.hasOwn(ROLES, word ?? "") ? word : "medico";
}

// titolare is the doctor stood in for, while substitute mode is on.
export function titolare() {
	return store.substituting ? store.seed.titolare : undefined;
}

export function startUser(changed) {
	document.addEventListener("click", (event) => {
		if (!event.target.closest("#sostituzione")) return;
		store.substituting = !store.substituting;
		save();
		changed();
		document.getElementById("sostituzione").focus();
	});
}
