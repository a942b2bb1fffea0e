// Body of a function, run in the page's process with the rights of the browser.
// No argument: the visible elements. (index or selector, name): the point, in
// the viewport, where a click meets that element, or why none does.
const [which, expected] = arguments;
const ROLES = { A: "link", BUTTON: "button", DIALOG: "dialog", SELECT: "combobox", TEXTAREA: "textbox" };
const INPUTS = { radio: "radio", checkbox: "checkbox", button: "button", submit: "button" };
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function visible() {
	const found = [];
	const walk = (root) => {
		for (const element of root.children) {
			if (["SCRIPT", "STYLE", "TEMPLATE", "HEAD"].includes(element.tagName)) continue;
			if (element.checkVisibility({ visibilityProperty: true })) found.push(element);
			if (element.openOrClosedShadowRoot) walk(element.openOrClosedShadowRoot);
			walk(element);
		}
	};
	walk(document);
	return found;
}

function role(element) {
	const tag = element.tagName;
	return element.getAttribute("role") ?? (tag === "INPUT" ? (INPUTS[element.type] ?? "textbox") : (ROLES[tag] ?? ""));
}

function name(element) {
	const text = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
	return tidy(text).slice(0, 300);
}

function point(element) {
	if (!element?.isConnected) return { fault: "no such element" };
	element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
	const box = element.getClientRects()[0];
	if (!box) return { fault: "it has no box" };
	const x = Math.floor(box.x + box.width / 2);
	const y = Math.floor(box.y + box.height / 2);
	let hit = document.elementFromPoint(x, y);
	for (;;) {
		const inner = hit?.openOrClosedShadowRoot?.elementFromPoint(x, y);
		if (!inner || inner === hit) break;
		hit = inner;
	}
	for (let at = hit; at; at = at.parentNode ?? at.host) if (at === element) return { x, y };
	return { fault: `covered by ${hit?.localName ?? "nothing"}` };
}

if (typeof which === "string") return point(document.querySelector(which));
const all = visible();
if (which === undefined)
	return all.map((element) => ({
		role: role(element),
		name: name(element),
		value: String(element.value ?? ""),
		disabled: Boolean(element.disabled) || element.getAttribute("aria-disabled") === "true",
		checked: Boolean(element.checked),
	}));
if (!all[which] || name(all[which]) !== expected) return { fault: "the page has changed" };
return point(all[which]);
