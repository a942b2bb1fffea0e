// The buttons beside the badge: what one click can do about the state that it shows.
import * as ui from "../texts/ui.it.ts";
import { cardOffer, cardWay, enter, login, waitsForUser } from "./login.ts";
import type { Action, Page } from "./page.ts";
import { mayConnect } from "./source.ts";

export function actions(page: Page): Action[] {
	const { link, status } = page.state.now;
	if (link.state !== "up" || !status || !mayConnect(page.site)) return [];
	const { session, region } = status;
	if (waitsForUser(session)) return [{ label: ui.reconnect, run: () => login(page) }];
	if (session.step !== "browser" && session.step !== "token") return [];
	const cancel = { label: ui.cancel, run: () => void page.client.request("session.logout", {}, true) };
	const { usable, preselected } = cardOffer(page, status);
	const via = cardWay(region);
	if (!via || usable.length === 0) return [cancel];
	const short = () => (preselected ? void enter(page, { via, certificate: preselected }) : page.choose());
	return [{ label: ui.useInserted, run: short }, cancel];
}
