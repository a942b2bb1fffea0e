package pades_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/sim/pdftest"
)

// revise adds a revision by hand: objects as they are to be, and a table.
func revise(doc []byte, objects map[int]string) []byte {
	b := pdftest.Bare()
	b.Write(doc)
	b.WriteByte('\n')
	for number, body := range objects {
		b.Object(number, body)
	}
	found := regexp.MustCompile(`startxref\s+(\d+)`).FindAllSubmatch(doc, -1)
	return b.End("/Prev " + string(found[len(found)-1][1]))
}

// Permissions of an author; open: there is none.
const open, nothing, forms, notes = 0, 1, 2, 3

const (
	page = "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> "
	note = "<</Type /Annot /Subtype /FreeText /Rect [1 1 100 100] /Contents (altro)>>"
	// What becomes of the text field of byHand.
	filledIn = "<</Type /Annot /Subtype /Widget /FT /Tx /T (nota) /V (piena) /Rect [60 600 300 620] /P 3 0 R /F 4 " +
		"/DA (/Helv 10 Tf 0 g) /AP <</N 9 0 R>>>>"
)

// addition is what comes after a signature.
type addition struct {
	name    string
	objects map[int]string
	catalog string
	want    map[int]signature.Covers // by permission; none: broken
}

func additions() []addition {
	always := map[int]signature.Covers{open: signature.Whole, nothing: signature.Whole, forms: signature.Whole, notes: signature.Whole}
	return []addition{
		{"other contents", map[int]string{4: "<</Length 2>>\nstream\nBT\nendstream"}, "", nil},
		{"another page", map[int]string{3: page + "/Rotate 180>>"}, "", nil},
		{"other contents, new object", map[int]string{3: page + "/Contents 20 0 R /Annots [6 0 R 8 0 R 10 0 R]>>"}, "", nil},
		{"another font", map[int]string{5: "<</Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats>>"}, "", nil},
		{"other pages", map[int]string{2: "<</Type /Pages /Kids [3 0 R 3 0 R] /Count 2 /MediaBox [0 0 595 842]>>"}, "", nil},
		{"an action", nil, "/OpenAction <</S /JavaScript /JS (app.alert(1))>>", nil},
		{"a note", map[int]string{3: page + "/Annots [6 0 R 8 0 R 10 0 R 21 0 R]>>", 21: note}, "",
			map[int]signature.Covers{open: signature.Part, notes: signature.Part}},
		{"the field taken away", map[int]string{3: page + "/Annots [8 0 R]>>"}, "", nil},
		{"a field filled", map[int]string{8: filledIn}, "", map[int]signature.Covers{open: signature.Part, forms: signature.Part, notes: signature.Part}},
		{"a field moved", map[int]string{8: strings.Replace(filledIn, "600", "500", 1)}, "", nil},
		{"proofs", nil, "/DSS <</Type /DSS /Certs []>>",
			always},
		{"outlines", nil, "/Outlines <</Count 0>>", map[int]signature.Covers{open: signature.Part}},
		{"a field added", map[int]string{3: page + "/Annots [6 0 R 8 0 R 10 0 R 21 0 R]>>", 21: strings.Replace(filledIn, "nota", "altra", 1)}, "",
			map[int]signature.Covers{open: signature.Part}},
		{"an appearance of a field changed", map[int]string{9: "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 2>>\nstream\n q\nendstream"}, "",
			map[int]signature.Covers{open: signature.Part, forms: signature.Part, notes: signature.Part}},
		{"a note changed", map[int]string{10: "<</Type /Annot /Subtype /Text /Rect [1 1 9 9] /Contents (piena)>>"}, "",
			map[int]signature.Covers{open: signature.Part, notes: signature.Part}},
		{"metadata", map[int]string{11: "<</Type /Metadata /Subtype /XML /Length 2>>\nstream\n<>\nendstream"}, "",
			always},
		{"the same stream", map[int]string{4: fmt.Sprintf("<< /Length %d>>\nstream\n%s\nendstream", len(pdftest.Text), pdftest.Text)}, "",
			always},
		{"a stream as long", map[int]string{4: fmt.Sprintf("<< /Length %d>>\nstream\n%s\nendstream", len(pdftest.Text), strings.Replace(pdftest.Text, "prova", "altro", 1))}, "", nil},
		{"nothing new", map[int]string{5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"}, "",
			always},
	}
}

// What is added after a signature, and what is changed.
func TestAdded(t *testing.T) {
	h := newHouse(t)
	docs := map[int][]byte{open: byHand(t, h, "", "", "")}
	for p := nothing; p <= notes; p++ {
		docs[p] = certified(t, h, p)
	}
	const catalog = "<</Type /Catalog /Pages 2 0 R /Metadata 11 0 R /AcroForm <</Fields [6 0 R 8 0 R] /SigFlags 3>> "
	for _, row := range additions() {
		for permission, doc := range docs {
			t.Run(fmt.Sprintf("%s, permission %d", row.name, permission), func(t *testing.T) {
				objects := row.objects
				if row.catalog != "" {
					perms := ""
					if permission != open {
						perms = "/Perms <</DocMDP 7 0 R>> "
					}
					objects = map[int]string{1: catalog + perms + row.catalog + ">>"}
				}
				f := verify(t, revise(doc, objects))[0]
				want, holds := row.want[permission]
				if holds && (f.Broken != nil || f.Covers != want) {
					t.Errorf("%s %v, want %s", f.Covers, f.Broken, want)
				}
				if !holds && !errors.Is(f.Broken, pades.ErrModified) {
					t.Errorf("%s %v, want broken", f.Covers, f.Broken)
				}
			})
		}
	}
}

// rewritten changes what stands in the signature's dictionary, at the same length.
func rewritten(doc []byte, old, new string) []byte {
	out := bytes.Replace(doc, []byte(old), []byte(new+strings.Repeat(" ", max(0, len(old)-len(new)))), 1)
	if len(out) != len(doc) {
		panic("another length")
	}
	return out
}

// The known attacks on signed PDFs: universal forgery, wrapping, incremental
// saving, shadows (Mladenov and others, 2019 and 2021). None leaves the signature whole.
func TestAttacks(t *testing.T) {
	h := newHouse(t)
	signed := sign(t, h.doctor, pdftest.Simple("", ""), signature.Options{})
	for i, variant := range attacks(t, h, signed) {
		t.Run(variant.name, func(t *testing.T) {
			found, err := pades.Verify(t.Context(), bytes.NewReader(variant.doc), nil)
			if err != nil {
				return // refused
			}
			for _, f := range found {
				if f.Broken == nil && f.Covers != signature.Part {
					t.Errorf("attack %d: %s and not broken", i, f.Covers)
				}
			}
		})
	}
}

type attack struct {
	name string
	doc  []byte
}

func attacks(t testing.TB, h *house, signed []byte) []attack {
	t.Helper()
	m := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+) *\]`).FindSubmatch(signed)
	numbers := string(m[0])
	var a, b, c int
	for i, n := range []*int{&a, &b, &c} {
		*n, _ = strconv.Atoi(string(m[i+1]))
	}
	contents := signed[a:b]
	object := regexp.MustCompile(`(\d+) 0 obj\n<</ByteRange`).FindSubmatch(signed)
	number, _ := strconv.Atoi(string(object[1]))
	value := func(head string) map[int]string {
		return map[int]string{number: "<<" + head + " /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached>>"}
	}
	evil := map[int]string{4: "<</Length 2>>\nstream\nBT\nendstream"}
	list := []attack{
		{"no ByteRange", rewritten(signed, numbers, "/X null")},
		{"ByteRange null", rewritten(signed, numbers, "/ByteRange null")},
		{"ByteRange empty", rewritten(signed, numbers, "/ByteRange []")},
		{"ByteRange of two", rewritten(signed, numbers, fmt.Sprintf("/ByteRange [0 %d]", a))},
		{"ByteRange negative", rewritten(signed, numbers, fmt.Sprintf("/ByteRange [0 %d -1 %d]", a, c))},
		{"ByteRange from 1", rewritten(signed, numbers, fmt.Sprintf("/ByteRange [1 %d %d %d]", a-1, b, c))},
		{"ByteRange that ends early", rewritten(signed, numbers, fmt.Sprintf("/ByteRange [0 %d %d %d]", a, b, c-9))},
		{"ByteRange beyond the end", rewritten(signed, numbers, fmt.Sprintf("/ByteRange [0 %d %d %d]", a, b, c+9))},
		{"Contents null", rewritten(signed, string(contents), "null")},
		{"Contents zero", rewritten(signed, string(contents), "<"+strings.Repeat("0", len(contents)-2)+">")},
		{"Contents empty", rewritten(signed, string(contents), "<>")},
		{"changed by a revision", revise(signed, evil)},
		{"changed and signed value copied", revise(revise(signed, evil), value(numbers+" /Contents "+string(contents)))},
		{"signature without value", revise(signed, value(""))},
		{"appended without a table", append(bytes.Clone(signed), "\n4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n"...)},
		{"another history", func() []byte {
			doc := revise(signed, evil)
			return bytes.ReplaceAll(doc, []byte("/Prev"), []byte("/Prew"))
		}()},
	}
	list = append(list, attack{"everything again, without what was before", again(signed)}, attack{"a hidden object shown", uncovered(t, h)})
	// Wrapping: the second range is moved to a copy of it, and what was there before
	// is no longer signed.
	moved := fmt.Sprintf("/ByteRange [0 %d %d %d]", a, b+c, c)
	wrapped := append(bytes.Clone(signed), signed[b:]...)
	list = append(list, attack{"second range moved", rewritten(wrapped, numbers, moved)})
	inside := bytes.Clone(signed)
	const smuggled = "> /X (something that was not signed)"
	copy(inside[b-len(smuggled):], smuggled)
	return append(list, attack{"something after the value", inside})
}

// again has one table for all objects, and another page.
func again(signed []byte) []byte {
	b := pdftest.Bare()
	b.Write(signed)
	for _, m := range regexp.MustCompile(`(?m)^(\d+) 0 obj`).FindAllSubmatchIndex(signed, -1) {
		number, _ := strconv.Atoi(string(signed[m[2]:m[3]]))
		b.Offsets[number] = m[0]
	}
	b.Stream(4, "", "BT ET")
	return b.End("")
}

// uncovered shows an object that was signed but not used: only the table is new.
func uncovered(t testing.TB, h *house) []byte {
	t.Helper()
	b := pdftest.New()
	b.Stream(4, "", "BT /F1 18 Tf 60 700 Td (Altro) Tj ET")
	hidden := b.Offsets[4]
	b.Pages("", "")
	signed := sign(t, h.doctor, b.End(""), signature.Options{})
	found := regexp.MustCompile(`startxref\s+(\d+)`).FindAllSubmatch(signed, -1)
	more := &pdftest.Book{Offsets: map[int]int{4: hidden}}
	more.Write(signed)
	return more.End("/Prev " + string(found[len(found)-1][1]))
}

// What a signature fixes: the fields that it names, or all but those (ISO 32000-1, table 256).
func TestFixedFields(t *testing.T) {
	h := newHouse(t)
	filled := map[int]string{8: filledIn}
	for action, broken := range map[string]bool{
		"/Action /All": true, "/Action /Include /Fields [(nota)]": true, "/Action /Include /Fields [(altra)]": false,
		"/Action /Exclude /Fields [(nota)]": false, "/Action /Exclude /Fields [<FEFF0061>]": true,
	} {
		fixed := "/Reference [<</Type /SigRef /TransformMethod /FieldMDP /TransformParams <</Type /TransformParams /V /1.2 " + action + ">>>>]"
		doc := byHand(t, h, "", fixed, "")
		if f := verify(t, revise(doc, filled))[0]; errors.Is(f.Broken, pades.ErrModified) != broken {
			t.Errorf("%s: %v", action, f.Broken)
		}
		h.holds(t, sign(t, h.One(t, "P-256 SHA-256"), doc, signature.Options{}), 2)
	}
}
