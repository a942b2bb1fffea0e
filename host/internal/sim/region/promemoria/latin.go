package promemoria

import "strings"

// windows1252 is where the standard fonts' characters that ISO 8859-1 lacks
// stand.
var windows1252 = map[rune]byte{
	'€': 0x80, '‚': 0x82, 'ƒ': 0x83, '„': 0x84, '…': 0x85, '†': 0x86, '‡': 0x87, 'ˆ': 0x88, '‰': 0x89, 'Š': 0x8a, '‹': 0x8b, 'Œ': 0x8c, 'Ž': 0x8e,
	'‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '•': 0x95, '–': 0x96, '—': 0x97, '˜': 0x98, '™': 0x99, 'š': 0x9a, '›': 0x9b, 'œ': 0x9c, 'ž': 0x9e, 'Ÿ': 0x9f,
}

// latin puts text into the fonts' encoding; what they lack becomes a dot.
func latin(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range text {
		b, special := windows1252[r]
		switch {
		case special:
		case r < 0x80 || r >= 0xa0 && r <= 0xff:
			b = byte(r)
		default:
			b = '.'
		}
		out.WriteByte(b)
	}
	return out.String()
}
