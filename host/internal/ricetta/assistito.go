package ricetta

import "strings"

// ValidAssistito tells whether s can name a patient: a codice fiscale with a
// birth date, a provisional one of eleven digits, or STP/ENI and 13 digits.
func ValidAssistito(s string) bool {
	switch {
	case len(s) == 11:
		return validProvisional(s)
	case foreignerCode(s):
		return len(s) == 16 && digits(s[3:])
	}
	return ValidCodiceFiscale(s) && HasBirthDate(s)
}

// foreignerCode: STP (stranieri temporaneamente presenti) or ENI (europei non
// iscritti). No codice fiscale begins so and goes on with a digit.
func foreignerCode(s string) bool {
	return len(s) > 3 && (s[:3] == "STP" || s[:3] == "ENI") && s[3] >= '0' && s[3] <= '9'
}

// validProvisional checks the numeric codice fiscale, closed by a digit like a
// partita IVA.
func validProvisional(s string) bool {
	return len(s) == 11 && digits(s) && (doubledSum(s[:10])+int(s[10]-'0'))%10 == 0
}

// doubledSum is the sum, modulo 10, of the figures of s with those at even
// places, from the left, doubled and counted by their own figures (as in
// ISO/IEC 7812-1).
func doubledSum(s string) int {
	sum := 0
	for i := range len(s) {
		d := int(s[i] - '0')
		if i%2 == 1 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	return sum % 10
}

// wrongCheckLetter: all is well but the last letter.
func wrongCheckLetter(code string) bool {
	if len(code) != 16 {
		return false
	}
	letter, ok := CheckLetter(code[:15])
	return ok && letter != code[15] && ValidCodiceFiscale(code[:15]+string(letter))
}

// patientCode says what is wrong with a patient's code, empty when nothing is.
func patientCode(code string) string {
	switch {
	case ValidAssistito(code):
		return ""
	case strings.ToUpper(strings.TrimSpace(code)) != code && ValidAssistito(strings.ToUpper(strings.TrimSpace(code))):
		return "Il codice dell'assistito va scritto in lettere maiuscole e senza spazi: correggerlo."
	case foreignerCode(code):
		return "Un codice STP o ENI ha tre lettere e 13 cifre: verificarlo sul tesserino dell'assistito."
	case len(code) == 11 && digits(code):
		return "Il codice fiscale provvisorio di 11 cifre non è corretto (l'ultima cifra non corrisponde): verificarlo sul documento dell'assistito."
	case wrongCheckLetter(code):
		return "Il codice fiscale dell'assistito non è corretto (l'ultima lettera non corrisponde): verificarlo sulla tessera sanitaria."
	case ValidCodiceFiscale(code):
		return "Il codice fiscale dell'assistito contiene un giorno o un mese di nascita che non esiste: verificarlo sulla tessera sanitaria."
	}
	return "Il codice dell'assistito non è un codice fiscale né un codice STP o ENI: verificarlo sulla tessera sanitaria."
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
