package place_test

import (
	"bytes"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// more is a document with further objects.
func more(catalog, page string, objects map[int]string) []byte {
	b := pdftest.New()
	b.Pages(catalog, page)
	for number, body := range objects {
		b.Object(number, body)
	}
	return b.End("")
}

// What is refused, and the code that says why; both ways in refuse it.
func TestRefused(t *testing.T) {
	plain := pdftest.Simple("", "")
	form := "/AcroForm <</Fields [20 0 R] %>> "
	widget := "/Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [1 1 9 9] "
	for _, row := range []struct {
		name string
		doc  []byte
		code string
	}{
		{"no PDF", []byte("text"), "document.pdf_broken"},
		{"empty", nil, "document.pdf_broken"},
		{"cut off", plain[:200], "document.pdf_broken"},
		{"no pages", more("/Pages 20 0 R", "", map[int]string{20: "<</Type /Pages /Kids [] /Count 0>>"}), "document.pdf_broken"},
		{"a page of no size", pdftest.Simple("", "/MediaBox [0 0 0 0]"), "document.pdf_broken"},
		{"contents that are no stream", pdftest.Simple("", "/Contents [3 0 R]"), "document.pdf_broken"},
		{"RC4", pdftest.QPDF(t, plain, "--allow-weak-crypto", "--encrypt", "", "geheim", "128", "--"), "document.pdf_encrypted"},
		{"AES-256", pdftest.QPDF(t, plain, "--encrypt", "x", "y", "256", "--"), "document.pdf_encrypted"},
		{"an attachment", pdftest.QPDF(t, plain, "--add-attachment", pdftest.Write(t, t.TempDir(), "a.txt", []byte("x")), "--"), "print.pdf_active"},
		{"an attachment, object streams", pdftest.QPDF(t, plain, "--object-streams=generate", "--add-attachment", pdftest.Write(t, t.TempDir(), "a.txt", []byte("x")), "--"), "print.pdf_active"},
		{"an associated file", more("/AF [20 0 R]", "", map[int]string{20: "<</Type /Filespec /F (a.xml) /EF <</F 21 0 R>>>>", 21: "<</Type /EmbeddedFile /Length 1>>\nstream\nx\nendstream"}), "print.pdf_active"},
		{"a script when it is opened", pdftest.Simple("/OpenAction <</S /JavaScript /JS (app.alert)>>", ""), "print.pdf_active"},
		{"a script in a reference", more("/OpenAction 20 0 R", "", map[int]string{20: "<</S /JavaScript /JS 21 0 R>>", 21: "(x)"}), "print.pdf_active"},
		{"scripts of the document", more("/Names <</JavaScript 20 0 R>>", "", map[int]string{20: "<</Names [(a) <</S /JavaScript /JS (x)>>]>>"}), "print.pdf_active"},
		{"a script after another action", more("/OpenAction <</S /GoTo /D [3 0 R /Fit] /Next 20 0 R>>", "", map[int]string{20: "<</S /JavaScript /JS (x)>>"}), "print.pdf_active"},
		{"a script of a page", pdftest.Simple("", "/AA <</O <</S /JavaScript /JS (x)>>>>"), "print.pdf_active"},
		{"a script of a field", more(strings.ReplaceAll(form, "%", ""), "", map[int]string{20: "<<" + widget + "/AA <</C 21 0 R>>>>", 21: "<</S /JavaScript /JS (x)>>"}), "print.pdf_active"},
		{"a web page when a page is shown", pdftest.Simple("", "/AA <</O <</S /URI /URI (http://example.org)>>>>"), "print.pdf_active"},
		{"a web page when it is opened", pdftest.Simple("/OpenAction <</S /URI /URI (http://example.org)>>", ""), "print.pdf_active"},
		{"a script in an outline", more("/Outlines 20 0 R", "", map[int]string{20: "<</First 21 0 R>>", 21: "<</Title (a) /A <</Type /Action /S /JavaScript /JS (x)>>>>"}), "print.pdf_active"},
		{"a program", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</S /Launch /F (calc.exe)>>>>]"), "print.pdf_active"},
		{"a program, its kind elsewhere", more("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</S 20 0 R /F (calc.exe)>>>>]", map[int]string{20: "/Launch"}), "print.pdf_active"},
		{"another document", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</S /GoToR /F (a.pdf) /D [0 /Fit]>>>>]"), "print.pdf_active"},
		{"a form that is sent", more(strings.ReplaceAll(form, "%", ""), "", map[int]string{20: "<<" + widget + "/A <</S /SubmitForm /F (http://example.org)>>>>"}), "print.pdf_active"},
		{"a form that is filled from elsewhere", pdftest.Simple("/OpenAction <</S /ImportData /F (a.fdf)>>", ""), "print.pdf_active"},
		{"a print command", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</S /Named /N /Print>>>>]"), "print.pdf_active"},
		{"an action that nobody knows", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</Type /Action /S /Explode>>>>]"), "print.pdf_active"},
		{"a film", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /RichMedia /Rect [1 1 9 9]>>]"), "print.pdf_active"},
		{"a file on a page", pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /FileAttachment /Rect [1 1 9 9] /FS <</F (a)>>>>]"), "print.pdf_active"},
		{"XFA", more(strings.ReplaceAll(form, "%", "/XFA [(a) 21 0 R]"), "", map[int]string{20: "<<" + widget + ">>", 21: "<</Length 1>>\nstream\nx\nendstream"}), "print.pdf_active"},
		{"contents from elsewhere", more("", "/Contents 20 0 R", map[int]string{20: "<</Length 0 /F (http://example.org/a)>>\nstream\n\nendstream"}), "print.pdf_active"},
		{"a page of another document", more("", "/Resources <</XObject <</X 20 0 R>>>>", map[int]string{20: "<</Subtype /Form /BBox [0 0 9 9] /Ref <</F (a.pdf) /Page 0>> /Length 0>>\nstream\n\nendstream"}), "print.pdf_active"},
		{"a value without an appearance", annotated("/AcroForm <</Fields [20 0 R]>>", "", "/Subtype /Widget /FT /Tx /V (x) /F 4 /Rect [1 1 9 9]"), "print.pdf_active"},
		{"a value of the field above", annotated("", "", "/Subtype /Widget /Parent <</FT /Tx /V (x)>> /F 4 /Rect [1 1 9 9]"), "print.pdf_active"},
		{"pdfTeX, fields with borders and no appearances", kept(t, "tex-form.pdf"), "print.pdf_active"},
		{"a drawing without an appearance", annotated("", "", "/Subtype /Ink /InkList [[1 1 9 9]] /F 4 /Rect [1 1 9 9]"), "print.pdf_active"},
		{"101 pages", book(t, 101), "print.too_many_pages"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := place.Inspect(bytes.NewReader(row.doc))
			if code(err) != row.code {
				t.Errorf("Inspect: %v, want %s", err, row.code)
			}
			out, _, err := try(row.doc, place.Wish{Sheet: printing.A5})
			if code(err) != row.code || len(out) > 0 {
				t.Errorf("Onto: %v, want %s; %d bytes", err, row.code, len(out))
			}
		})
	}
}

