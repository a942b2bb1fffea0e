// Tells each page what became of its own sheets when that needs the doctor: a printer that waits, one that goes on, a sheet
// that did not come out. Events bring counts only; the jobs are read in the page's name.
import { jobsOf } from "../guard.ts";
import type { Printing as Counts } from "../wire.gen.ts";
import type { Host } from "./answer.ts";
import type { Guest } from "./guest.ts";
import { NOTHING, type Seen, tidings } from "./print-words.ts";

interface Watch {
	seen: Seen;
	reading: boolean;
	again: boolean;
}

export class Printing {
	readonly #watches = new Map<string, Watch>();

	constructor(
		private readonly host: Pick<Host, "request">,
		private readonly guests: ReadonlySet<Guest>,
	) {}

	/** A page may know of its sheets from now on; what stood still before it came is no news. */
	admitted(origin: string, counts: Counts | undefined): void {
		if (this.#watches.has(origin)) return;
		this.#watches.set(origin, { seen: NOTHING, reading: false, again: false });
		if (counts && counts.waiting + counts.held > 0) void this.#read(origin, true);
	}

	changed(): void {
		for (const origin of this.#watches.keys()) {
			if ([...this.guests].some((guest) => guest.origin === origin)) void this.#read(origin, false);
			else this.#watches.delete(origin);
		}
	}

	async #read(origin: string, quiet: boolean): Promise<void> {
		const watch = this.#watches.get(origin);
		if (!watch) return;
		watch.again = watch.reading;
		if (watch.reading) return;
		watch.reading = true;
		const jobs = await this.host.request("print.list", {}, { origin }).then(jobsOf, () => undefined); // the next change asks again
		watch.reading = false;
		if (jobs) this.#tell(origin, watch, tidings(jobs, watch.seen), quiet);
		if (watch.again) await this.#read(origin, false);
	}

	#tell(origin: string, watch: Watch, { seen, news }: ReturnType<typeof tidings>, quiet: boolean): void {
		watch.seen = seen;
		if (quiet) return;
		for (const guest of this.guests)
			if (guest.origin === origin && guest.leave === "given")
				for (const one of news) guest.tell({ kind: "told", ...one });
	}
}
