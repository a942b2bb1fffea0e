// Sheets of paper: what Raccordo was asked to print, and what became of each. A thing that was printed has its last job as
// `sheet`.
import { plural } from "./format.js";
import { papers } from "./papers.js";
import { on, request } from "./raccordo.js";
import { save, store } from "./store.js";

const MOST = 200; // of one request

// WAITING are the states of a job that may still come out.
export const WAITING = ["queued", "accepted", "printing", "held"];

export const printing = { active: false, fault: null, summary: null };

let changed = () => {};
let reading = false;
let readAgain = false;

export function startSheets(onChange) {
	changed = onChange;
	on("print.changed", refresh);
	on("session.changed", refresh); // Raccordo is there again, perhaps after it was killed
}

// The functions below run inside the handler of a user's action.

// print has things printed; item says what of each.
export function print(things, item) {
	const some = things.slice(0, MOST);
	return run(some, () => request("print", { items: some.map(item) }));
}

// again prints the very jobs once more.
export const again = (things) => run(things, () => request("print.again", { ids: things.map((t) => t.sheet.id) }));

export async function halt(thing) {
	try {
		keep((await request("print.cancel", { ids: [thing.sheet.id] })).jobs);
	} catch (fault) {
		printing.fault = fault;
	}
	changed();
}

export function dismissSheets() {
	Object.assign(printing, { fault: null, summary: null });
}

async function run(things, ask) {
	if (printing.active || things.length === 0) return [];
	const answer = ask();
	Object.assign(printing, { active: true, fault: null, summary: null });
	changed();
	try {
		const { jobs } = await answer;
		for (const [i, job] of jobs.entries()) things[i].sheet = job;
		printing.summary = summarise(jobs);
		return jobs;
	} catch (fault) {
		printing.fault = fault;
		return [];
	} finally {
		printing.active = false;
		save();
		changed();
	}
}

function summarise(jobs) {
	const count = (...states) => jobs.filter(({ state, problem }) => states.includes(state) && !(problem && state !== "failed")).length;
	const [gone, lost] = [count("accepted", "printing", "printed"), count("failed")];
	const left = jobs.length - gone - lost;
	const parts = [];
	if (gone > 0) parts.push(plural(gone, "foglio alla stampante", "fogli alla stampante"));
	if (left > 0) parts.push(`${left} in attesa`);
	if (lost > 0) parts.push(plural(lost, "non stampato", "non stampati"));
	return { text: `${parts.join(", ")}.`, good: left + lost === 0 };
}

const all = () => [...store.prescriptions, ...papers].filter((thing) => thing.sheet?.id);

function keep(jobs) {
	const known = new Map(jobs.map((job) => [job.id, job]));
	const moved = all().filter(({ sheet }) => known.has(sheet.id) && known.get(sheet.id).state !== sheet.state);
	for (const thing of all()) thing.sheet = known.get(thing.sheet.id) ?? thing.sheet;
	if (moved.length > 0) save();
}

// refresh asks how those stand that are not done, one question at a time.
async function refresh() {
	readAgain = reading;
	if (reading) return;
	const ids = all().filter(({ sheet }) => WAITING.includes(sheet.state)).map(({ sheet }) => sheet.id);
	if (ids.length === 0) return;
	reading = true;
	try {
		keep((await request("print.list", { ids: ids.slice(0, MOST) })).jobs);
		changed();
	} catch {
		// what was known stays; the next event asks again
	}
	reading = false;
	if (readAgain) refresh();
}
