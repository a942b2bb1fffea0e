package pades

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"unicode"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades/appearance"
)

// draw gives a widget its appearance (ISO 32000-1, section 12.5.5).
func (r *revision) draw(dict pdf.Dict, b box, v view) error {
	drawing, err := appearance.Draw(appearance.Words{
		Name: tidy(signature.Signatory(r.opt.Identity.Certificate).Name), At: r.opt.Now.In(rome()), Reason: tidy(r.opt.Reason), Location: tidy(r.opt.Location),
	}, b.width, b.height)
	if err != nil {
		return err
	}
	fonts := pdf.Dict{}
	for i, f := range drawing.Fonts {
		fonts[pdf.Name([]string{"F0", "F1"}[i])] = r.font(f)
	}
	form := pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox":      pdf.Array{pdf.Integer(0), pdf.Integer(0), decimal(b.width), decimal(b.height)},
		"Resources": pdf.Dict{"Font": fonts},
	}
	if m := v.matrix(); m != nil {
		form["Matrix"] = m
		dict["MK"] = pdf.Dict{"R": pdf.Integer(v.Turned)}
	}
	dict["AP"] = pdf.Dict{"N": r.update.Add(pdf.Compressed(form, drawing.Content))}
	return nil
}

// font puts a font of two-byte glyph numbers (section 9.7).
func (r *revision) font(f *appearance.Font) pdf.Ref {
	file := f.Subset()
	name := pdf.Name(tag(file) + "+" + f.Name)
	ascent, descent, capital, bounds := f.Metrics()
	var box, widths pdf.Array
	for _, n := range bounds {
		box = append(box, pdf.Integer(n))
	}
	for _, n := range f.Widths() {
		widths = append(widths, pdf.Integer(n))
	}
	descriptor := r.update.Add(pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "Flags": pdf.Integer(4), // symbolic: no Latin encoding of its own
		"FontBBox": box, "ItalicAngle": pdf.Integer(0), "Ascent": pdf.Integer(ascent), "Descent": pdf.Integer(descent),
		"CapHeight": pdf.Integer(capital), "StemV": pdf.Integer(80),
		"FontFile2": r.update.Add(pdf.Compressed(pdf.Dict{"Length1": pdf.Integer(len(file))}, file)),
		"CIDSet":    r.update.Add(pdf.Compressed(pdf.Dict{}, all(len(widths)))), // PDF/A-1, section 6.3.5
	})
	descendant := r.update.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name,
		"CIDSystemInfo": pdf.Dict{
			"Registry": text("Adobe"), "Ordering": text("Identity"), "Supplement": pdf.Integer(0),
		},
		"FontDescriptor": descriptor, "CIDToGIDMap": pdf.Name("Identity"), "W": pdf.Array{pdf.Integer(0), widths},
	})
	return r.update.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name, "Encoding": pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{descendant}, "ToUnicode": r.update.Add(pdf.Compressed(pdf.Dict{}, f.ToUnicode())),
	})
}

// tag tells subsets of a face apart (section 9.6.4).
func tag(file []byte) string {
	sum := sha256.Sum256(file)
	letters := make([]byte, 6)
	for i := range letters {
		letters[i] = 'A' + sum[i]%26
	}
	return string(letters)
}

// all is a bit for each of so many glyphs, the highest bit first.
func all(glyphs int) []byte {
	bits := bytes.Repeat([]byte{0xff}, (glyphs+7)/8)
	bits[len(bits)-1] <<= (8 - glyphs%8) % 8
	return bits
}

// tidy makes one line of a text, without what can not be seen.
func tidy(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, s)), " ")
}
