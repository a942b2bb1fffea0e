package pades_test

import "raccordo/host/internal/sim/pdftest"

// withForm has a text field, and a field that waits for a signature.
func withForm(lock string) []byte {
	b := pdftest.New()
	b.Pages("/AcroForm 6 0 R", "/Annots 10 0 R")
	b.Object(6, "<</Fields 7 0 R /DA (/Helv 0 Tf 0 g) /DR <</Font <</Helv 5 0 R>>>>>>")
	b.Object(7, "[8 0 R 9 0 R]")
	b.Object(8, "<</Type /Annot /Subtype /Widget /FT /Tx /T (nota) /V (vuota) /Rect [60 600 300 620] /P 3 0 R /F 4 /DA (/Helv 10 Tf 0 g)>>")
	b.Object(9, "<</Type /Annot /Subtype /Widget /FT /Sig /T (medico) /Rect [60 100 300 170] /P 3 0 R /F 4 "+lock+">>")
	b.Object(10, "[8 0 R 9 0 R]")
	return b.End("/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")
}
