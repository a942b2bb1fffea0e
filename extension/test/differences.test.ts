// Where page and region differ: nothing is written before the doctor says so, and then only that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault } from "../src/fault.ts";
import { clinic, on, status } from "./clinic.ts";

const [SYNC, DATA] = ["raccordo-sincronizza", "raccordo-dati"];
const CF = "BNCLCU50A41X002P";
const demographics = {
	...{ codice_fiscale: CF, surname: "BIANCHI", name: "LUCIA", birth_date: "1950-01-01", birth_place: "", sex: "F" },
	...{
		address: "VIA GARIBALDI 12",
		town: "FIESOLE",
		province: "FI",
		cap: "50014",
		asl: "",
		doctor: "",
		card_expiry: "",
	},
};
const changes = [
	{ field: "address", page: "Via Cavour 3", region: "VIA GARIBALDI 12" },
	{ field: "town", page: "Firenze", region: "FIESOLE" },
	{ field: "cap", page: "", region: "50014" },
	{ field: "surname", page: "", region: "BIANCHI" },
	{ field: "exemption", page: "", region: "E01" },
];
const result = { synced_at: "2026-11-22T18:20:00+01:00", demographics, exemptions: [], prescriptions: [], changes };

async function synced(more: object = {}) {
	const p = await clinic();
	p.tell(status(on));
	await p.click(SYNC);
	await p.answer("patient.sync", { result: { ...result, ...more } });
	const field = (name: string) => p.document.querySelector<HTMLInputElement>(`[name=${name}]`) as HTMLInputElement;
	const heard: string[] = [];
	for (const type of ["input", "change"])
		p.document.addEventListener(type, (e) => heard.push(`${type} ${(e.target as HTMLInputElement).name}`));
	const row = (name: string) => p.root(DATA).querySelector(`[data-field=${name}]`);
	const words = (name: string) => row(name)?.textContent?.replace(/\s+/g, " ").trim() ?? "";
	return { ...p, field, heard, row, words };
}

test("only fields that the profile names, and the page has, are compared; both values are shown", async () => {
	const p = await synced();
	assert.deepEqual(
		[...p.root(DATA).querySelectorAll("[data-field]")].map((r) => r.getAttribute("data-field")),
		["address", "town"],
	);
	assert.match(
		p.words("address"),
		/^Indirizzo VIA GARIBALDI 12 diverso da quanto inserito ?Nella scheda: Via Cavour 3/,
	);
	assert.deepEqual(p.heard, []);
	p.end();
});

test("Usa writes one field and tells the page, Mantieni writes nothing", async () => {
	const p = await synced();
	await p.click(DATA, "[data-field=address] button");
	assert.deepEqual([p.field("indirizzo").value, p.field("comune").value], ["VIA GARIBALDI 12", "Firenze"]);
	assert.deepEqual(p.heard, ["input indirizzo", "change indirizzo"]);
	assert.match(p.words("address"), /Inserito nella scheda$/);
	await p.click(DATA, "[data-field=town] button:last-child");
	assert.equal(p.field("comune").value, "Firenze");
	assert.match(p.words("town"), /Mantenuto il dato della scheda$/);
	assert.equal(p.root(DATA).querySelectorAll("[data-field] button").length, 0);
	await p.rerender();
	assert.match(p.words("town"), /Mantenuto il dato della scheda$/);
	p.end();
});

test("a click that no hand made writes nothing", async () => {
	const p = await synced();
	for (const b of p.root(DATA).querySelectorAll<HTMLButtonElement>("[data-field] button")) b.click();
	assert.deepEqual([p.field("indirizzo").value, p.heard], ["Via Cavour 3", []]);
	p.end();
});

test("nothing is written into the page of another patient", async () => {
	const p = await synced({ demographics: { ...demographics, codice_fiscale: "RSSMRC82H15X003A" } });
	await p.click(DATA, "[data-field=address] button");
	assert.deepEqual([p.field("indirizzo").value, p.heard], ["Via Cavour 3", []]);
	p.end();
});

test("what cannot be typed there, or the region lacks, is not offered", async () => {
	const p = await synced({ changes: [changes[0], { field: "town", page: "Firenze" }] });
	assert.match(p.words("town"), /la regione non ha questo dato/);
	assert.equal(p.row("town")?.querySelectorAll("button").length, 1);
	p.field("indirizzo").readOnly = true;
	await p.rerender();
	p.end();
});

test("while the doctor types, the row follows", async () => {
	const p = await synced();
	const { Event } = p.window;
	p.field("indirizzo").value = "Via Nuova 1";
	p.field("indirizzo").dispatchEvent(new Event("input", { bubbles: true }));
	assert.match(p.words("address"), /Nella scheda: Via Nuova 1/);
	p.field("indirizzo").value = "VIA GARIBALDI 12";
	p.field("indirizzo").dispatchEvent(new Event("input", { bubbles: true }));
	assert.match(p.words("address"), /Inserito nella scheda$/);
	p.end();
});

test("the patient's prescriptions with their states, or why they are missing", async () => {
	const one = { nre: "0900A4000000001", tipo_prescrizione: "P", compiled_at: "2026-11-20 09:12:00" };
	const p = await synced({
		prescriptions: [
			{ ...one, state: "3", state_text: "da erogare", description: "ECG" },
			{ ...one, nre: "0900A4000000002" },
		],
	});
	assert.match(
		p.text(DATA),
		/20\/11\/2026 ECG NRE 0900A4000000001 da erogare 20\/11\/2026 Specialistica NRE 0900A4000000002/,
	);
	p.end();
	const q = await synced({ prescriptions_problem: fault("region.unavailable") });
	assert.match(q.text(DATA), /Ricette alla regione .*fuori servizio/);
	assert.doesNotMatch(q.text(DATA), /Nessuna ricetta/);
	q.end();
	const lacking = { exemptions: null, prescriptions: null, changes: null };
	const r = await synced(lacking);
	assert.match(r.text(DATA), /Nessuna esenzione attiva\..*Nessuna ricetta negli ultimi mesi\./);
	r.end();
});

test("after a reload the last success and the reason of the last failure are there", async () => {
	const p = await clinic();
	p.tell(status(on));
	const history = {
		synced_at: "2026-11-22T17:20:00Z",
		failed_at: "2026-11-22T17:24:00Z",
		problem: fault("region.unavailable"),
	};
	await p.answer("patient.history", { result: history });
	assert.equal(p.text(SYNC), "Data ultima sincronizzazione: 22/11/2026 18:20");
	assert.equal(p.state(SYNC), "failed");
	assert.match(p.text(DATA), /Ultima sincronizzazione non riuscita, 22\/11\/2026 18:24 .*fuori servizio/);
	await p.click(SYNC);
	await p.answer("patient.sync", { result });
	assert.equal(p.state(SYNC), "done");
	assert.doesNotMatch(p.text(DATA), /non riuscita/);
	p.end();
});

test("an answer of the history that comes after a click changes nothing", async () => {
	const p = await clinic();
	p.tell(status(on));
	await p.click(SYNC);
	await p.answer("patient.history", { result: { failed_at: "2026-11-22T17:24:00Z", problem: fault("deadline") } });
	assert.equal(p.state(SYNC), "busy");
	p.end();
});
