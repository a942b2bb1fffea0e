// "Configura": paper, tray, orientation, copies, scale and offset of a kind of sheet, with a picture of what they do.
import { button, el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import * as words from "../texts/printers.it.ts";
import type { PrinterList, PrinterProfile, PrinterSettings } from "../wire.gen.ts";
import { openDialog } from "./dialog.ts";
import { type Field, input, select } from "./fields.ts";
import { read, whole, written } from "./millimetres.ts";
import { picture } from "./picture.ts";
import { showPreview } from "./preview.ts";
import { type Desk, printerOf, settingsOf } from "./settings.ts";
import { describe, sheetOf } from "./sheet.ts";

export function configure(desk: Desk, list: PrinterList, profile: PrinterProfile): void {
	const fields = fieldsOf(list, profile);
	const look = el("div", { class: "look" });
	const note = el("div", { "aria-live": "polite" });
	const submit = el("button", { type: "submit", class: "main" }, words.save);
	const now = (): PrinterSettings | undefined => gathered(profile, fields);

	function draw(): void {
		for (const name of ["width", "height"] as const) fields[name].element.hidden = fields.paper.value() !== "custom";
		const settings = now();
		if (!settings) return; // the field says what is wrong; the picture stays at what was right
		const chosen = profile.lying ? { ...settings, lying: true } : settings;
		const turned = sheetOf(chosen).lying && el("p", { class: "note" }, words.fedTurned);
		look.replaceChildren(picture(chosen), el("p", { class: "note" }, describe(chosen)), ...(turned ? [turned] : []));
	}

	function preview(): void {
		const settings = now();
		if (settings) void showPreview(desk, settings);
	}

	const form = el(
		"form",
		{ class: "configure" },
		el("div", { class: "fields" }, ...Object.values(fields).map(({ element }) => element)),
		look,
		note,
		el("p", { class: "note" }, words.duplex),
		el(
			"div",
			{ class: "foot" },
			submit,
			button(words.preview, "", preview),
			button(words.cancel, "", () => dialog.close()),
		),
	);
	form.addEventListener("input", draw);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const settings = now();
		form.querySelector<HTMLElement>('[aria-invalid="true"]:not(:disabled)')?.focus();
		if (!settings || !event.isTrusted || submit.disabled) return;
		submit.disabled = true;
		note.replaceChildren(el("p", { class: "busy" }, words.saving));
		const outcome = await desk.request("printer.configure", { settings }, true);
		submit.disabled = false;
		if (!outcome.ok) return note.replaceChildren(problem(desk.state, outcome.error));
		dialog.close();
		desk.keep(outcome.result);
	});
	draw();
	const dialog = openDialog(words.configureFor(words.kinds[profile.kind]), form);
	form.querySelector<HTMLElement>(":is(input, select):enabled")?.focus();
}

function fieldsOf(list: PrinterList, profile: PrinterProfile) {
	const about = (name: keyof PrinterSettings, label: string, rule = "") => ({
		...{ name, label, rule, locked: profile.locked?.includes(name) ?? false },
	});
	const printer = printerOf(list, profile);
	const has = (paper: string): boolean =>
		!printer || printer.any_paper === true || printer.papers.some(({ name }) => name === paper);
	const papers = (["A4", "A5", "custom"] as const).map((paper) => {
		const said = words.papers[paper];
		return [paper, paper === "custom" || has(paper) ? said : words.paperUnknown(said)] as const;
	});
	const trays = [["", words.anyTray] as const, ...(printer?.trays ?? []).map(({ id, name }) => [id, name] as const)];
	const { tray = "" } = profile;
	if (!trays.some(([id]) => id === tray)) trays.push([tray, words.trayUnknown(tray)]);
	const orientations = (["auto", "portrait", "landscape"] as const).map(
		(name) => [name, words.orientations[name]] as const,
	);
	const mm = (most: number) => (text: string) => read(text, 500, most);
	const shift = (text: string) => read(text, -500, 500);
	return {
		paper: select(about("paper", words.paper), papers, profile.paper),
		width: input(about("width", words.width, words.uprightRule), profile.width ? written(profile.width) : "", mm(4200)),
		height: input(
			about("height", words.height, words.uprightRule),
			profile.height ? written(profile.height) : "",
			mm(5940),
		),
		tray: select(about("tray", words.tray), trays, tray),
		orientation: select(about("orientation", words.orientation, words.autoRule), orientations, profile.orientation),
		copies: input(about("copies", words.copies, words.copiesRule), String(profile.copies), (text) => whole(text, 1, 9)),
		scale: input(about("scale", words.scale, words.scaleRule), String(profile.scale || ""), (text) =>
			text.trim() === "" ? 0 : whole(text, 50, 150),
		),
		offset_x: input(about("offset_x", words.offsetX, words.offsetXRule), written(profile.offset_x), shift),
		offset_y: input(about("offset_y", words.offsetY, words.offsetYRule), written(profile.offset_y), shift),
	};
}

/** The settings as they are on the page; undefined when one of them is none. */
function gathered(profile: PrinterProfile, fields: ReturnType<typeof fieldsOf>): PrinterSettings | undefined {
	const { width, height, ...others } = fields;
	const given: Partial<PrinterSettings> = {};
	const take = <K extends keyof PrinterSettings>(
		name: K,
		{ value }: Field<NonNullable<PrinterSettings[K]>>,
	): boolean => {
		const got = value();
		if (got !== undefined) given[name] = got;
		return got !== undefined;
	};
	const { paper, tray, orientation, copies, scale, offset_x, offset_y } = others;
	const fine = [
		take("paper", paper),
		take("tray", tray),
		take("orientation", orientation),
		take("copies", copies),
		take("scale", scale),
		take("offset_x", offset_x),
		take("offset_y", offset_y),
		...(paper.value() === "custom" ? [take("width", width), take("height", height)] : []),
	];
	const { width: _w, height: _h, ...before } = settingsOf(profile);
	return fine.every(Boolean) ? { ...before, ...given } : undefined;
}
