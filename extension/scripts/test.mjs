// Bundles test/*.test.* and the content script, then runs them with node:test. Arguments choose files by name.
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { data, defines } from "./data.mjs";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
// inside node_modules, where the bundles find jsdom
const out = here("node_modules/.cache/raccordo-tests");
const chosen = process.argv.slice(2);
const names = (await readdir(here("test"))).filter((n) => /\.test\.m?[jt]s$/.test(n));
const wanted = chosen.length > 0 ? names.filter((n) => chosen.some((c) => n.includes(c))) : names;
const all = await data();
const common = { bundle: true, outdir: out, define: defines(all), logLevel: "warning", sourcemap: "inline" };

await rm(out, { recursive: true, force: true });
await build({
	...common,
	entryPoints: wanted.map((n) => here(`test/${n}`)),
	platform: "node",
	format: "esm",
	packages: "external",
	outExtension: { ".js": ".mjs" },
	define: { ...common.define, ROOT: JSON.stringify(here("..")), PAGE_SCRIPT: JSON.stringify(`${out}/page.js`) },
});
await build({ ...common, entryPoints: { page: here("src/page/main.ts") }, format: "iife", target: "chrome125" });

const files = wanted.map((n) => `${out}/${n.replace(/\.m?[jt]s$/, ".mjs")}`);
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
process.exitCode = run.status ?? 1;
