package prompt

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks a text's paragraphs into lines of at most width characters, for
// windows that would else grow as wide as the text. A longer word stays whole:
// a cut address could be taken for another.
func wrap(text string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			switch {
			case line == "":
				line = word
			case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
				line += " " + word
			default:
				lines = append(lines, line)
				line = word
			}
		}
		lines = append(lines, line)
	}
	return lines
}
