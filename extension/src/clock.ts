// Dates as the doctor reads them: Italian order, Europe/Rome whatever the PC is set to.
const zone = "Europe/Rome";
const moment = new Intl.DateTimeFormat("it-IT", {
	timeZone: zone,
	day: "2-digit",
	month: "2-digit",
	year: "numeric",
	hour: "2-digit",
	minute: "2-digit",
	hour12: false,
});

function part(parts: Intl.DateTimeFormatPart[], type: Intl.DateTimeFormatPartTypes): string {
	return parts.find((p) => p.type === type)?.value ?? "";
}

function split(iso: string): { day: string; time: string } | undefined {
	const at = new Date(iso);
	if (Number.isNaN(at.getTime())) return undefined;
	const parts = moment.formatToParts(at);
	const hour = part(parts, "hour") === "24" ? "00" : part(parts, "hour");
	return {
		day: `${part(parts, "day")}/${part(parts, "month")}/${part(parts, "year")}`,
		time: `${hour}:${part(parts, "minute")}`,
	};
}

/** "22/11/2026 18:20" of an RFC 3339 instant; empty for anything else. */
export function dateTime(iso: string | undefined): string {
	const at = iso ? split(iso) : undefined;
	return at ? `${at.day} ${at.time}` : "";
}

/** "18:20" when the instant is today, else with its day. */
export function since(iso: string | undefined, now: Date = new Date()): string {
	const at = iso ? split(iso) : undefined;
	if (!at) return "";
	return at.day === split(now.toISOString())?.day ? at.time : `${at.time} del ${at.day}`;
}

/** "31/03/2027" of a calendar day YYYY-MM-DD or of an instant. */
export function day(iso: string | undefined): string {
	const calendar = /^(\d{4})-(\d\d)-(\d\d)$/.exec(iso ?? "");
	if (calendar) return `${calendar[3]}/${calendar[2]}/${calendar[1]}`;
	return (iso && split(iso)?.day) || "";
}
