// Match patterns of the site profiles, with the meaning the browsers give them (any port; https only here).
import type { SiteProfile } from "./profile.gen.ts";

export function matches(site: SiteProfile, address: string): boolean {
	const url = new URL(address);
	return url.protocol === "https:" && site.matches.some((pattern) => matchesPattern(pattern, url));
}

function matchesPattern(pattern: string, url: URL): boolean {
	const [, host = "", path = ""] = /^https:\/\/([^/]+)(\/.*)$/.exec(pattern) ?? [];
	if (host !== url.hostname) return false;
	const [start = "", ...rest] = path.split("*");
	const target = url.pathname + url.search;
	if (!target.startsWith(start)) return false;
	let from = start.length;
	for (const [i, part] of rest.entries()) {
		const at = i === rest.length - 1 && part !== "" ? target.lastIndexOf(part) : target.indexOf(part, from);
		if (at < from) return false;
		from = at + part.length;
	}
	return rest.length > 0 ? true : from === target.length;
}
