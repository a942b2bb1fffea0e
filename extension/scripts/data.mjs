// Reads what the build needs from outside src: identities, site profiles, version.
import { readdir, readFile } from "node:fs/promises";

const manifests = new URL("../../manifests/", import.meta.url);
const json = async (url) => JSON.parse(await readFile(url, "utf8"));

export async function data() {
	const folder = new URL("sites/", manifests);
	const names = (await readdir(folder)).filter((n) => n.endsWith(".json") && n !== "site.schema.json").sort();
	const sites = await Promise.all(names.map((n) => json(new URL(n, folder))));
	for (const site of sites) delete site.$schema;
	const ids = await json(new URL("native/ids.json", manifests));
	const { version } = await json(new URL("../package.json", import.meta.url));
	return { ids, sites, version };
}

/** Constants that esbuild puts into the sources. */
export function defines({ ids, sites }) {
	return { HOST: JSON.stringify(ids.host), SITES: JSON.stringify(sites) };
}
