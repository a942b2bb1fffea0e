package xmlc14n

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// isChar is production 2 of XML 1.0.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= 0x10ffff
}

// illegal names what may stand in no XML text.
func illegal(text string) string {
	for i := 0; i < len(text); {
		if b := text[i]; b >= 0x20 && b < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return "not utf-8"
		}
		if !isChar(r) {
			return "character"
		}
		i += size
	}
	return ""
}

// nameStart is production 4, without the colon.
var nameStart = [][2]rune{
	{'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xc0, 0xd6}, {0xd8, 0xf6}, {0xf8, 0x2ff}, {0x370, 0x37d}, {0x37f, 0x1fff},
	{0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef}, {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
}

// nameMore is production 4a beyond that.
var nameMore = [][2]rune{{'-', '.'}, {'0', '9'}, {0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}}

func in(r rune, ranges [][2]rune) bool {
	for _, pair := range ranges {
		if r >= pair[0] && r <= pair[1] {
			return true
		}
	}
	return false
}

// nameEnd is how much of s is a name without colon; 0: none.
func nameEnd(s string) int {
	for i, r := range s {
		if !in(r, nameStart) && (i == 0 || !in(r, nameMore)) {
			return i
		}
	}
	return len(s)
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// decode replaces references and normalises line ends (section 2.11), in an attribute
// value white space too (section 3.3.3, as of one that no DTD declares).
func decode(s string, attribute bool) (string, error) {
	special := "&\r"
	if attribute {
		special = "&\r\n\t"
	}
	at := strings.IndexAny(s, special)
	if at < 0 {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for ; at >= 0; at = strings.IndexAny(s, special) {
		b.WriteString(s[:at])
		s = s[at:]
		if s[0] == '&' {
			r, n, err := reference(s)
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
			s = s[n:]
			continue
		}
		if strings.HasPrefix(s, "\r\n") {
			s = s[1:]
		}
		s = s[1:]
		if attribute {
			b.WriteByte(' ')
		} else {
			b.WriteByte('\n')
		}
	}
	b.WriteString(s)
	return b.String(), nil
}

var entities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "apos": '\'', "quot": '"'}

// reference reads the one that s begins with. Entities need a DTD, but for five.
func reference(s string) (r rune, length int, err error) {
	end := strings.IndexByte(s[:min(len(s), 16)], ';')
	if end < 0 {
		return 0, 0, refuse("reference")
	}
	name := s[1:end]
	if !strings.HasPrefix(name, "#") {
		r, ok := entities[name]
		if !ok {
			return 0, 0, refuse("entity")
		}
		return r, end + 1, nil
	}
	digits, base := name[1:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	code, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !isChar(rune(code)) {
		return 0, 0, refuse("character reference")
	}
	return rune(code), end + 1, nil
}
