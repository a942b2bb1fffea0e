// Command wiregen writes manifests/protocol/raccordo.schema.json and
// methods.json from the structs of package wire. It is run by go generate, in
// the folder of that package.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"raccordo/host/internal/wire/schema"
)

func main() {
	out := flag.String("o", "../../../manifests/protocol", "folder to write to")
	flag.Parse()
	docs, err := schema.Documents()
	if err != nil {
		log.Fatal(err)
	}
	for name, body := range docs {
		if err := os.WriteFile(filepath.Join(*out, name), body, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
