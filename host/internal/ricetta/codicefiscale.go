// Package ricetta knows what a prescription is made of before it leaves and
// what the answers about it mean: the codice fiscale, the NRE, the AIC, the
// rules of every field, the composed fields, outcome codes, states and expiry.
// It never talks to anybody and never refuses what may be right: a rule that
// only the region can know is left to the region. A fault it finds names the
// field, the rule and the remedy in Italian; values never appear in a text.
//
// Sources: DM 23 Dec 1976 (codice fiscale); SPEC24 = MEF/Sogei, "Web services
// ricetta dematerializzata, part 1: prescrizione", 5 Dec 2024 (NRE, fields,
// states) and the XSDs of the same kit.
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

// omocodiaPlaces are the seven of them, counted from 0.
var omocodiaPlaces = [7]int{6, 7, 9, 10, 12, 13, 14}

// ValidCodiceFiscale tells whether s is a 16-character codice fiscale with a
// right check letter, omocodia included. The birth date in it is not looked
// at: the ministry's own test doctors have none. See HasBirthDate.
func ValidCodiceFiscale(s string) bool {
	if len(s) != 16 {
		return false
	}
	for _, i := range omocodiaPlaces {
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

// birthMonths are the letters of January to December (DM 23 Dec 1976, art. 5).
const birthMonths = "ABCDEHLMPRST"

// HasBirthDate tells whether the ninth to eleventh characters of a codice
// fiscale name a month and a day that exist: 1 to 31, for women 41 to 71.
func HasBirthDate(s string) bool {
	if len(s) != 16 {
		return false
	}
	month := strings.IndexByte(birthMonths, s[8])
	tens, units := strings.IndexByte(omocodia, s[9]), strings.IndexByte(omocodia, s[10])
	if month < 0 || tens < 0 || units < 0 {
		return false
	}
	day := tens%10*10 + units%10
	if day > 40 {
		day -= 40
	}
	return day >= 1 && day <= monthDays[month]
}

// monthDays: the year has two digits only, so that 29 February is let pass.
var monthDays = [12]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
