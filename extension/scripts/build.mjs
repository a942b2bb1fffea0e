// Builds chromium and firefox (or only the one named) into build/extension under the project root, or into --out=FOLDER.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { data, defines } from "./data.mjs";
import { manifest } from "./manifest.mjs";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const browsers = positionals.length > 0 ? positionals : ["chromium", "firefox"];
const folder = values.out ?? here("../build/extension");
const all = await data();

for (const browser of browsers) {
	const out = `${folder}/${browser}`;
	await rm(out, { recursive: true, force: true });
	await mkdir(out, { recursive: true });
	await build({
		entryPoints: {
			background: here("src/background/main.ts"),
			page: here("src/page/main.ts"),
			popup: here("src/popup/main.ts"),
			options: here("src/options/main.ts"),
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
	for (const file of ["look.css", "popup/popup.html", "popup/popup.css", "options/options.html", "options/options.css"])
		await cp(here(`src/${file}`), `${out}/${file.split("/").at(-1)}`);
	await cp(here("icons"), `${out}/icons`, { recursive: true, filter: (path) => !path.endsWith(".svg") });
}
