package xmlc14n

import (
	"bufio"
	"strings"
)

// escapes are the characters that canonical text writes otherwise (Canonical XML 1.0, section 2.3).
type escapes struct {
	special string
	as      map[byte]string
}

var (
	textEscapes = escapes{"&<>\r", map[byte]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}}
	attrEscapes = escapes{"&<\"\t\n\r", map[byte]string{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}}
)

func escape(w *bufio.Writer, s string, e escapes) {
	for {
		at := strings.IndexAny(s, e.special)
		if at < 0 {
			w.WriteString(s)
			return
		}
		w.WriteString(s[:at])
		w.WriteString(e.as[s[at]])
		s = s[at+1:]
	}
}
