// The settings of a kind of sheet, as the host takes them.

import type { Outcome } from "../page/client.ts";
import type { State } from "../page/state.ts";
import type { Methods, Printer, PrinterList, PrinterProfile, PrinterSettings } from "../wire.gen.ts";

export type Kind = PrinterSettings["kind"];

/** What the cards and dialogs of the page work with. */
export interface Desk {
	readonly state: State;
	request<M extends "printer.list" | "printer.configure" | "print" | "print.preview">(
		method: M,
		params: Methods[M]["params"],
		gesture: boolean,
	): Promise<Outcome<Methods[M]["result"]>>;
	/** The settings as they are now. */
	keep(list: PrinterList): void;
}

/** Only what may be kept: the host takes nothing else. */
export function settingsOf(profile: PrinterProfile): PrinterSettings {
	const { ready: _ready, problem: _problem, locked: _locked, lying: _lying, ...settings } = profile;
	return settings;
}

export function printerOf(list: PrinterList, { printer }: PrinterSettings): Printer | undefined {
	return list.printers.find(({ name }) => name === printer);
}

/** A tray of another printer is no tray of this one. */
export function withPrinter(settings: PrinterSettings, printer: Printer | undefined): PrinterSettings {
	const { tray, ...rest } = settings;
	const known = tray && (printer?.trays ?? []).some(({ id }) => id === tray);
	return { ...rest, printer: printer?.name ?? "", ...(known ? { tray } : {}) };
}
