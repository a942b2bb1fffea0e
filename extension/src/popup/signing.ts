// "Firma di 12 documenti": what is being signed for a page, how far it is, and "Interrompi". It is there while something
// is signed, and not drawn anew under the doctor's hands.
import type { Signing } from "../messages.ts";
import type { Client } from "../page/client.ts";
import { button, el } from "../page/el.ts";
import * as ui from "../texts/ui.it.ts";

export class SigningView {
	readonly element = el("section", { id: "signing", "aria-labelledby": "signing-title" });
	readonly #title = el("h2", { id: "signing-title" });
	readonly #bar = el("progress", { "aria-labelledby": "signing-title" });
	readonly #count = el("p", { class: "note", role: "status" });
	readonly #stop = button(ui.stop, "", () => this.#end());
	#total = 0;

	constructor(private readonly client: Pick<Client, "request">) {
		this.element.hidden = true;
		this.element.append(this.#title, this.#bar, this.#count, this.#stop);
	}

	show(now: Signing | undefined): void {
		if (this.element.hidden && now) this.#stop.disabled = false;
		this.element.hidden = !now;
		if (!now) return;
		const { done, total, name } = now;
		if (total !== this.#total) this.#title.textContent = total === 1 ? ui.signingOne : ui.signingMany(total);
		this.#total = total;
		Object.assign(this.#bar, { max: Math.max(total, 1), value: done });
		if (!this.#stop.disabled) this.#count.textContent = words(done, total, name);
	}

	#end(): void {
		this.#stop.disabled = true;
		this.#count.textContent = ui.batchStopping;
		void this.client.request("batch.stop", {}, true);
	}
}

function words(done: number, total: number, name: string | undefined): string {
	if (done === 0) return ui.signWaits;
	return [ui.batchCount(done, total), name && ui.signLast(name)].filter(Boolean).join(" · ");
}
