package windialog

import (
	"unicode/utf16"
	"unicode/utf8"
)

// utf8Of turns what was typed into UTF-8 without a string, which could not be
// wiped, and without growing, which would leave copies.
func utf8Of(typed []uint16) []byte {
	text := make([]byte, 0, 3*len(typed))
	for i := 0; i < len(typed); i++ {
		r := rune(typed[i])
		if utf16.IsSurrogate(r) && i+1 < len(typed) {
			if pair := utf16.DecodeRune(r, rune(typed[i+1])); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}
