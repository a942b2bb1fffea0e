package worker

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// load makes a page ready to be drawn with what of its annotations is meant for paper
// (ISO 32000-1, 12.5.3, Print). PDFium draws fields and visible signatures by itself
// neither on paper nor on the screen; made part of the page they come out.
func (p *pdfia) load(index int) (references.FPDF_PAGE, error) {
	page, notes, err := p.loaded(index)
	if err != nil || notes == 0 {
		return page, err
	}
	if err := p.dress(page); err != nil {
		return "", err
	}
	flat, err := p.instance.FPDFPage_Flatten(&requests.FPDFPage_Flatten{
		Page: requests.Page{ByReference: &page}, Usage: requests.FPDFPage_FlattenUsagePrint})
	if err != nil || flat.Result != responses.FPDFPage_FlattenResultSuccess {
		return page, err
	}
	if err := p.unload(page); err != nil {
		return "", err
	}
	page, _, err = p.loaded(index) // what was changed is seen only then
	return page, err
}

func (p *pdfia) loaded(index int) (references.FPDF_PAGE, int, error) {
	page, err := p.instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: p.document, Index: index})
	if err != nil {
		return "", 0, err
	}
	notes, err := p.instance.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: requests.Page{ByReference: &page.Page}})
	if err != nil {
		return "", 0, err
	}
	return page.Page, notes.Count, nil
}

func (p *pdfia) unload(page references.FPDF_PAGE) error {
	_, err := p.instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page})
	return err
}

// dress gives fields without an appearance one (NeedAppearances): PDFium does so when
// it draws annotations, be it on a single pixel.
func (p *pdfia) dress(page references.FPDF_PAGE) error {
	pixel, err := p.instance.FPDFBitmap_CreateEx(&requests.FPDFBitmap_CreateEx{
		Width: 1, Height: 1, Format: enums.FPDF_BITMAP_FORMAT_GRAY, Pointer: uint64(0)})
	if err != nil {
		return err
	}
	if _, err := p.instance.FPDF_RenderPageBitmap(&requests.FPDF_RenderPageBitmap{
		Bitmap: pixel.Bitmap, Page: requests.Page{ByReference: &page}, SizeX: 1, SizeY: 1, Flags: flags}); err != nil {
		return err
	}
	_, err = p.instance.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: pixel.Bitmap})
	return err
}
