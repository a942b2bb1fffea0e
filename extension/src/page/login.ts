// What a click on login does: the chooser where a card can be used, else the region's page at once. Which page that is,
// and what it returns, is the background's.
import * as ui from "../texts/ui.it.ts";
import type { LoginParams, Region, Session, Status, Error as WireError } from "../wire.gen.ts";
import { offer } from "./certificates.ts";
import type { Outcome } from "./client.ts";
import type { Action, Page } from "./page.ts";
import { doctor, mayConnect, user } from "./source.ts";

type Asked = Pick<LoginParams, "via" | "certificate">;

export function login(page: Page): void {
	const { link, status } = page.state.now;
	if (!mayConnect(page.site)) return;
	if (link.state === "up" && status) {
		const { session, region } = status;
		if (waitsForUser(session)) return void enter(page, { via: session.via ?? "auto" });
		const { usable, obstacle } = cardOffer(page, status);
		if (region.cloud && usable.length === 0 && obstacle !== "reading") return void enter(page, { via: "cloud" });
	}
	page.choose();
}

/** A stale session that only a click on login mends. */
export function waitsForUser({ state, repair }: Session): boolean {
	return state === "stale" && repair === "login";
}

/** Certificates that this region takes, by whichever way. */
export function cardOffer(page: Page, { region, cards }: Status): ReturnType<typeof offer> {
	return offer(cardWay(region) ? cards : { service: "running", readers: [] }, doctor(page.site));
}

/** By which way a card in the reader logs in; without any way of its own the region is asked for one all the same. */
export function cardWay({ card, cloud, cloud_card }: Region): "card" | "cloud" | undefined {
	return card || !cloud ? "card" : cloud_card ? "cloud" : undefined;
}

/** The way without a card in the reader, as a button. */
export function cloudWay(page: Page): Action | undefined {
	const cloud = page.state.now.status?.region.cloud;
	const label = cloud === "oidc" ? ui.cloudLogin : ui.tokenLogin;
	return cloud && { label, run: () => void enter(page, { via: "cloud" }) };
}

export function ask(page: Page, asked: Asked): Promise<Outcome<Session>> {
	return page.client.request("session.login", { ...asked, ...user(page.site) }, true);
}

export async function enter(page: Page, asked: Asked): Promise<void> {
	const outcome = await ask(page, asked);
	if (!outcome.ok) regret(page, outcome.error);
}

/** Tells a failure with the other way in, where the agent knows of one. What was given up on purpose needs no words. */
export function regret(page: Page, error: WireError): void {
	const { code, alternative } = error.data;
	const card = { label: ui.useCard, run: () => page.choose() };
	const action = alternative && (alternative === "card" ? card : cloudWay(page));
	if (code !== "cancelled") page.toast({ key: "session", tone: "problem", title: ui.notConnected, error, action });
}
