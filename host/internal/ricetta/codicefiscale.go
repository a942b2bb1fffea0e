// Package ricetta knows what a prescription is made of before it leaves: the
// codice fiscale, the NRE, the AIC and the rules of the fields. It never talks
// to anybody; a fault it finds names the field, the rule and the remedy in
// Italian.
//
// Sources: DM 23 Dec 1976 (codice fiscale), MEF/Sogei "Web services ricetta
// dematerializzata, part 1: prescrizione", 5 Dec 2024 (NRE, fields).
package ricetta

import "strings"

// oddValues are the values of characters in odd positions (DM 23 Dec 1976,
// art. 11), indexed by 0-9 then A-Z.
var oddValues = [36]int{
	1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
	1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
}

// CheckLetter computes the 16th letter of a codice fiscale from its first 15
// characters. ok is false when body is not 15 upper-case letters and digits.
func CheckLetter(body string) (letter byte, ok bool) {
	if len(body) != 15 {
		return 0, false
	}
	sum := 0
	for i := range 15 {
		c := body[i]
		var index, even int
		switch {
		case c >= '0' && c <= '9':
			index, even = int(c-'0'), int(c-'0')
		case c >= 'A' && c <= 'Z':
			index, even = int(c-'A')+10, int(c-'A')
		default:
			return 0, false
		}
		if i%2 == 0 { // odd position, counted from 1
			sum += oddValues[index]
		} else {
			sum += even
		}
	}
	return byte('A' + sum%26), true
}

// omocodia positions hold digits, or the letters that replace them when two
// people would get the same code (DM 23 Dec 1976, art. 6).
const omocodia = "0123456789LMNPQRSTUV"

// ValidCodiceFiscale tells whether s is a 16-character codice fiscale with a
// right check letter, omocodia included.
func ValidCodiceFiscale(s string) bool {
	if len(s) != 16 {
		return false
	}
	for _, i := range []int{6, 7, 9, 10, 12, 13, 14} {
		if strings.IndexByte(omocodia, s[i]) < 0 {
			return false
		}
	}
	for _, i := range []int{0, 1, 2, 3, 4, 5, 8, 11} {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	letter, ok := CheckLetter(s[:15])
	return ok && letter == s[15]
}

// ValidAssistito tells whether s can name a patient: a codice fiscale, an
// 11-digit provisional one, or STP/ENI and 13 digits.
func ValidAssistito(s string) bool {
	switch {
	case len(s) == 11:
		return digits(s)
	case len(s) == 16 && (strings.HasPrefix(s, "STP") || strings.HasPrefix(s, "ENI")):
		return digits(s[3:])
	}
	return ValidCodiceFiscale(s)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
