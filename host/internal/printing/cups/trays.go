package cups

import (
	"strconv"
	"strings"

	"raccordo/host/internal/wire"
)

// places are the keywords of media-source (PWG 5100.3, PWG 5100.13) as people say them.
var places = map[string]string{
	"auto": "Automatico", "main": "Vassoio principale", "alternate": "Vassoio alternativo", "manual": "Inserimento manuale",
	"by-pass-tray": "Vassoio multifunzione", "multipurpose": "Vassoio multifunzione", "large-capacity": "Vassoio grande capacità",
	"top": "Vassoio superiore", "middle": "Vassoio centrale", "bottom": "Vassoio inferiore", "side": "Vassoio laterale",
	"left": "Vassoio sinistro", "right": "Vassoio destro", "center": "Vassoio centrale", "rear": "Vassoio posteriore",
	"envelope": "Buste", "disc": "Dischi", "photo": "Carta fotografica", "hagaki": "Cartoline", "main-roll": "Rotolo", "alternate-roll": "Rotolo alternativo",
}

// english are the words of drivers that are not translated.
var english = map[string]string{
	"manual": "Inserimento manuale", "manual feed": "Inserimento manuale", "manual feeder": "Inserimento manuale", "manual paper": "Inserimento manuale",
	"bypass": "Vassoio multifunzione", "bypass tray": "Vassoio multifunzione", "mp tray": "Vassoio multifunzione", "multipurpose": "Vassoio multifunzione",
	"multipurpose tray": "Vassoio multifunzione", "multi-purpose tray": "Vassoio multifunzione", "large capacity tray": "Vassoio grande capacità",
	"envelope feed": "Buste", "envelope feeder": "Buste", "main tray": "Vassoio principale", "upper tray": "Vassoio superiore", "lower tray": "Vassoio inferiore",
}

// numbered are words before the number of a tray.
var numbered = map[string]string{"tray": "Vassoio", "paper tray": "Vassoio", "cassette": "Cassetto", "drawer": "Cassetto", "roll": "Rotolo"}

// trays names them for people: as the driver does, because that is what stands on the
// printer, else by the keyword. "Automatic" is none: it is what an empty choice means.
func trays(words []string, driver []choice) []wire.Tray {
	all := []wire.Tray{}
	for i, w := range words {
		if w == "auto" || w == "" {
			continue
		}
		name := trayName(w)
		if len(driver) == len(words) { // the service has made the keywords of the choices, in their order
			name = driver[i].forPeople(name)
		}
		all = append(all, wire.Tray{ID: w, Name: name})
	}
	return all
}

func trayName(word string) string {
	if n, ok := places[word]; ok {
		return n
	}
	text := strings.ReplaceAll(word, "-", " ")
	if n, ok := italian(text); ok || text == "" {
		return n
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// italian translates what drivers say in English, where it is known.
func italian(text string) (string, bool) {
	low := strings.ToLower(strings.TrimSpace(text))
	if n, ok := english[low]; ok {
		return n, true
	}
	if at := strings.LastIndexByte(low, ' '); at > 0 {
		if n, err := strconv.Atoi(low[at+1:]); err == nil {
			word, ok := numbered[low[:at]]
			return word + " " + strconv.Itoa(n), ok
		}
	}
	return "", false
}
