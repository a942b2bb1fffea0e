// The toolbar icon: one mark for the state, its words in the tooltip.
import { api } from "../api.ts";
import type { Link } from "../messages.ts";
import { summary } from "../summary.ts";
import type { Status } from "../wire.gen.ts";

const MARKS = { ok: ["✓", "#006b3c"], warn: ["!", "#a65a00"], fail: ["!", "#b3002d"], idle: ["", "#5b6f82"] } as const;

export function showState(link: Link, status: Status | undefined): void {
	const { tone, text } = summary(link, status);
	const [mark, colour] = MARKS[tone];
	void api.action.setBadgeText({ text: mark });
	void api.action.setBadgeBackgroundColor({ color: colour });
	void api.action.setTitle({ title: text.startsWith("Raccordo") ? text : `Raccordo: ${text}` });
}
