/** Project root and the bundled content script, put in place by scripts/test.mjs. */
declare const ROOT: string;
declare const PAGE_SCRIPT: string;
