// "Configurazione stampanti": which printer each kind of sheet goes to, and how.
import { OWN_PORT } from "../messages.ts";
import { Client } from "../page/client.ts";
import { button, el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import { State } from "../page/state.ts";
import * as words from "../texts/printers.it.ts";
import * as ui from "../texts/ui.it.ts";
import { Printers } from "./printers.ts";

const state = new State();
const trouble = el("div", { role: "status" });
const client = new Client(
	new AbortController().signal,
	(message) => {
		state.receive(message);
		if (message.kind === "state") road();
		if (message.kind === "state" || (message.kind === "event" && message.method === "print.changed"))
			void printers.read();
	},
	() => undefined,
	OWN_PORT,
);
const printers = new Printers(state, client);

function road(): void {
	const { link } = state.now;
	printers.element.hidden = link.state === "down";
	const retry = button(ui.retry, "", () => client.retry());
	trouble.replaceChildren(...(link.state === "down" ? [problem(state, link.error), retry] : []));
}

document.getElementById("main")?.replaceChildren(el("p", {}, words.intro), trouble, printers.element);
printers.start();
