// Builds build/extension/chromium and build/extension/firefox (or only the one named) under the project root.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { data, defines } from "./data.mjs";
import { manifest } from "./manifest.mjs";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const browsers = process.argv.length > 2 ? process.argv.slice(2) : ["chromium", "firefox"];
const all = await data();

for (const browser of browsers) {
	const out = here(`../build/extension/${browser}`);
	await rm(out, { recursive: true, force: true });
	await mkdir(out, { recursive: true });
	await build({
		entryPoints: {
			background: here("src/background/main.ts"),
			page: here("src/page/main.ts"),
			popup: here("src/popup/main.ts"),
		},
		outdir: out,
		bundle: true,
		minify: true,
		charset: "utf8",
		format: "iife",
		target: ["chrome125", "firefox142"],
		define: defines(all),
		legalComments: "none",
		logLevel: "warning",
	});
	await writeFile(`${out}/manifest.json`, `${JSON.stringify(manifest(browser, all), null, "\t")}\n`);
	await cp(here("src/popup/popup.html"), `${out}/popup.html`);
	await cp(here("src/popup/popup.css"), `${out}/popup.css`);
	await cp(here("icons"), `${out}/icons`, { recursive: true, filter: (path) => !path.endsWith(".svg") });
}
