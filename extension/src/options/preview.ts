// "Anteprima": the host's own picture of the test page, with settings that need not be kept yet.
import { el } from "../page/el.ts";
import { problem } from "../page/problem.ts";
import * as words from "../texts/printers.it.ts";
import type { PrinterSettings } from "../wire.gen.ts";
import { openDialog } from "./dialog.ts";
import type { Desk } from "./settings.ts";

export async function showPreview(desk: Desk, settings: PrinterSettings): Promise<void> {
	const { kind } = settings;
	const name = words.kinds[kind];
	const area = el("div", { class: "preview", "aria-live": "polite" }, el("p", { class: "busy" }, words.previewing));
	openDialog(words.previewOf(name, 1, 1), area);
	const outcome = await desk.request("print.preview", { item: { kind: "test", profile: kind }, settings }, false);
	if (!outcome.ok) return area.replaceChildren(problem(desk.state, outcome.error));
	const { png, width, height, notices } = outcome.result;
	area.replaceChildren(
		el("img", {
			src: `data:image/png;base64,${png}`,
			alt: words.previewOf(name, 1, 1),
			width: String(width),
			height: String(height),
		}),
		...(notices ?? []).map(({ text, remedy }) => el("p", { class: "note" }, [text, remedy].filter(Boolean).join(" "))),
	);
}
