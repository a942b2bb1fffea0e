// Dates and names as an Italian reader expects them.

const clock = new Intl.DateTimeFormat("it-IT", {
	timeZone: "Europe/Rome",
	day: "2-digit",
	month: "2-digit",
	year: "numeric",
	hour: "2-digit",
	minute: "2-digit",
});

// when shows an instant: "22/11/2026 18:20".
export function when(instant) {
	return clock.format(new Date(instant)).replace(",", "");
}

// written shows a date and time that the region wrote, without moving it to another time zone.
export function written(text) {
	const m = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?/.exec(text ?? "");
	return m ? `${m[3]}/${m[2]}/${m[1]}${m[4] ? ` ${m[4]}` : ""}` : (text ?? "");
}

export function age(birth) {
	const [y, m, d] = birth.split("-").map(Number);
	const now = new Date();
	const before = now.getMonth() + 1 < m || (now.getMonth() + 1 === m && now.getDate() < d);
	return now.getFullYear() - y - (before ? 1 : 0);
}

export function plural(n, one, many) {
	return `${n} ${n === 1 ? one : many}`;
}
