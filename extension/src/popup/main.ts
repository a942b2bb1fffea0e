// The popup: the same state as in the page, readable also where no clinical application is open or the connector is
// missing, what is being signed, the prescriptions in charge, which it may send, give up or decide about, and the prints.

import { api } from "../api.ts";
import { OWN_PORT } from "../messages.ts";
import { Client } from "../page/client.ts";
import { button, el } from "../page/el.ts";
import { State } from "../page/state.ts";
import * as words from "../texts/printers.it.ts";
import { Outbox } from "./outbox.ts";
import { Prints } from "./prints.ts";
import { SigningView } from "./signing.ts";
import { view } from "./view.ts";

const state = new State();
const client = new Client(
	new AbortController().signal,
	(message) => {
		state.receive(message);
		if (message.kind === "signing") return signing.show(message.signing);
		draw();
		const news = message.kind === "event" && message.method === "outbox.changed";
		if (news || message.kind === "state") void outbox.read();
		if (message.kind === "state" || (message.kind === "event" && message.method === "print.changed"))
			void prints.read();
	},
	() => undefined,
	OWN_PORT,
);
const outbox = new Outbox(state, client);
const prints = new Prints(state, client);
const printers = button(words.title, "", () => void api.runtime.openOptionsPage());
const signing = new SigningView(client);
const retry = el("button", { type: "button" });

function draw(): void {
	document.getElementById("main")?.replaceChildren(...view(state, retry));
}

retry.addEventListener("click", () => client.retry());
document.getElementById("signing")?.replaceWith(signing.element);
document.getElementById("outbox")?.replaceWith(outbox.element);
document.getElementById("prints")?.replaceWith(prints.element);
document.getElementById("printers")?.append(printers);
