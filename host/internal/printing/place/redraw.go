package place

import (
	"bytes"
	"fmt"
	"strings"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place/marks"
)

// maxContents bounds the contents of a page that are joined, in bytes.
const maxContents = 64 << 20

// redraw makes a page the sheet. The old contents become a form: unlike contents
// between q and Q it takes its patterns with it, which have the page's own
// coordinates otherwise (ISO 32000-1, section 8.7.3.1), and no q or Q too many
// reaches beyond it.
func (d document) redraw(u *pdf.Update, s side, m marks.Matrix, sheet printing.Sheet) error {
	form, err := d.form(s)
	if err != nil {
		return err
	}
	visible := pdf.Array{decimal(s.view.Left), decimal(s.view.Bottom), decimal(s.view.Left + s.view.Width), decimal(s.view.Bottom + s.view.Height)}
	forms, layers := pdf.Dict{}, pdf.Dict{}
	var b strings.Builder
	fmt.Fprintf(&b, "q\n%s cm\n%.4f %.4f %.4f %.4f re W n\n", m, s.view.Left, s.view.Bottom, s.view.Width, s.view.Height)
	if form != nil {
		form.Dict["Type"], form.Dict["Subtype"], form.Dict["BBox"] = pdf.Name("XObject"), pdf.Name("Form"), visible
		if form.Dict["Resources"] = s.page.Value("Resources"); form.Dict["Resources"] == nil {
			form.Dict["Resources"] = pdf.Dict{}
		}
		forms["P"] = u.Add(*form)
		b.WriteString("/P Do\n")
	}
	for i, a := range s.annots {
		name := pdf.Name(fmt.Sprint("A", i))
		forms[name] = a.form
		layer := ""
		if a.layer != nil {
			layers[name] = a.layer
			layer = fmt.Sprintf("/OC /%s BDC ", name)
		}
		fmt.Fprintf(&b, "%sq %s cm /%s Do Q", layer, a.matrix, name)
		if layer != "" {
			b.WriteString(" EMC")
		}
		b.WriteByte('\n')
	}
	b.WriteString("Q")
	box := pdf.Array{pdf.Integer(0), pdf.Integer(0), decimal(float64(sheet.Width) * tenth), decimal(float64(sheet.Height) * tenth)}
	resources := pdf.Dict{"XObject": forms}
	if len(layers) > 0 {
		resources["Properties"] = layers
	}
	page := pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": s.page.Dict["Parent"], "MediaBox": box, "CropBox": box, "Rotate": pdf.Integer(0),
		"Resources": resources, "Contents": u.Add(pdf.Data{Dict: pdf.Dict{}, Bytes: []byte(b.String())}),
	}
	if group := s.page.Dict["Group"]; group != nil {
		page["Group"] = group
	}
	u.Put(s.page.Ref, page)
	return nil
}

func decimal(n float64) pdf.Real { return pdf.Decimal(n, 4) }

// form has the contents of a page, as they are when they are one stream and in order. Nil: there are none.
func (d document) form(s side) (*pdf.Data, error) {
	streams, err := d.file.Contents(s.page)
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	if len(streams) == 1 && len(s.surplus) == 0 {
		return d.copied(streams[0])
	}
	data, err := d.file.Joined(streams, maxContents)
	if err != nil {
		return nil, err
	}
	for _, at := range s.surplus {
		data[at] = ' '
	}
	form := pdf.Compressed(pdf.Dict{}, data)
	return &form, nil
}

func (d document) copied(s *pdf.Stream) (*pdf.Data, error) {
	raw, err := d.file.Raw(s)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(raw); err != nil {
		return nil, err
	}
	form := &pdf.Data{Dict: pdf.Dict{}, Bytes: b.Bytes()}
	for _, key := range []pdf.Name{"Filter", "DecodeParms"} {
		if o := s.Dict[key]; o != nil {
			form.Dict[key] = o
		}
	}
	return form, nil
}
