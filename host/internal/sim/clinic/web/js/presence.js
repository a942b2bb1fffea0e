// The quiet line at the foot of the page: is Raccordo here, and connected.
import { when } from "./format.js";
import { ABSENT, on, request, state } from "./raccordo.js";

let session = null;

function text() {
	switch (state().state) {
		case "searching":
			return "";
		case "absent":
			return ABSENT.text.replace(/\.$/, "");
	}
	const here = `Raccordo${state().version && ` ${state().version}`}`;
	switch (session?.state) {
		case "connected":
			return `${here}: collegato alla regione${session.since ? ` dalle ${when(session.since).slice(-5)}` : ""}`;
		case "connecting":
		case "reconnecting":
			return `${here}: collegamento in corso`;
		case "stale":
			return `${here}: collegamento da rinnovare`;
		case "disconnected":
			return `${here}: non collegato alla regione`;
	}
	return session === null ? `${here}: presente` : `${here}: stato non disponibile`;
}

function show() {
	const line = document.getElementById("stato-raccordo");
	line.textContent = text();
	line.dataset.stato = state().state === "ready" ? (session?.state ?? "ready") : state().state;
}

async function ask() {
	if (state().state === "ready") {
		try {
			session = (await request("status", {})).session;
		} catch {
			session = { state: "unavailable" }; // why is told where it matters: at the action that needs it
		}
	}
	show();
}

export function startPresence() {
	on("presence", ask);
	on("session.changed", (s) => {
		session = s;
		show();
	});
}
