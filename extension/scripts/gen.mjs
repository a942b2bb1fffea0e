// Writes src/wire.gen.ts and src/site/profile.gen.ts from the schemas in manifests/.
// With --check it writes nothing and fails when a file has drifted.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const manifests = new URL("../../manifests/", import.meta.url);
const src = new URL("../src/", import.meta.url);
const json = async (path) => JSON.parse(await readFile(new URL(path, manifests), "utf8"));

const options = {
	additionalProperties: false,
	bannerComment: "",
	style: { useTabs: true, printWidth: 120 },
	ignoreMinAndMaxItems: true,
};
const banner = (source) =>
	`// Generated from manifests/${source} by scripts/gen.mjs: do not edit.\n// Members may be added by a newer host; a reader ignores what it does not know.\n\n`;

/** The generator emits only what the root reaches: a root that names every definition. */
function vocabulary({ $defs }) {
	const properties = Object.fromEntries(Object.keys($defs).map((name) => [name, { $ref: `#/$defs/${name}` }]));
	return { title: "Vocabulary", description: "Every shape by its name.", type: "object", properties, $defs };
}

async function wire() {
	const schema = vocabulary(await json("protocol/raccordo.schema.json"));
	const table = await json("protocol/methods.json");
	const types = await compile(schema, "Vocabulary", options);
	const rows = (list, row) => list.map(row).join("\n");
	return `${banner("protocol/")}${types}
/** Params and result of every method. */
export interface Methods {
${rows(table.methods, (m) => `\t"${m.name}": { params: ${m.params}; result: ${m.result} };`)}
}
export type Method = keyof Methods;

/** Params of every event. */
export interface Events {
${rows(table.events, (e) => `\t"${e.name}": ${e.params};`)}
}
export type EventName = keyof Events;

export const PROTOCOL = ${table.protocol};
export const MAX_FRAME = ${table.max_frame};

/** Milliseconds within which the agent answers. */
export const DEADLINES: Readonly<Record<Method, number>> = {
${rows(table.methods, (m) => `\t"${m.name}": ${m.deadline_ms},`)}
};

/** Methods that only follow a user's action. */
export const GESTURES: readonly Method[] = ${JSON.stringify(table.methods.filter((m) => m.gesture).map((m) => m.name))};

export type Hop = ${[...new Set(table.errors.map((e) => e.hop))].map((h) => JSON.stringify(h)).join(" | ")};

/** Hop, JSON-RPC code and English text of every error; retryable where the same request may succeed later. */
export const FAULTS: Readonly<Record<ErrorCode, { hop: Hop; rpc: number; retryable: boolean; english: string }>> = {
${rows(table.errors, (e) => `\t"${e.code}": { hop: "${e.hop}", rpc: ${e.rpc}, retryable: ${e.retryable}, english: ${JSON.stringify(e.english)} },`)}
};
`;
}

async function site() {
	const types = await compile(await json("sites/site.schema.json"), "SiteProfile", options);
	return banner("sites/site.schema.json") + types;
}

const check = process.argv.includes("--check");
for (const [file, text] of [
	["wire.gen.ts", await wire()],
	["site/profile.gen.ts", await site()],
]) {
	const url = new URL(file, src);
	const old = await readFile(url, "utf8").catch(() => "");
	if (old === text) continue;
	if (check) {
		console.error(`${file} has drifted: run npm run gen`);
		process.exitCode = 1;
	} else {
		await writeFile(url, text);
	}
}
