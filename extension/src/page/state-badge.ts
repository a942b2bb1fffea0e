// The small mark beside the user's name: who is connected, or what is missing. A click shows the details.
import type { Summary } from "../summary.ts";
import { el, button as press } from "./el.ts";
import { shadow } from "./host.ts";
import type { Page } from "./page.ts";
import { removeOn } from "./presence.ts";
import { actions } from "./state-actions.ts";
import { details } from "./state-details.ts";

const css = `
:host{display:inline-flex;flex-wrap:wrap;align-items:center;gap:8px;vertical-align:middle;margin-right:8px}
.row{display:contents}
.plain{min-height:30px;padding:3px 12px;font-size:13px}
.badge{display:inline-flex;align-items:center;gap:8px;border:1px solid #c5cdd6;border-radius:16px;background:#fff;color:#17324d;padding:3px 12px;min-height:30px;font-size:13px;font-weight:600;text-align:left}
.badge:hover{background:#eef3f8}
small{display:block;font-size:12px;font-weight:400;max-width:62ch}
.dot{flex:none;width:10px;height:10px;border-radius:50%;background:#5b6f82}
[data-tone=ok] .dot{background:#008055}
[data-tone=warn] .dot{background:#cc7a00}
[data-tone=fail] .dot{background:#cc334d}
[popover]{position:fixed;inset:auto;margin:0;width:360px;max-width:calc(100vw - 16px);overflow:auto;border:1px solid #c5cdd6;border-radius:6px;background:#fff;color:#17324d;padding:16px;box-shadow:0 6px 24px rgb(0 0 0/.2)}
h2{font-size:16px;margin:0 0 8px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 12px;margin:0 0 12px}
dt{color:#455b71}dd{margin:0;font-weight:600;overflow-wrap:anywhere}`;

const MARGIN = 8;

export function init(page: Page, signal: AbortSignal): void {
	const { host, root } = shadow("raccordo-stato", css);
	const words = el("span");
	const why = el("small");
	const button = el(
		"button",
		{ type: "button", class: "badge", "aria-haspopup": "dialog", "aria-expanded": "false" },
		el("span", { class: "dot" }),
		el("span", {}, words, why),
	);
	const acts = el("div", { class: "row" });
	const panel = el("div", { popover: "auto", role: "dialog", "aria-labelledby": "t" });
	// the live region is around the button: what is inside one has no roles of its own
	root.append(el("div", { role: "status" }, button), acts, panel);
	let open = false;
	let offered = "";

	function draw(): void {
		const now = page.state.now.summary;
		show(now);
		offer();
		const had = panel.contains(root.activeElement);
		panel.replaceChildren(...(open ? details(page, now, () => panel.hidePopover()) : []));
		if (had) [...panel.querySelectorAll("button")].at(-1)?.focus(); // a redraw takes the focus away
	}

	function offer(): void {
		const list = actions(page);
		const labels = list.map(({ label }) => label).join();
		if (labels === offered) return; // a redraw loses the focus
		offered = labels;
		const act = (label: string) =>
			actions(page)
				.find((now) => now.label === label)
				?.run();
		acts.replaceChildren(...list.map(({ label }) => press(label, "plain", () => act(label))));
	}

	/** Below the badge and inside the window, whatever its width. */
	function place(): void {
		const { bottom, right } = button.getBoundingClientRect();
		const room = document.documentElement.clientWidth - panel.offsetWidth - MARGIN;
		panel.style.left = `${Math.max(MARGIN, Math.min(right - panel.offsetWidth, room))}px`;
		panel.style.top = `${bottom + 6}px`;
		panel.style.maxHeight = `calc(100vh - ${bottom + 6 + MARGIN}px)`;
	}

	function show({ state, tone, text, problem }: Summary): void {
		host.dataset.state = state;
		if (problem) host.dataset.problem = problem;
		else delete host.dataset.problem;
		button.dataset.tone = tone;
		const reason = problem && state !== "missing" ? page.state.text(problem).text : "";
		// a live region speaks at every write: write only what changed
		if (words.textContent !== text) words.textContent = text;
		if (why.textContent !== reason) why.textContent = reason;
	}

	panel.addEventListener("toggle", (event) => {
		open = event.newState === "open";
		button.setAttribute("aria-expanded", String(open));
		draw();
		if (open) place();
	});
	button.addEventListener("click", (event) => {
		if (!event.isTrusted) return;
		panel.togglePopover();
		if (panel.matches(":popover-open")) place();
	});
	window.addEventListener("resize", () => open && place(), { signal });

	page.presence.add(() => {
		const name = document.querySelector(page.site.user.name);
		if (!name || host.nextElementSibling === name) return;
		name.before(host);
		draw();
	});
	page.state.watch(draw);
	removeOn(signal, host);
}
