// Whether what the doctor typed and what the region has are different for a person: case, accents, points and
// spacing are not a difference, and a field left empty is not wrong.
export function differs(typed: string, region: string): boolean {
	const mine = plain(typed);
	return mine !== "" && mine !== plain(region);
}

function plain(text: string): string {
	return text
		.normalize("NFD")
		.replace(/\p{M}/gu, "")
		.toUpperCase()
		.replace(/['’]/g, "")
		.replace(/[^A-Z0-9]+/g, " ")
		.trim();
}
