// The site profiles, put in place by the build from manifests/sites/*.json.
import type { SiteProfile } from "./profile.gen.ts";

declare const SITES: readonly SiteProfile[];

export const sites: readonly SiteProfile[] = SITES;
