// Lengths as people write them: tenths of a millimetre on the wire, millimetres with a comma on the page. Pure.

const MM = /^([+\u2212-]?)(\d{1,3})(?:[.,](\d))?$/;

/** "-2,5" of -25; whole millimetres have no comma. */
export function written(tenths: number): string {
	return (tenths / 10).toLocaleString("it-IT", { maximumFractionDigits: 1 }).replace("-", "−");
}

/** Tenths of what was typed, undefined when it is no such number or out of bounds. */
export function read(text: string, least: number, most: number): number | undefined {
	const match = MM.exec(text.trim());
	if (!match) return undefined;
	const [, sign, whole, tenth] = match;
	const size = Number(whole) * 10 + Number(tenth ?? 0);
	const tenths = sign === "-" || sign === "−" ? -size : size;
	return tenths >= least && tenths <= most ? tenths + 0 : undefined;
}

/** A whole number, undefined when it is none or out of bounds. */
export function whole(text: string, least: number, most: number): number | undefined {
	const n = /^\d{1,3}$/.test(text.trim()) ? Number(text) : Number.NaN;
	return n >= least && n <= most ? n : undefined;
}
