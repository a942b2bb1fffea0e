// Package texts has the Italian words for what goes wrong: for each error code
// what happened and what to do about it. They are written in the extension
// (extension/src/texts/it.ts, where a code without words does not compile) and
// reach this package as manifests/texts/errors.it.json; nothing is worded here.
package texts

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// Message is what a person reads.
type Message struct {
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// file is where the extension's words are kept for others.
const file = "texts/errors.it.json"

var all = sync.OnceValue(func() map[wire.ErrorCode]Message {
	table := map[wire.ErrorCode]Message{}
	text, err := fs.ReadFile(manifests.Files, file)
	if err == nil {
		err = json.Unmarshal(text, &table)
	}
	if err != nil {
		panic(fmt.Sprintf("texts: embedded %s: %v", file, err)) // a test reads it
	}
	return table
})

// Of gives the words for a code. An unknown code, of a newer agent, has those
// of an unexpected fault.
func Of(code wire.ErrorCode) Message {
	if m, ok := all()[code]; ok {
		return m
	}
	return all()[wire.ErrInternal]
}
