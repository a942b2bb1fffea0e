// Firefox offers promises under `browser`, Chromium under `chrome`; both since Manifest V3.
const scope: { browser?: typeof chrome; chrome?: typeof chrome } = globalThis;

export const api: typeof chrome = scope.browser ?? chrome;
