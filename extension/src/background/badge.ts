// The toolbar icon: one mark for the state, or how many prescriptions and sheets need the doctor; the words are in the tooltip.
import { api } from "../api.ts";
import type { Link } from "../messages.ts";
import { outboxWords } from "../outbox-words.ts";
import { summary } from "../summary.ts";
import * as ui from "../texts/ui.it.ts";
import type { Status } from "../wire.gen.ts";

const MARKS = { ok: ["✓", "#006b3c"], warn: ["!", "#a65a00"], fail: ["!", "#b3002d"], idle: ["", "#5b6f82"] } as const;

export function showState(link: Link, status: Status | undefined): void {
	const { tone, text } = summary(link, status);
	const [mark, colour] = MARKS[tone];
	const known = link.state === "up" ? status : undefined;
	const held = known?.printing.held ?? 0;
	const failed = (known?.outbox.failed ?? 0) + held;
	const words = known && outboxWords(known.outbox);
	// what needs the doctor is counted, unless there is something worse
	const counts = failed > 0 && tone !== "fail";
	void api.action.setBadgeText({ text: counts ? String(failed) : mark });
	void api.action.setBadgeBackgroundColor({ color: counts ? MARKS.fail[1] : colour });
	const title = text.startsWith("Raccordo") ? text : `Raccordo: ${text}`;
	const lines = [title, words && `${ui.outbox}: ${words}`, held > 0 && `${ui.prints}: ${ui.toCheck(held)}`];
	void api.action.setTitle({ title: lines.filter(Boolean).join("\n") });
}
