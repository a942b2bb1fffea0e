// Put into the clinic's page: a button whose real click asks over the page API
// and takes the time to the answer, and a record of what Raccordo's badge shows.
((marker) => {
	const own = { times: [], faults: [], result: null, states: [], message: { method: "status", params: {} } };
	const asked = new Map();
	window.addEventListener("message", ({ source, data }) => {
		if (source !== window || data?.[marker] !== 1 || data.kind !== "response") return;
		const at = performance.now();
		if (!asked.has(data.id)) return;
		if (data.error) own.faults.push(JSON.stringify(data.error));
		own.result = data.result ?? null;
		own.times.push(at - asked.get(data.id));
		asked.delete(data.id);
	});
	const button = document.createElement("button");
	button.id = "misura";
	button.textContent = "Misura";
	Object.assign(button.style, { position: "fixed", left: "8px", bottom: "8px", zIndex: "1000" });
	button.addEventListener("click", (event) => {
		if (!event.isTrusted) return;
		const id = `misura-${crypto.randomUUID()}`;
		const message = { [marker]: 1, kind: "request", id, ...own.message };
		asked.set(id, performance.now());
		window.postMessage(message, location.origin);
	});
	document.body.append(button);

	function look() {
		const state = document.querySelector("raccordo-stato")?.dataset.state ?? "";
		if (own.states.at(-1)?.state !== state) own.states.push({ state, at: performance.timeOrigin + performance.now() });
	}
	new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ["data-state"] });
	look();
	window.misura = own;
})
