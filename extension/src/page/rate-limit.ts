// A token bucket: `burst` requests at once, `perSecond` on average.
export class RateLimit {
	#tokens: number;
	#at: number;

	constructor(
		private readonly rule: { readonly burst: number; readonly perSecond: number },
		private readonly now: () => number = () => performance.now(),
	) {
		this.#tokens = rule.burst;
		this.#at = now();
	}

	take(): boolean {
		const at = this.now();
		this.#tokens = Math.min(this.rule.burst, this.#tokens + ((at - this.#at) / 1000) * this.rule.perSecond);
		this.#at = at;
		if (this.#tokens < 1) return false;
		this.#tokens--;
		return true;
	}
}
