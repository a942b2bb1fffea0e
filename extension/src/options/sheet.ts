// Where on the sheet the print comes to lie, as far as the settings tell. Pure; lengths are tenths of a millimetre, of the
// sheet as it is read. What really comes out is the host's to say (print.preview).
import * as words from "../texts/printers.it.ts";
import type { PrinterProfile, PrinterSettings } from "../wire.gen.ts";
import { written } from "./millimetres.ts";

/** Settings, and what is known of the layout that they are for. */
export type Chosen = PrinterSettings & Pick<PrinterProfile, "lying">;

export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

export interface Sheet {
	readonly width: number;
	readonly height: number;
	readonly lying: boolean;
	readonly content: Box;
	/** Per cent. */
	readonly scale: number;
	/** Something of the content lies off the sheet. */
	readonly cut: boolean;
}

const UPRIGHT = { A4: [2100, 2970], A5: [1480, 2100] } as const;
/** The least to which anything is made smaller of itself. */
const SMALLEST = 70;
/** What printers leave blank anyway. */
const MARGIN = 60;

export function sheetOf(settings: Chosen): Sheet {
	const [width, height] = asRead(settings);
	const [wide, high] = source(settings, width, height);
	const fit = Math.floor(Math.min(100, (width / wide) * 100, (height / high) * 100));
	const scale = settings.scale || Math.max(fit, SMALLEST);
	const part = scale / 100;
	const content = {
		x: MARGIN * part + settings.offset_x,
		y: MARGIN * part + settings.offset_y,
		width: (wide - 2 * MARGIN) * part,
		height: (high - 2 * MARGIN) * part,
	};
	const { x, y } = content;
	const cut = x < 0 || y < 0 || x + content.width > width || y + content.height > height;
	return { width, height, lying: width > height, content, scale, cut };
}

function asRead(settings: Chosen): readonly [number, number] {
	const { paper, kind, orientation, lying } = settings;
	const [w, h] = paper === "custom" ? [settings.width ?? 0, settings.height ?? 0] : UPRIGHT[paper];
	const lies =
		orientation === "landscape" || (orientation === "auto" && (kind === "rossa" ? lying === true : paper === "A5"));
	return lies ? [h, w] : [w, h];
}

/** What is to be printed, at full size: the slip is the upper half of an A4 page, the others are made for the sheet. */
function source({ kind }: PrinterSettings, width: number, height: number): readonly [number, number] {
	if (kind === "promemoria") return [2100, 1480]; // half a sheet: what is marked of it is less
	if (kind === "rossa") return width > height ? [2100, 1480] : UPRIGHT.A5;
	return [width, height];
}

/** "A5 orizzontale, 210 × 148 mm, spostato di 0,5 mm a destra". */
export function describe(settings: Chosen): string {
	const { width, height, lying, scale, cut } = sheetOf(settings);
	const { paper, offset_x: x, offset_y: y } = settings;
	const name = paper === "custom" ? words.papers.custom : paper;
	const moves = [
		x !== 0 && (x > 0 ? words.right(written(x)) : words.left(written(-x))),
		y !== 0 && (y > 0 ? words.down(written(y)) : words.up(written(-y))),
	].filter((move) => move !== false);
	return [
		words.sheet(name, lying ? words.lying : words.upright, `${written(width)} × ${written(height)}`),
		scale < 100 && words.reduced(scale),
		scale > 100 && words.enlarged(scale),
		moves.length > 0 && words.moved(moves.join(", ")),
		cut && words.outside,
	]
		.filter(Boolean)
		.join(", ");
}
