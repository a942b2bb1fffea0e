package sheet

import (
	"fmt"
	"strings"

	"raccordo/host/internal/wire"
)

// settingsInWords says a profile's values; width and height are the sheet as read.
func settingsInWords(set wire.PrinterSettings, width, height float64) []string {
	paper := set.Paper
	if paper == "custom" {
		paper = "personalizzata"
	}
	reading := "verticale"
	if width > height {
		reading = "orizzontale"
	}
	return []string{
		"Stampante: " + orWord(set.Printer, "non scelta"),
		fmt.Sprintf("Carta: %s, %s × %s mm, letta in %s", paper, comma(width), comma(height), reading),
		"Vassoio: " + orWord(set.Tray, "scelto dalla stampante"),
		fmt.Sprintf("Copie: %d", max(set.Copies, 1)),
		"Scala: " + scaleInWords(set.Scale),
		"Spostamento orizzontale: " + offsetInWords(set.OffsetX, "a destra", "a sinistra"),
		"Spostamento verticale: " + offsetInWords(set.OffsetY, "in basso", "in alto"),
	}
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func scaleInWords(scale int) string {
	if scale == 0 {
		return "100 %, ridotta solo se il contenuto non entra nel foglio"
	}
	return fmt.Sprintf("%d %%", scale)
}

// offsetInWords reads tenths of a millimetre.
func offsetInWords(tenths int, more, less string) string {
	switch {
	case tenths > 0:
		return fmt.Sprintf("+%s mm (%s)", comma(float64(tenths)/10), more)
	case tenths < 0:
		return fmt.Sprintf("-%s mm (%s)", comma(float64(-tenths)/10), less)
	}
	return "0,0 mm"
}

// comma writes millimetres with one decimal, as Italians read them.
func comma(mm float64) string { return strings.Replace(fmt.Sprintf("%.1f", mm), ".", ",", 1) }
