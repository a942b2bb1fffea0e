const port = chrome.runtime.connect();
port.onMessage.addListener((m) => window.postMessage({ eco: 1, kind: "response", id: m.id, result: m }, location.origin));
window.addEventListener("message", ({ source, data }) => {
	if (source === window && data?.eco === 1 && data.kind === "request") port.postMessage({ id: data.id, method: data.method });
});
