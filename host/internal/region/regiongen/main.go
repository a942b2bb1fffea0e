// Command regiongen writes manifests/regions/region.schema.json from the
// structs of package region. It is run by go generate, in the folder of that
// package.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"raccordo/host/internal/region/schema"
)

func main() {
	out := flag.String("o", "../../../manifests/regions", "folder to write to")
	flag.Parse()
	doc, err := schema.Document()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*out, schema.File), doc, 0o644); err != nil {
		log.Fatal(err)
	}
}
