// The certificates as the chooser shows them: the usable ones as radio buttons, the others greyed with the reason.
import { day } from "../clock.ts";
import * as ui from "../texts/ui.it.ts";
import type { Certificate, ErrorCode } from "../wire.gen.ts";
import type { Offer } from "./certificates.ts";
import { el } from "./el.ts";

export interface ListView {
	readonly offer: Offer;
	readonly chosen: string | undefined;
	readonly choose: (fingerprint: string) => void;
	readonly reasonOf: (code: ErrorCode) => string;
}

export function certificateList({ offer, chosen, choose, reasonOf }: ListView): HTMLElement[] {
	const parts: HTMLElement[] = [];
	if (offer.usable.length > 0) {
		parts.push(
			el("div", { role: "radiogroup", "aria-labelledby": "t" }, ...offer.usable.map((c) => option(c, chosen, choose))),
		);
	}
	if (offer.others.length > 0) {
		const items = offer.others.map((c) =>
			el("li", { class: "off" }, el("div", {}, ...facts(c), c.reason ? el("div", {}, reasonOf(c.reason)) : undefined)),
		);
		const more = el("details", {}, el("summary", {}, ui.others), el("ul", {}, ...items));
		more.open = offer.usable.length === 0;
		parts.push(more);
	}
	return parts;
}

function option(
	certificate: Certificate,
	chosen: string | undefined,
	choose: (fingerprint: string) => void,
): HTMLElement {
	const radio = el("input", { type: "radio", name: "certificate", value: certificate.fingerprint });
	radio.checked = certificate.fingerprint === chosen;
	radio.addEventListener("change", () => choose(certificate.fingerprint));
	return el("label", {}, radio, el("div", {}, ...facts(certificate)));
}

function facts({ subject, issuer, not_after }: Certificate): HTMLElement[] {
	return [
		el("div", { class: "who" }, subject),
		el("div", { class: "note" }, `${ui.issuer} ${issuer}`),
		el("div", { class: "note" }, `${ui.expiry} ${day(not_after)}`),
	];
}
