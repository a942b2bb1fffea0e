// Markup from templates: every value is escaped unless it is markup itself.

class Markup {
	constructor(text) {
		this.text = text;
	}
	toString() {
		return this.text;
	}
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function piece(value) {
	if (value === null || value === undefined || value === false) return "";
	if (value instanceof Markup) return value.text;
	if (Array.isArray(value)) return value.map(piece).join("");
	return String(value).replace(/[&<>"']/g, (c) => entities[c]);
}

export function html(strings, ...values) {
	return new Markup(strings.reduce((text, part, i) => text + piece(values[i - 1]) + part));
}

// render replaces the content of an element, as a framework would, and gives
// the focus back to the element with the same id.
export function render(element, markup) {
	const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
	element.innerHTML = markup;
	if (focused) document.getElementById(focused)?.focus();
}

const drawn = new WeakMap();

// refresh renders only what changed: a button that is being pressed stays where it is.
export function refresh(element, markup) {
	if (drawn.get(element) === String(markup)) return;
	drawn.set(element, String(markup));
	render(element, markup);
}

// refreshList does the same with the items of a list, each a key and its markup: what stays is not touched.
export function refreshList(list, items) {
	const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
	const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
	const nodes = items.map(([key, markup]) => {
		const node = known.get(key);
		if (node && drawn.get(node) === String(markup)) return node;
		const fresh = document.createElement("template");
		fresh.innerHTML = markup;
		const made = fresh.content.firstElementChild;
		made.dataset.key = key;
		drawn.set(made, String(markup));
		if (node) node.replaceWith(made);
		return made;
	});
	const stays = new Set(nodes);
	for (const node of [...list.children]) if (!stays.has(node)) node.remove();
	for (const [i, node] of nodes.entries()) if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null);
	if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}
