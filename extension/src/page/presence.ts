// Keeps our controls in a page that redraws itself: one MutationObserver, and functions that put a control in its
// place when it is not there and otherwise do nothing.
type Ensure = () => void;

export class Presence {
	readonly #ensures = new Set<Ensure>();

	constructor(signal: AbortSignal, attributes: readonly string[]) {
		const observer = new MutationObserver(() => this.run());
		observer.observe(document.documentElement, {
			childList: true,
			subtree: true,
			...(attributes.length > 0 ? { attributeFilter: [...attributes] } : {}),
		});
		signal.addEventListener("abort", () => observer.disconnect());
	}

	add(ensure: Ensure): void {
		this.#ensures.add(ensure);
		ensure();
	}

	run(): void {
		for (const ensure of this.#ensures) ensure();
	}
}

/** Removes an element when the content script ends. */
export function removeOn(signal: AbortSignal, element: Element): void {
	signal.addEventListener("abort", () => element.remove());
}
