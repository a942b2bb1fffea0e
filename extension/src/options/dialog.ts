// A dialog over the page: Escape and its cross close it, the browser gives the focus back to what opened it.
import { cross, el } from "../page/el.ts";
import * as words from "../texts/printers.it.ts";

export interface Dialog {
	readonly element: HTMLDialogElement;
	close(): void;
}

export function openDialog(title: string, ...children: Node[]): Dialog {
	const element = el("dialog", { "aria-labelledby": "dialog-title" });
	const close = (): void => element.close();
	element.append(cross(words.close, close), el("h2", { id: "dialog-title" }, title), ...children);
	element.addEventListener("close", () => element.remove());
	document.body.append(element);
	element.showModal();
	return { element, close };
}
