package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// spelt is how letters and signs are written that Windows-1252, the standard
// fonts' characters, has not, and that are no letter with a mark. Greek letters
// stand in the names of drugs.
var spelt = map[rune]string{
	'Đ': "D", 'đ': "d", 'Ħ': "H", 'ħ': "h", 'ı': "i", 'Ł': "L", 'ł': "l", 'Ŋ': "N", 'ŋ': "n", 'Ŧ': "T", 'ŧ': "t", 'ə': "e", 'Ə': "E", 'ẞ': "SS",
	'α': "alfa", 'β': "beta", 'γ': "gamma", 'δ': "delta", 'ε': "epsilon", 'ω': "omega", 'Ω': "ohm", 'μ': "µ",
	'≥': ">=", '≤': "<=", '≠': "diverso da", '≈': "circa ", '−': "-", '‐': "-", '‑': "-", '‒': "-", '―': "-", '→': "->", '←': "<-", '∞': "infinito", '√': "radice di ",
	'⁄': "/", '∕': "/", '′': "'", '″': "\"", 'ʼ': "'", 'ʹ': "'", '‛': "'", '★': "*", '✓': "si'", '●': "•", '■': "•", '▪': "•", '◦': "-", '∙': "·",
}

// Latin puts text into Windows-1252. What is not there is written with the letters
// that are: without its mark (Ş, ő), spelt (β), or taken apart (½ is there, ⅓ is
// 1/3). Line ends, tabs and odd spaces are spaces; what nobody sees is left out.
// ok is false when something has no such form: it stands there as a question mark.
func Latin(text string) (out string, ok bool) {
	var b strings.Builder
	b.Grow(len(text))
	ok = true
	for _, r := range norm.NFC.String(text) {
		if !write(&b, r) {
			b.WriteByte('?')
			ok = false
		}
	}
	return b.String(), ok
}

func write(b *strings.Builder, r rune) bool {
	if unicode.IsSpace(r) {
		b.WriteByte(' ')
		return true
	}
	if c, ok := charmap.Windows1252.EncodeRune(r); ok && !unicode.IsControl(r) && r != '\u00ad' {
		b.WriteByte(c)
		return true
	}
	if s, ok := spelt[r]; ok {
		for _, r := range s {
			c, _ := charmap.Windows1252.EncodeRune(r)
			b.WriteByte(c)
		}
		return true
	}
	switch {
	case r == utf8.RuneError:
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
		return true
	}
	apart := norm.NFKD.String(string(r))
	if apart == string(r) {
		return false
	}
	for _, part := range apart {
		if !write(b, part) {
			return false
		}
	}
	return true
}
