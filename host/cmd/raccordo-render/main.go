// Command raccordo-render draws pages of PDFs for the connector, which starts and ends
// it (package render/worker). It is no part of the connector's own program, which would
// be half as large again and slower to start by it. Usage: raccordo-render CACHE [warm]
package main

import (
	"fmt"
	"os"

	"raccordo/host/internal/nodump"
	"raccordo/host/internal/printing/render/protocol"
	"raccordo/host/internal/printing/render/worker"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "raccordo-render: viene avviato dal connettore")
		os.Exit(2)
	}
	err := nodump.Private() // a document is as private as a PIN
	if err == nil {
		warm := len(os.Args) == 3 && os.Args[2] == protocol.Warm
		err = worker.Main(os.Args[1], warm, os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "raccordo-render:", err)
		os.Exit(1)
	}
}
