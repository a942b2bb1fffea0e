package paper

import (
	"math"
	"time"

	"raccordo/host/internal/printing/ipp"
)

// attributes are what a printer of IPP Everywhere says of itself (PWG 5100.14 §5.1).
func (d *device) attributes() []ipp.Attribute {
	keyword := func(name string, values ...string) ipp.Attribute { return ipp.Strings(ipp.TagKeyword, name, values...) }
	state, reason := 3, "none"
	if f := d.fault(); f != Fine {
		state, reason = 5, string(f)
	}
	ops := ipp.Attribute{Name: "operations-supported"}
	for _, op := range []ipp.Op{printJob, validateJob, ipp.CreateJob, ipp.SendDocument, ipp.CancelJob, ipp.GetJobAttributes, ipp.GetJobs, ipp.GetPrinterAttributes} {
		ops.Values = append(ops.Values, ipp.Value{Tag: ipp.TagEnum, Int: int32(op)})
	}
	media, database, size := d.media()
	return []ipp.Attribute{
		ipp.Strings(ipp.TagURI, "printer-uri-supported", d.uri()), keyword("uri-security-supported", "none"), keyword("uri-authentication-supported", "none"),
		ipp.Strings(ipp.TagName, "printer-name", d.printer.Name), ipp.Strings(ipp.TagText, "printer-info", d.printer.Info),
		ipp.Strings(ipp.TagText, "printer-make-and-model", "Stampante simulata senza driver"),
		ipp.Int(ipp.TagEnum, "printer-state", state), keyword("printer-state-reasons", reason), ipp.Bool("printer-is-accepting-jobs", true),
		ipp.Int(ipp.TagInteger, "printer-up-time", int(time.Now().Unix()&math.MaxInt32)), ipp.Int(ipp.TagInteger, "queued-job-count", 0),
		keyword("ipp-versions-supported", "1.1", "2.0"), keyword("ipp-features-supported", "ipp-everywhere"), ops,
		ipp.Strings(ipp.TagCharset, "charset-configured", "utf-8"), ipp.Strings(ipp.TagCharset, "charset-supported", "utf-8"),
		ipp.Strings(ipp.TagLanguage, "natural-language-configured", "en"), ipp.Strings(ipp.TagLanguage, "generated-natural-language-supported", "en"),
		ipp.Strings(ipp.TagMIME, "document-format-default", "application/pdf"), ipp.Strings(ipp.TagMIME, "document-format-supported", "application/pdf"),
		keyword("compression-supported", "none"), keyword("pdl-override-supported", "attempted"), ipp.Bool("multiple-document-jobs-supported", false),
		keyword("job-creation-attributes-supported", "copies", "media", "media-col", "orientation-requested", "print-quality", "print-scaling", "sides"),
		{Name: "copies-supported", Values: []ipp.Value{{Tag: ipp.TagRange, Int: 1, Upper: 99}}}, ipp.Int(ipp.TagInteger, "copies-default", 1),
		keyword("sides-supported", "one-sided", "two-sided-long-edge"), keyword("sides-default", "two-sided-long-edge"),
		keyword("print-color-mode-supported", "monochrome"), keyword("print-color-mode-default", "monochrome"),
		ipp.Int(ipp.TagEnum, "print-quality-supported", 4), ipp.Int(ipp.TagEnum, "print-quality-default", 4),
		ipp.Int(ipp.TagEnum, "orientation-requested-supported", 3), keyword("print-scaling-supported", "none", "auto"),
		{Name: "printer-resolution-supported", Values: []ipp.Value{{Tag: ipp.TagResolution, Int: 300, Upper: 300, Units: 3}}},
		{Name: "printer-resolution-default", Values: []ipp.Value{{Tag: ipp.TagResolution, Int: 300, Upper: 300, Units: 3}}},
		media, database, size, keyword("media-default", media.Values[0].Text), keyword("media-source-supported", d.sources()...),
		keyword("media-col-supported", "media-size", "media-source", "media-top-margin", "media-bottom-margin", "media-left-margin", "media-right-margin"),
		margin("media-top-margin-supported"), margin("media-bottom-margin-supported"), margin("media-left-margin-supported"), margin("media-right-margin-supported"),
	}
}

func margin(name string) ipp.Attribute { return ipp.Int(ipp.TagInteger, name, 423) }

// sources are keywords of PWG 5100.3.
func (d *device) sources() []string {
	all := []string{"auto"}
	for _, t := range d.printer.Trays {
		all = append(all, t.Choice)
	}
	return all
}

// media are the sheets by their names of PWG 5101.1, and by their lengths.
func (d *device) media() (names, database, sizes ipp.Attribute) {
	names, database, sizes = ipp.Attribute{Name: "media-supported"}, ipp.Attribute{Name: "media-col-database"}, ipp.Attribute{Name: "media-size-supported"}
	for _, p := range []struct {
		name string
		w, h int
	}{{"iso_a4_210x297mm", 21000, 29700}, {"iso_a5_148x210mm", 14800, 21000}} {
		dimensions := []ipp.Attribute{ipp.Int(ipp.TagInteger, "x-dimension", p.w), ipp.Int(ipp.TagInteger, "y-dimension", p.h)}
		names.Values = append(names.Values, ipp.Value{Tag: ipp.TagKeyword, Text: p.name})
		sizes.Values = append(sizes.Values, ipp.Value{Tag: ipp.TagBegin, Members: dimensions})
		database.Values = append(database.Values, ipp.Value{Tag: ipp.TagBegin, Members: []ipp.Attribute{
			ipp.Collection("media-size", dimensions...), margin("media-top-margin"), margin("media-bottom-margin"), margin("media-left-margin"), margin("media-right-margin"),
		}})
	}
	return names, database, sizes
}
