package engine

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"raccordo/host/internal/wire"
)

// exemptionField names a Change of the exemptions.
const exemptionField = "exemption"

// differences tells where the region's registry and the page do not mean the
// same. How a thing is written makes no difference; both are told as they are.
func differences(known *wire.Known, region wire.Demographics, exemptions []wire.Exemption) []wire.Change {
	list := []wire.Change{}
	if known == nil {
		return list
	}
	p, r := known.Demographics, region
	for _, f := range []struct {
		name, page, region string
		plain              func(string) string
	}{
		{"codice_fiscale", p.CodiceFiscale, r.CodiceFiscale, plainText},
		{"surname", p.Surname, r.Surname, plainText},
		{"name", p.Name, r.Name, plainText},
		{"birth_date", p.BirthDate, r.BirthDate, plainDay},
		{"birth_place", p.BirthPlace, r.BirthPlace, plainTown},
		{"sex", p.Sex, r.Sex, plainText},
		{"address", p.Address, r.Address, plainAddress},
		{"town", p.Town, r.Town, plainTown},
		{"province", p.Province, r.Province, plainText},
		{"cap", p.CAP, r.CAP, plainText},
		{"asl", p.ASL, r.ASL, plainText},
		{"doctor", p.Doctor, r.Doctor, plainText},
		{"card_expiry", p.CardExpiry, r.CardExpiry, plainDay},
	} {
		if f.plain(f.page) != f.plain(f.region) {
			list = append(list, wire.Change{Field: f.name, Page: f.page, Region: f.region})
		}
	}
	return append(list, exemptionChanges(known.Exemptions, exemptions)...)
}

// exemptionChanges compares codes; those that only the page has come first.
func exemptionChanges(page []string, region []wire.Exemption) []wire.Change {
	var list []wire.Change
	same := func(a, b string) bool { return plainText(a) == plainText(b) }
	for _, code := range page {
		if !slices.ContainsFunc(region, func(x wire.Exemption) bool { return same(x.Code, code) }) {
			list = append(list, wire.Change{Field: exemptionField, Page: code})
		}
	}
	for _, x := range region {
		if !slices.ContainsFunc(page, func(code string) bool { return same(code, x.Code) }) {
			list = append(list, wire.Change{Field: exemptionField, Region: x.Code})
		}
	}
	return list
}

// accents takes the accents of Italian and its neighbours off capital letters;
// registries write an apostrophe after the letter instead.
var accents = strings.NewReplacer(
	"À", "A", "Á", "A", "Â", "A", "Ã", "A", "Ä", "A", "Å", "A", "È", "E", "É", "E", "Ê", "E", "Ë", "E",
	"Ì", "I", "Í", "I", "Î", "I", "Ï", "I", "Ò", "O", "Ó", "O", "Ô", "O", "Õ", "O", "Ö", "O",
	"Ù", "U", "Ú", "U", "Û", "U", "Ü", "U", "Ç", "C", "Ñ", "N", "Ý", "Y", "Š", "S", "Ž", "Z", "Č", "C", "Ć", "C",
	"'", "", "’", "", "‘", "", "`", "", "´", "")

// plainText keeps the letters and digits of a text, in capitals, and one space
// between its words.
func plainText(s string) string {
	return strings.Join(strings.FieldsFunc(capitals(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

func capitals(s string) string { return accents.Replace(strings.ToUpper(s)) }

// plainTown leaves out the province, which some write behind the town.
func plainTown(s string) string {
	town, _, _ := strings.Cut(s, "(")
	return plainText(town)
}

// plainDay understands the ways in which a day is written in Italy.
func plainDay(s string) string {
	s = strings.TrimSpace(s)
	for _, form := range []string{time.DateOnly, "02/01/2006", "2/1/2006", "02-01-2006", "02.01.2006", time.RFC3339} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return plainText(s)
}

// streets are the short forms of what a street is called.
var streets = map[string]string{
	"V": "VIA", "VLE": "VIALE", "PZA": "PIAZZA", "PZZA": "PIAZZA", "P": "PIAZZA", "PLE": "PIAZZALE", "PZLE": "PIAZZALE",
	"CSO": "CORSO", "LGO": "LARGO", "VIC": "VICOLO", "VLO": "VICOLO", "STR": "STRADA", "LOC": "LOCALITA", "FRAZ": "FRAZIONE", "FNE": "FRAZIONE",
}

// plainAddress makes one form of what a street is called, and of its number.
func plainAddress(s string) string {
	words := strings.Fields(capitals(s))
	if len(words) > 0 {
		first := strings.ReplaceAll(words[0], ".", "")
		if kind, known := streets[first]; known {
			words[0] = kind
		} else if short, rest, found := strings.Cut(words[0], "."); found && short == "V" { // V.GARIBALDI
			words[0] = "VIA " + rest
		}
	}
	parts := strings.Fields(plainText(strings.Join(words, " ")))
	var kept []string
	for i, w := range parts {
		number := i > 0 && endsInDigit(parts[i-1])
		switch {
		case i == 0 && w == "VIA" && len(parts) > 1, (w == "N" || w == "NR" || w == "NUM" || w == "CIVICO") && i+1 < len(parts) && startsWithDigit(parts[i+1]):
		case number && len(w) == 1 && len(kept) > 0: // 12/A, 12 A, 12A
			kept[len(kept)-1] += w
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func endsInDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }
