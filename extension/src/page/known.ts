// What the page has of its patient, in the fields that its site profile names. One of them is written by one function
// only, after the doctor has asked for it.
import type { Demographics, Known } from "../wire.gen.ts";
import type { Page } from "./page.ts";
import { fieldValue } from "./source.ts";

export type FieldName = keyof Page["site"]["patient"]["fields"];

const FIELDS: readonly FieldName[] = ["address", "town", "province", "cap"];

const NOTHING: Demographics = {
	codice_fiscale: "",
	surname: "",
	name: "",
	birth_date: "",
	birth_place: "",
	sex: "",
	address: "",
	town: "",
	province: "",
	cap: "",
	asl: "",
	doctor: "",
	card_expiry: "",
};

export function known(page: Page): Known {
	const told = FIELDS.map((name) => [name, typedIn(page, name)] as const).filter(([, value]) => value);
	return { demographics: { ...NOTHING, ...Object.fromEntries(told) } };
}

/** The field of the page for a member of Demographics; undefined when the page has none. */
export function fieldFor(page: Page, member: string): FieldName | undefined {
	return FIELDS.find((name) => name === member && element(page, name));
}

export function typedIn(page: Page, name: FieldName): string {
	return fieldValue(element(page, name) ?? null)?.trim() ?? "";
}

/** Whether the doctor could type there himself. */
export function open(page: Page, name: FieldName): boolean {
	return element(page, name)?.matches(":enabled:not([readonly])") ?? false;
}

/** Types for the doctor, who asked for it. False: the field does not take the value, and keeps what it had. */
export function write(page: Page, name: FieldName, value: string): boolean {
	const field = element(page, name);
	if (!isField(field)) return false;
	const before = field.value;
	field.value = value;
	if (field.value !== value) {
		field.value = before; // a list of choices without this one
		return false;
	}
	for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
	return true;
}

function isField(node: Element | undefined): node is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
	return node !== undefined && fieldValue(node) !== undefined;
}

function element(page: Page, name: FieldName): Element | undefined {
	const selector = page.site.patient.fields[name];
	const found = selector && document.querySelector(page.site.patient.page)?.querySelector(selector);
	return found || undefined;
}
