// Builds elements. Text is always text: nothing here parses markup.
export type Child = Node | string | false | undefined;

export function el<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Record<string, string> = {},
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
	node.append(...children.filter((child): child is Node | string => Boolean(child)));
	return node;
}

/** A button for the user's own hand: a click that a script makes does nothing. */
export function button(
	label: string,
	look: string,
	run: () => void,
	attributes: Record<string, string> = {},
): HTMLButtonElement {
	const node = el("button", { type: "button", class: look, ...attributes }, label);
	node.addEventListener("click", (event) => event.isTrusted && run());
	return node;
}

/** The cross that closes a box. */
export function cross(label: string, run: () => void): HTMLButtonElement {
	return button("×", "x", run, { "aria-label": label });
}

/** A 24-unit icon drawn with strokes, hidden from assistive technology. */
export function icon(...paths: string[]): SVGSVGElement {
	const ns = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(ns, "svg");
	const look = { viewBox: "0 0 24 24", width: "20", height: "20", fill: "none", stroke: "currentColor" };
	const line = { "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
	for (const [name, value] of Object.entries({ ...look, ...line })) svg.setAttribute(name, value);
	for (const d of paths) {
		const path = document.createElementNS(ns, "path");
		path.setAttribute("d", d);
		svg.append(path);
	}
	return svg;
}
