// The manifest of one browser. Pure: a snapshot test pins both results.

/** Every permission with its reason. Nothing else may be asked for. */
export const permissions = {
	identity: "opens the region's login page in a window of the browser that ends at the extension's own address",
	nativeMessaging: "talks to the Raccordo connector installed on the PC; no network port is opened",
	storage: "remembers in memory (storage.session) which window shows the region's login page",
};

/** @param {"chromium" | "firefox"} browser @param {{ ids: Record<string, string>, sites: { matches: string[] }[], version: string }} data */
export function manifest(browser, { ids, sites, version }) {
	const chromium = browser === "chromium";
	const icons = Object.fromEntries(["16", "32", "48", "128"].map((size) => [size, `icons/${size}.png`]));
	return {
		manifest_version: 3,
		name: "Raccordo",
		version,
		description: "Collega il programma clinico, la smart card del medico e il cloud sanitario regionale.",
		...(chromium ? { key: ids.chromium_key, minimum_chrome_version: "125" } : {}),
		icons,
		action: { default_title: "Raccordo", default_popup: "popup.html", default_icon: icons },
		options_ui: { page: "options.html", open_in_tab: true },
		permissions: Object.keys(permissions),
		background: chromium ? { service_worker: "background.js" } : { scripts: ["background.js"] },
		content_scripts: [
			{
				matches: [...new Set(sites.flatMap((site) => site.matches))].sort(),
				js: ["page.js"],
				run_at: "document_end",
				all_frames: false,
			},
		],
		...(chromium
			? {}
			: {
					browser_specific_settings: {
						gecko: {
							id: ids.firefox,
							strict_min_version: "142.0",
							data_collection_permissions: { required: ["none"] },
						},
					},
				}),
	};
}
