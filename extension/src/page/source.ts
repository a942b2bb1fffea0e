// Reads the values that the site profile names from the page.
import type { SiteProfile } from "../site/profile.gen.ts";
import type { LoginParams } from "../wire.gen.ts";

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
	return code(site.user.codice_fiscale);
}

function code(source: Source | undefined): string | undefined {
	const text = read(source).toUpperCase();
	return /^[A-Z0-9]{16}$/.test(text) ? text : undefined;
}

/** Whom the page says a login is for. */
export function user(site: SiteProfile): Omit<LoginParams, "via"> {
	const [own, titolare, is] = [doctor(site), code(site.user.substitute_of), role(site)];
	return {
		...(own && { doctor: own }),
		...(titolare && titolare !== own && { substitute_of: titolare }),
		...(is && { role: is }),
	};
}

/** Only a doctor is shown a way in: not a secretary, nor whoever the profile has no word for. */
export function mayConnect(site: SiteProfile): boolean {
	return role(site) === "doctor" || read(site.user.role) === "";
}

function role({ user }: SiteProfile): LoginParams["role"] {
	const word = read(user.role);
	return Object.entries(user.role?.values ?? {}).find(([said]) => said === word)?.[1];
}

/** Attributes whose change means another user or patient. */
export function watchedAttributes(site: SiteProfile): string[] {
	const { codice_fiscale, substitute_of, role } = site.user;
	const names = [codice_fiscale, substitute_of, role, site.patient.codice_fiscale].map((source) => source?.attribute);
	return [...new Set(names.filter((n) => n !== undefined))];
}
