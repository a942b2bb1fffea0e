import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { build } from "esbuild";
import { manifest, permissions } from "../scripts/manifest.mjs";

const read = async (path) => JSON.parse(await readFile(`${ROOT}/${path}`, "utf8"));
const input = await (async () => {
	const sites = [await read("manifests/sites/clinica-demo.json")];
	return {
		ids: await read("manifests/native/ids.json"),
		sites,
		version: (await read("extension/package.json")).version,
	};
})();

for (const browser of ["chromium", "firefox"]) {
	test(`the ${browser} manifest is the pinned one`, async () => {
		assert.deepEqual(manifest(browser, input), await read(`extension/test/snapshots/manifest.${browser}.json`));
	});
}

test("every permission has a reason and nothing else is asked for", () => {
	const asked = manifest("chromium", input);
	assert.deepEqual(asked.permissions, Object.keys(permissions));
	assert.equal(asked.host_permissions, undefined);
	for (const reason of Object.values(permissions)) assert.ok(reason.length > 10);
});

test("pages come from the site profiles only", () => {
	const sites = [{ matches: ["https://b.example/*"] }, { matches: ["https://a.example/*", "https://b.example/*"] }];
	const [script] = manifest("firefox", { ...input, sites }).content_scripts;
	assert.deepEqual(script.matches, ["https://a.example/*", "https://b.example/*"]);
});

test("the script that every page of a profile loads stays small", async () => {
	const { outputFiles } = await build({
		entryPoints: [`${ROOT}/extension/src/page/main.ts`],
		bundle: true,
		minify: true,
		charset: "utf8",
		format: "iife",
		target: ["chrome125", "firefox142"],
		define: { SITES: JSON.stringify(input.sites) },
		write: false,
	});
	// three of them for documents: a Blob can be cut into pieces only where it is; one for sheets
	assert.ok(outputFiles[0].contents.length <= 45 * 1024, `${outputFiles[0].contents.length} bytes`);
});
