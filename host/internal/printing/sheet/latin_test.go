package sheet

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestLatin(t *testing.T) {
	for name, row := range map[string]struct {
		in, want string
		ok       bool
	}{
		"Italian":              {"però è così: più, lunedì, perché, À È É Ì Ò Ù", "però è così: più, lunedì, perché, À È É Ì Ò Ù", true},
		"taken apart":          {"perche\u0301", "perché", true},
		"signs of the fonts":   {"€ – — “virgolette” ‘apici’ … ™ ½ µg ²", "€ – — “virgolette” ‘apici’ … ™ ½ µg ²", true},
		"names of elsewhere":   {"Đorđević Łukasz Şahin Őrsi Čapek Ångström Nuñez İnci", "Dordevic Lukasz Sahin Orsi Capek Ångström Nuñez Inci", true},
		"Greek in drugs":       {"interferone β-1a 30 μg", "interferone beta-1a 30 µg", true},
		"comparisons":          {"≥ 18 anni, ≤ 5 mg → 1 cp", ">= 18 anni, <= 5 mg -> 1 cp", true},
		"fractions, ligatures": {"⅓ cpr ﬁlm", "1/3 cpr film", true},
		"spaces":               {"a\tb\nc\u00a0d\u2009e", "a b c d e", true},
		"what nobody sees":     {"a\u200bb\u00adc\ufeffd\x00e\u202ef", "abcdef", true},
		"Cyrillic":             {"Иван", "????", false},
		"Chinese":              {"a漢b", "a?b", false},
		"an emoji":             {"ok 💊", "ok ?", false},
		"no UTF-8":             {"a\xffb", "a?b", false},
		"nothing":              {"", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			out, ok := Latin(row.in)
			got, err := charmap.Windows1252.NewDecoder().String(out)
			if err != nil || got != row.want || ok != row.ok {
				t.Errorf("%q, %v, want %q, %v (%v)", got, ok, row.want, row.ok, err)
			}
		})
	}
}

func TestInWords(t *testing.T) {
	for n, want := range map[int]string{
		0: "zero", 1: "uno", 8: "otto", 11: "undici", 17: "diciassette", 20: "venti", 21: "ventuno", 23: "ventitré", 28: "ventotto",
		33: "trentatré", 45: "quarantacinque", 61: "sessantuno", 88: "ottantotto", 99: "novantanove", 100: "", -1: "",
	} {
		if got := inWords(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if packs(1) != "una" || packs(2) != "due" {
		t.Error("packages are feminine")
	}
}
