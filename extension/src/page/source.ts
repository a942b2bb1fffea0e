// Reads the values that the site profile names from the page.
import type { SiteProfile } from "../site/profile.gen.ts";

interface Source {
	selector: string;
	attribute?: string;
}

export function read(source: Source | undefined): string {
	const node = source && document.querySelector(source.selector);
	if (!node) return "";
	if (source.attribute) return (node.getAttribute(source.attribute) ?? "").trim();
	return (fieldValue(node) ?? node.textContent ?? "").trim();
}

/** The value of a field, undefined for anything else. */
export function fieldValue(node: Element | null): string | undefined {
	const field =
		node instanceof HTMLInputElement || node instanceof HTMLSelectElement || node instanceof HTMLTextAreaElement;
	return field ? node.value : undefined;
}

/** The signed-in doctor's codice fiscale when the page names one. */
export function doctor(site: SiteProfile): string | undefined {
	const code = read(site.user.codice_fiscale).toUpperCase();
	return /^[A-Z0-9]{16}$/.test(code) ? code : undefined;
}

/** Attributes whose change means another doctor or patient. */
export function watchedAttributes(site: SiteProfile): string[] {
	const names = [site.user.codice_fiscale?.attribute, site.patient.codice_fiscale.attribute];
	return [...new Set(names.filter((n) => n !== undefined))];
}
