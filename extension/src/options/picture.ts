// The sheet as it is read, with the print on it: to see at a glance what a setting does.
import * as words from "../texts/printers.it.ts";
import type { PrinterSettings } from "../wire.gen.ts";
import { type Box, type Chosen, describe, sheetOf } from "./sheet.ts";

const NS = "http://www.w3.org/2000/svg";
/** Around the sheet, for what lies off it. */
const ROOM = 160;

function draw(tag: string, attributes: Record<string, string | number>): SVGElement {
	const node = document.createElementNS(NS, tag);
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
	return node;
}

export function picture(settings: Chosen): SVGElement {
	const { width, height, content, cut } = sheetOf(settings);
	const svg = draw("svg", {
		viewBox: `${-ROOM} ${-ROOM} ${width + 2 * ROOM} ${height + 2 * ROOM}`,
		role: "img",
		"aria-label": words.picture(describe(settings)),
		class: "sheet",
		// every sheet at the same scale: an A4 is twice an A5
		style: `width:${((width + 2 * ROOM) / 3290) * 100}%`,
	});
	svg.append(
		draw("rect", { class: "paper", x: 0, y: 0, width, height }),
		draw("rect", { class: cut ? "content cut" : "content", ...content }),
		...lines(settings.kind, content),
	);
	const { offset_x: x, offset_y: y } = settings;
	if (x || y) svg.append(draw("path", { class: "move", d: cross(content.x - x, content.y - y) }));
	return svg;
}

/** Where the upper left corner would be without an offset. */
function cross(x: number, y: number): string {
	return `M${x - 60} ${y}h120M${x} ${y - 60}v120`;
}

/** Some writing: bar codes above, lines below, so that up and down can be told apart. */
function lines(kind: PrinterSettings["kind"], { x, y, width, height }: Box): SVGElement[] {
	const [part, from] = [height / 12, y + height * 0.28];
	const rows = Array.from({ length: 6 }, (_, i) =>
		draw("rect", {
			class: "text",
			x: x + width * 0.06,
			y: from + i * part,
			width: width * (i % 3 === 2 ? 0.5 : 0.86),
			height: part * 0.3,
		}),
	);
	const head = draw("rect", {
		class: "text",
		x: x + width * 0.06,
		y: y + height * 0.08,
		width: width * 0.3,
		height: part * 0.5,
	});
	if (kind === "bianca") return [head, ...rows];
	const bars = Array.from({ length: 12 }, (_, i) =>
		draw("rect", {
			class: "text",
			x: x + width * (0.54 + i * 0.034),
			y: y + height * 0.06,
			width: width * (i % 3 ? 0.009 : 0.02),
			height: part * 1.5,
		}),
	);
	return [head, ...bars, ...rows];
}
