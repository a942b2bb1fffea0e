// Fields of a form: each has its label, its rule, what is wrong with it, and whether the administrator has set it.
import { type Child, el } from "../page/el.ts";
import * as words from "../texts/printers.it.ts";

export interface Field<T> {
	readonly element: HTMLElement;
	/** undefined: what is typed is not a value. The field says so. */
	value(): T | undefined;
	readonly control: HTMLInputElement | HTMLSelectElement;
}

export interface About {
	readonly name: string;
	readonly label: string;
	readonly rule?: string;
	readonly locked: boolean;
}

export function select<T extends string>(
	about: About,
	options: readonly (readonly [T, string])[],
	chosen: T,
): Field<T> {
	const control = el("select", { id: about.name, name: about.name });
	for (const [value, label] of options) control.append(el("option", { value }, label));
	control.value = chosen;
	return {
		element: framed(about, control),
		control,
		value: () => options.find(([value]) => value === control.value)?.[0],
	};
}

export function input(about: About, shown: string, parse: (text: string) => number | undefined): Field<number> {
	const control = el("input", { id: about.name, name: about.name, inputmode: "text", autocomplete: "off", size: "6" });
	control.value = shown;
	const wrong = el("p", { class: "wrong", role: "alert", id: `${about.name}-wrong` });
	const value = (): number | undefined => {
		const parsed = parse(control.value);
		const words_ = parsed === undefined ? words.wrongNumber(about.rule ?? "") : "";
		if (wrong.textContent !== words_) wrong.textContent = words_;
		control.setAttribute("aria-invalid", String(parsed === undefined));
		return parsed;
	};
	return { element: framed(about, control, wrong), control, value };
}

function framed(
	{ name, label, rule, locked }: About,
	control: HTMLInputElement | HTMLSelectElement,
	...more: Child[]
): HTMLElement {
	const described = [rule && `${name}-rule`, locked && `${name}-locked`, `${name}-wrong`].filter(Boolean).join(" ");
	control.setAttribute("aria-describedby", described);
	control.disabled = locked;
	return el(
		"div",
		{ class: "field", "data-field": name },
		el("label", { for: name }, label),
		control,
		locked && el("p", { class: "locked", id: `${name}-locked` }, words.locked),
		rule !== undefined && rule !== "" && el("p", { class: "note", id: `${name}-rule` }, rule),
		...more,
	);
}
