package cups

import (
	"fmt"
	"net/url"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
)

// ticket is what a job says of its sheets. They are upright and of the very size, so
// everything that would turn or scale them is told not to.
func ticket(t printing.Ticket) []ipp.Attribute {
	media := []ipp.Attribute{ipp.Collection("media-size",
		ipp.Int(ipp.TagInteger, "x-dimension", t.Sheet.Width*10), // hundredths of a millimetre (PWG 5101.1)
		ipp.Int(ipp.TagInteger, "y-dimension", t.Sheet.Height*10))}
	if t.Tray != "" {
		media = append(media, ipp.Strings(ipp.TagKeyword, "media-source", t.Tray))
	}
	return []ipp.Attribute{
		ipp.Strings(ipp.TagKeyword, "job-hold-until", "indefinite"),
		ipp.Int(ipp.TagInteger, "copies", max(t.Copies, 1)),
		ipp.Collection("media-col", media...),
		ipp.Strings(ipp.TagKeyword, "sides", "one-sided"),
		ipp.Strings(ipp.TagKeyword, "print-scaling", "none"),
		ipp.Int(ipp.TagEnum, "orientation-requested", 3),
		ipp.Int(ipp.TagInteger, "number-up", 1),
		ipp.Strings(ipp.TagName, "job-sheets", "none"), // no cover page that says whose it is
	}
}

// barcodeDPI is for how many dots to the inch the ministry's bar codes are drawn well
// enough: with 300, filters blacken each dot that a bar touches, and no scanner reads
// them any more.
const barcodeDPI = 600

// fine asks a printer for more dots that has them and prints with fewer unless asked.
func fine(supported, usual ipp.Attribute) []ipp.Attribute {
	enough := func(v ipp.Value) bool {
		return v.Tag == ipp.TagResolution && v.Units == 3 && min(v.Int, v.Upper) >= barcodeDPI // dots per inch (RFC 8011, section 5.1.16)
	}
	if len(usual.Values) == 0 || enough(usual.Values[0]) {
		return nil
	}
	var best *ipp.Value
	for _, v := range supported.Values {
		if enough(v) && (best == nil || v.Int < best.Int) {
			best = &v
		}
	}
	if best == nil {
		return nil
	}
	// CUPS 2.4 hands "600x600dpi" to filters for the first, and most drivers call it "600dpi".
	return []ipp.Attribute{
		{Name: "printer-resolution", Values: []ipp.Value{*best}},
		ipp.Strings(ipp.TagKeyword, "Resolution", fmt.Sprintf("%ddpi", best.Int)),
	}
}

func printerPath(name string) string { return "/printers/" + name }

// uri names a resource of the service; which host it says does not matter.
func uri(attribute, path string) ipp.Attribute {
	u := url.URL{Scheme: "ipp", Host: "localhost", Path: path}
	return ipp.Strings(ipp.TagURI, attribute, u.String())
}
