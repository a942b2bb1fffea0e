// The element in the page that carries one of our controls, behind a closed shadow root: the page's styles do not
// reach in and its scripts do not read it. data-state is for styles and tests and never holds personal data.
import { el } from "./el.ts";

const base = `
:host{all:initial;font:14px/1.4 "Titillium Web",system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:#17324d}
:host([hidden]){display:none!important}
*{box-sizing:border-box}
button{font:inherit;color:inherit;cursor:pointer}
button:focus-visible,input:focus-visible,summary:focus-visible{outline:3px solid #17324d;outline-offset:2px}
.plain{border:1px solid #06c;background:#fff;color:#06c;border-radius:4px;padding:6px 16px;font-weight:600;min-height:36px}
.plain:hover{background:#e6f0fa}
.main{border:1px solid #06c;background:#06c;color:#fff;border-radius:4px;padding:6px 20px;font-weight:600;min-height:36px}
.main:hover{background:#004d99}
.main:disabled{background:#c5cdd6;border-color:#c5cdd6;color:#455b71;cursor:default}
.problem,.warning{border-left:4px solid #cc334d;background:#fdf3f5;padding:8px 12px;margin:8px 0}
.warning{border-color:#cc7a00;background:#ffe}
b{display:block}
.x{position:absolute;top:8px;right:8px;width:32px;height:32px;border:0;background:none;font-size:18px;line-height:1}
.note{color:#455b71;font-size:13px}
@media (prefers-reduced-motion:reduce){*{animation-duration:3s!important}}
`;

export interface Shadow {
	readonly host: HTMLElement;
	readonly root: ShadowRoot;
}

export function shadow(name: `raccordo-${string}`, css: string): Shadow {
	const host = document.createElement(name);
	const root = host.attachShadow({ mode: "closed", delegatesFocus: true });
	const style = el("style");
	// By this setter Firefox knows the style for an extension's; appended as text it would fall under the page's CSP.
	style.textContent = base + css;
	root.append(style);
	return { host, root };
}
