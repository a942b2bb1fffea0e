package sheet

var (
	units = []string{"zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci",
		"undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"}
	tens = []string{"", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"}
)

// packs writes how many packages, which are feminine.
func packs(n int) string {
	if n == 1 {
		return "una"
	}
	return inWords(n)
}

// inWords writes 0 to 99 in Italian, so that a figure cannot be changed by hand.
func inWords(n int) string {
	switch {
	case n < 0 || n > 99:
		return ""
	case n < len(units):
		return units[n]
	}
	ten, unit := tens[n/10], n%10
	switch unit {
	case 0:
		return ten
	case 1, 8:
		ten = ten[:len(ten)-1] // ventuno, ventotto
	case 3:
		return ten + "tré"
	}
	return ten + units[unit]
}
