// Renders what is made of the Italian texts of src/texts/it.ts: docs/errors.md, one row per error code of the Go table
// (manifests/protocol/methods.json), and manifests/texts/errors.it.json, which the command line of the host embeds.
// With --check it writes nothing and fails when one of them has drifted.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const table = JSON.parse(await readFile(new URL("../../manifests/protocol/methods.json", import.meta.url), "utf8"));
const { outputFiles } = await build({
	entryPoints: [fileURLToPath(new URL("../src/texts/it.ts", import.meta.url))],
	bundle: true,
	format: "esm",
	write: false,
});
const { errors } = await import(
	`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const cell = (text) => text.replaceAll("|", "\\|");
const rows = table.errors.map(({ code, hop, retryable, english }) => {
	const { text, remedy } = errors[code];
	return `| \`${code}\` | ${hop} | ${retryable ? "sì" : "no"} | ${cell(text)} | ${cell(remedy)} | ${cell(english)} |`;
});
const markdown = `# Errori

Ogni errore dice quale anello della catena si è fermato (estensione, connettore, servizio PC/SC, lettore, carta, modulo,
PIN, TLS, regione, sessione, dati) e che cosa fare. I codici non cambiano mai nome e non vengono mai riusati.
«Riprovabile»: la stessa richiesta può riuscire più tardi senza cambiare nulla.

Pagina generata da \`npm run docs\` (cartella extension): non modificarla a mano.

| codice | anello | riprovabile | che cosa legge il medico | che cosa fare | nel registro (log) |
|---|---|---|---|---|---|
${rows.join("\n")}
`;

const texts = Object.fromEntries(table.errors.map(({ code }) => [code, errors[code]]));

for (const [file, content] of [
	["docs/errors.md", markdown],
	["manifests/texts/errors.it.json", `${JSON.stringify(texts, null, 2)}\n`],
]) {
	const url = new URL(`../../${file}`, import.meta.url);
	if ((await readFile(url, "utf8").catch(() => "")) === content) continue;
	if (process.argv.includes("--check")) {
		console.error(`${file} has drifted: run npm run docs`);
		process.exitCode = 1;
	} else {
		await writeFile(url, content);
	}
}
