let host;
const pages = new Set();
function open() {
	host = chrome.runtime.connectNative("it.raccordo.eco");
	host.onMessage.addListener((m) => {
		for (const page of pages) page.postMessage(m);
	});
}
chrome.runtime.onConnect.addListener((page) => {
	if (!host) open();
	pages.add(page);
	page.onMessage.addListener((m) => host.postMessage(m));
	page.onDisconnect.addListener(() => pages.delete(page));
});
