// The popup: the same state as in the page, readable also where no clinical application is open or the connector is
// missing. It only looks.
import { api } from "../api.ts";
import { parseFromBackground } from "../guard.ts";
import { POPUP_PORT, type ToBackground } from "../messages.ts";
import { el } from "../page/el.ts";
import { State } from "../page/state.ts";
import { view } from "./view.ts";

const state = new State();
const port = api.runtime.connect({ name: POPUP_PORT });
const retry = el("button", { type: "button" });
const again: ToBackground = { kind: "retry" };

function draw(): void {
	document.getElementById("main")?.replaceChildren(...view(state, retry));
}

retry.addEventListener("click", () => port.postMessage(again));
port.onMessage.addListener((raw: unknown) => {
	const message = parseFromBackground(raw);
	if (message) state.receive(message);
	draw();
});
