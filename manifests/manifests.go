// Package manifests embeds the data that describes Raccordo to others: the
// protocol, the built-in region profiles, the site profiles and the identities
// of the extension. It holds no logic; whoever reads a file interprets it.
package manifests

import "embed"

// Files has protocol/*.json, regions/*.toml, sheets/*.toml with their schema
// (where things stand on paper), sites/*.json, native/ids.json and the Italian
// words for error codes, texts/errors.it.json.
//
//go:embed texts/*.json protocol/*.json regions/*.toml sheets/*.toml sheets/*.json sites/*.json native/ids.json regions
var Files embed.FS
