// What a page is told of its sheets, from one list of prints to the next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING, type Seen, tidings } from "../src/background/print-words.ts";
import { fault } from "../src/fault.ts";
import type { ErrorCode, PrintJob } from "../src/wire.gen.ts";

type Row = readonly [id: string, state: PrintJob["state"], problem?: ErrorCode];

export const job = ([id, state, problem]: Row, printer = "P"): PrintJob => ({
	...{ id, state, printer, kind: "promemoria", profile: "promemoria", title: `Promemoria ${id}`, pages: 1, copies: 1 },
	...{ created_at: "", updated_at: "", ...(problem && { problem: fault(problem) }) },
});

/** Plays lists one after the other and gives what is said after each. */
function play(...lists: readonly (readonly Row[])[]): string[][] {
	let seen: Seen = NOTHING;
	return lists.map((rows) => {
		const now = tidings(
			rows.map((row) => job(row)),
			seen,
		);
		seen = now.seen;
		return now.news.map(({ key, told }) =>
			[key, told?.title, told?.error?.data.code, told?.again?.join()].filter(Boolean).join("|"),
		);
	});
}

const cases: [string, (readonly Row[])[], string[][]][] = [
	["a sheet that comes out is no news", [[["1", "accepted"]], [["1", "printed"]]], [[], []]],
	[
		"one that waits for paper is, once, and again when it has come out",
		[
			[["1", "held", "print.paper_out"]],
			[["1", "held", "print.paper_out"]],
			[["1", "printing"]],
			[["1", "printed"]],
			[],
		],
		[
			["print-held|Stampa in attesa: Promemoria 1|print.paper_out"],
			[],
			["print-held"],
			["print-done|Stampa ripresa: Promemoria 1"],
			[],
		],
	],
	[
		"those behind it wait with it, and are counted when all are out",
		[
			[
				["1", "held", "print.paper_jam"],
				["2", "queued"],
				["3", "accepted"],
				["0", "printed"],
			],
			[
				["1", "printed"],
				["2", "printing"],
				["3", "accepted"],
			],
			[
				["1", "printed"],
				["2", "printed"],
				["3", "printed"],
			],
		],
		[
			["print-held|Stampa in attesa: 3 stampe|print.paper_jam"],
			["print-held"],
			["print-done|Stampa ripresa: stampati 3 documenti"],
		],
	],
	[
		"another reason is said anew",
		[[["1", "held", "print.paper_out"]], [["1", "held", "print.offline"]]],
		[
			["print-held|Stampa in attesa: Promemoria 1|print.paper_out"],
			["print-held|Stampa in attesa: Promemoria 1|print.offline"],
		],
	],
	[
		"a queue without a printer waits too",
		[[["1", "queued", "print.printer_missing"]]],
		[["print-held|Stampa in attesa: Promemoria 1|print.printer_missing"]],
	],
	[
		"what was given up is not said to have gone on",
		[[["1", "held", "print.paper_out"]], [["1", "cancelled"]]],
		[["print-held|Stampa in attesa: Promemoria 1|print.paper_out"], ["print-held"]],
	],
	[
		"a failure is said once, with a way to print again",
		[
			[["1", "failed", "print.refused"]],
			[
				["1", "failed", "print.refused"],
				["2", "failed", "print.refused"],
			],
		],
		[
			["print-failed|Stampa non riuscita: Promemoria 1|print.refused|1"],
			["print-failed|Stampa non riuscita: Promemoria 2|print.refused|2"],
		],
	],
];

for (const [name, lists, said] of cases)
	test(name, () => {
		assert.deepEqual(play(...lists), said);
	});

test("a printer's trouble is not that of another", () => {
	const jobs = [job(["1", "held", "print.paper_out"]), job(["2", "queued"], "Q")];
	assert.equal(tidings(jobs, NOTHING).news[0]?.told?.title, "Stampa in attesa: Promemoria 1");
});
