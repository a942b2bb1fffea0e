// Package manifests embeds the data that describes Raccordo to others: the
// protocol, the built-in region profiles, the site profiles and the identities
// of the extension. It holds no logic; whoever reads a file interprets it.
package manifests

import "embed"

// Files has protocol/*.json, regions/*.toml, sites/*.json and native/ids.json.
//
//go:embed protocol/*.json regions/*.toml sites/*.json native/ids.json regions
var Files embed.FS
