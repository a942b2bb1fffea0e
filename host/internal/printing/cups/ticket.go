package cups

import (
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

func printerPath(name string) string { return "/printers/" + name }

// uri names a resource of the service; which host it says does not matter.
func uri(attribute, path string) ipp.Attribute {
	u := url.URL{Scheme: "ipp", Host: "localhost", Path: path}
	return ipp.Strings(ipp.TagURI, attribute, u.String())
}
