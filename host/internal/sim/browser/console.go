package browser

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// console keeps what a page or worker says.
type console struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct {
	text    string
	problem bool
}

// exception is Runtime.ExceptionDetails of the protocol.
type exception struct {
	Text      string `json:"text"`
	URL       string `json:"url"`
	Line      int    `json:"lineNumber"` // from 0
	Exception *struct {
		Description string          `json:"description"`
		Value       json.RawMessage `json:"value"`
	} `json:"exception"`
}

func (e exception) text() string {
	text := e.Text
	if e.Exception != nil {
		text = strings.TrimSpace(text + " " + e.Exception.Description + string(e.Exception.Value))
	}
	return fmt.Sprintf("%s (%s:%d)", text, e.URL, e.Line+1)
}

func (c *console) all(problemsOnly bool) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, e := range c.entries {
		if e.problem || !problemsOnly {
			out = append(out, e.text)
		}
	}
	return out
}

func (c *console) add(problem bool, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries = append(c.entries, entry{fmt.Sprintf(format, args...), problem})
}

// event reads the events of the Runtime and Log domains.
func (c *console) event(method string, raw json.RawMessage) {
	switch method {
	case "Runtime.exceptionThrown":
		var e struct {
			Details exception `json:"exceptionDetails"`
		}
		if json.Unmarshal(raw, &e) == nil {
			c.add(true, "exception: %s", e.Details.text())
		}
	case "Runtime.consoleAPICalled":
		var e struct {
			Type string `json:"type"`
			Args []struct {
				Value       json.RawMessage `json:"value"`
				Description string          `json:"description"`
			} `json:"args"`
		}
		if json.Unmarshal(raw, &e) == nil {
			var words []string
			for _, a := range e.Args {
				words = append(words, a.Description+string(a.Value))
			}
			c.add(e.Type == "error" || e.Type == "assert", "console.%s: %s", e.Type, strings.Join(words, " "))
		}
	case "Log.entryAdded":
		var e struct {
			Entry struct {
				Source, Level, Text, URL string
			} `json:"entry"`
		}
		if json.Unmarshal(raw, &e) == nil {
			c.add(e.Entry.Level == "error", "%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	}
}
