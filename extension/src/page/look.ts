// Gives our entry the look of its neighbours, read from the page as it is drawn.
const COPIED = [
	"color",
	"font-family",
	"font-size",
	"font-style",
	"font-weight",
	"letter-spacing",
	"line-height",
	"text-align",
	"text-transform",
	"padding-top",
	"padding-right",
	"padding-bottom",
	"padding-left",
	"margin-top",
	"margin-right",
	"margin-bottom",
	"margin-left",
	"border-radius",
	"background-color",
	"white-space",
	"cursor",
] as const;

export function copyLook(from: Element, to: HTMLElement): void {
	const look = getComputedStyle(from);
	for (const name of COPIED) to.style.setProperty(name, look.getPropertyValue(name));
	const block = look.getPropertyValue("display") !== "inline";
	to.style.setProperty("display", block ? "block" : "inline-block");
	if (block) to.style.setProperty("width", "100%");
}
