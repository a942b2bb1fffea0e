// What is being signed, in the popup.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { SigningView } from "../src/popup/signing.ts";
import { impl } from "./clinic.ts";

const { window } = new JSDOM("");
Object.assign(globalThis, { document: window.document });

function setup() {
	const asked: [string, boolean][] = [];
	const client = {
		request: async (method: string, _: unknown, gesture: boolean) => {
			asked.push([method, gesture]);
		},
	};
	const view = new SigningView(client as never);
	window.document.body.replaceChildren(view.element);
	const text = () => (view.element.hidden ? "" : (view.element.textContent ?? ""));
	const press = () => {
		const button = view.element.querySelector("button");
		const event = impl(new window.Event("click", { bubbles: true }));
		event.isTrusted = true;
		if (button) impl(button)._dispatch(event);
		return button;
	};
	return { view, asked, text, press };
}

test("it is there while something is signed, and counts", () => {
	const t = setup();
	assert.equal(t.text(), "");
	t.view.show({ done: 0, total: 12 });
	assert.equal(t.text(), "Firma di 12 documentiIn attesa della conferma nella finestra di RaccordoInterrompi");
	t.view.show({ done: 3, total: 12, name: "referto.pdf" });
	assert.equal(t.text(), "Firma di 12 documenti3 di 12 · Ultimo firmato: referto.pdfInterrompi");
	assert.deepEqual(
		[t.view.element.querySelector("progress")?.value, t.view.element.querySelector("progress")?.max],
		[3, 12],
	);
	t.view.show(undefined);
	assert.equal(t.text(), "");
	t.view.show({ done: 0, total: 1 });
	assert.match(t.text(), /^Firma di un documento/);
});

test("Interrompi stops once and says so until the signing has ended", () => {
	const t = setup();
	t.view.show({ done: 1, total: 3, name: "a" });
	assert.equal(t.press()?.disabled, true);
	t.view.show({ done: 2, total: 3, name: "b" });
	assert.match(t.text(), /Interruzione in corso…/);
	assert.deepEqual(t.asked, [["batch.stop", true]]);
	t.view.show(undefined);
	t.view.show({ done: 0, total: 2 });
	assert.equal(t.view.element.querySelector("button")?.disabled, false);
});