// What looks alike and does nothing is printed.
func TestNotRefused(t *testing.T) {
	for name, doc := range map[string][]byte{
		"a view when it is opened":    pdftest.Simple("/OpenAction [3 0 R /FitH null]", ""),
		"an action that is a view":    pdftest.Simple("/OpenAction <</Type /Action /S /GoTo /D [3 0 R /Fit]>>", ""),
		"the next page":               pdftest.Simple("/OpenAction <</S /Named /N /NextPage>>", ""),
		"a link to the web":           pdftest.Simple("", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9] /A <</S /URI /URI (http://example.org)>>>>]"),
		"fonts with names of actions": pdftest.Simple("", "/Resources <</Font <</JS 5 0 R /AA 5 0 R /EF 5 0 R /XFA 5 0 R /F1 5 0 R>>>>"),
		"a structure":                 more("/StructTreeRoot 20 0 R", "", map[int]string{20: "<</Type /StructTreeRoot /K <</S /Sound /P 20 0 R>>>>"}),
		"an intent of colours":        more("/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (x)>>]", "", nil),
		"a form of the old kind":      pdftest.Simple("/AcroForm <</Fields []>>", ""),
		"100 pages":                   book(t, 100),
	} {
		if _, err := place.Inspect(bytes.NewReader(doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A source that fails is no fault of the document.
func TestReading(t *testing.T) {
	_, err := place.Inspect(failing{bytes.NewReader(pdftest.Simple("", ""))})
	if err == nil || strings.Contains(code(err), "document.") {
		t.Error(err)
	}
}

type failing struct{ *bytes.Reader }

func (failing) ReadAt([]byte, int64) (int, error) { return 0, bytes.ErrTooLarge }
