// The page's side of Raccordo's page API: requests, answers and events over
// window.postMessage. Nothing here is needed to show Raccordo's own controls.

const PING_EVERY = 400;
const ABSENT_AFTER = 2000;
// A little more than the connector's own deadlines: normally it is the one to answer.
const DEADLINES = {
	status: 5_000,
	"prescription.send": 630_000,
	"prescription.view": 40_000,
	"prescription.verify": 40_000,
	"prescription.cancel": 170_000,
	"outbox.retry": 630_000,
	"outbox.discard": 150_000,
	"outbox.resolve": 90_000,
	sign: 1_200_000, // with the way of large documents, there and back
	"document.verify": 300_000,
	print: 125_000,
	"print.again": 125_000,
	"print.preview": 35_000,
};

const waiting = new Map();
const listeners = new Map();
const presence = { state: "searching", version: "" };

export const ABSENT = {
	text: "Raccordo non è presente in questo browser.",
	remedy: "Installare o attivare l’estensione Raccordo, poi ricaricare la pagina.",
};
const SILENT = {
	text: "Raccordo non ha risposto in tempo.",
	remedy: "Riprovare; se accade di nuovo, ricaricare la pagina.",
};

export function state() {
	return presence;
}

// on calls f for "presence" and for each event of the connector, by method.
export function on(name, f) {
	listeners.set(name, [...(listeners.get(name) ?? []), f]);
}

function emit(name, value) {
	for (const f of listeners.get(name) ?? []) f(value);
}

function post(message) {
	window.postMessage({ raccordo: 1, ...message }, location.origin);
}

function presenceIs(name, version = "") {
	if (presence.state === name && presence.version === version) return;
	presence.state = name;
	presence.version = version;
	emit("presence", presence);
}

// request resolves with the result or rejects with {text, remedy, data}. A
// method that needs a user's action must be called from its event handler.
export function request(method, params) {
	if (presence.state === "absent") {
		post({ kind: "ping" }); // it may have been enabled meanwhile: the next try finds it
		return Promise.reject(ABSENT);
	}
	const id = crypto.randomUUID();
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			waiting.delete(id);
			reject(presence.state === "ready" ? SILENT : ABSENT);
		}, DEADLINES[method] ?? 30_000);
		waiting.set(id, { resolve, reject, timer });
		post(params === undefined ? { kind: "request", id, method } : { kind: "request", id, method, params });
	});
}

function receive(event) {
	const m = event.data;
	if (event.source !== window || event.origin !== location.origin || m === null || typeof m !== "object" || m.raccordo !== 1) return;
	if (m.kind === "ready") {
		presenceIs("ready", String(m.version ?? ""));
	} else if (m.kind === "event") {
		emit(m.method, m.params);
	} else if (m.kind === "response") {
		const w = waiting.get(m.id);
		if (!w) return;
		waiting.delete(m.id);
		clearTimeout(w.timer);
		if (m.error) w.reject(m.error);
		else w.resolve(m.result);
	}
}

// start looks for Raccordo; later "ready" messages are welcome at any time.
export function start() {
	window.addEventListener("message", receive);
	post({ kind: "ping" });
	const again = setInterval(() => (presence.state === "searching" ? post({ kind: "ping" }) : clearInterval(again)), PING_EVERY);
	setTimeout(() => {
		if (presence.state === "searching") presenceIs("absent");
	}, ABSENT_AFTER);
}
