package winspool

import (
	"context"
	"fmt"
	"image"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// begun is a job with its document.
type begun struct {
	job string
	document
	drawn int // how often the pages are drawn
}

// Create begins a document and pauses its job, which has nothing that could be printed yet.
func (s *spooler) Create(ctx context.Context, t printing.Ticket) (string, error) {
	b, err := await(ctx, func() (begun, error) { return s.begin(t) }, begun.abort)
	if err != nil {
		return "", err
	}
	s.keep(b.job, b)
	return b.job, nil
}

func (s *spooler) begin(t printing.Ticket) (begun, error) {
	p, err := s.system.printer(t.Printer)
	if err != nil {
		return begun{}, tell("OpenPrinter", err)
	}
	if code, detail := refused(p); code != "" {
		return begun{}, printing.Fault(code, detail, nil)
	}
	user, err := s.system.settings(t.Printer)
	if err != nil {
		return begun{}, tell("DocumentProperties", err)
	}
	d, drawn, err := adapt(user, t, s.system.capabilities(t.Printer, p.Port))
	if err != nil {
		return begun{}, err
	}
	if d, err = s.system.merge(t.Printer, d); err != nil {
		return begun{}, tell("DocumentProperties", err)
	}
	if err := kept(d, t); err != nil {
		return begun{}, err
	}
	doc, err := s.system.open(t.Printer, d)
	if err != nil {
		return begun{}, tell("CreateDC", err)
	}
	job, err := s.start(t, doc)
	if err != nil {
		doc.abort()
		return begun{}, err
	}
	return begun{token(job, t.Name), doc, drawn}, nil
}

// start begins the job of a document, and pauses it before anything is drawn.
func (s *spooler) start(t printing.Ticket, doc document) (int, error) {
	if err := doc.surface().check(t.Sheet); err != nil {
		return 0, err
	}
	job, err := doc.start(t.Name)
	if err != nil {
		return 0, tell("StartDoc", err)
	}
	return job, tell("SetJob", s.system.control(t.Printer, job, jobPause))
}

// Send draws the pages of a held job. One that fails in the middle is taken back whole.
func (s *spooler) Send(ctx context.Context, t printing.Ticket, job string, pdf printing.Source) error {
	d, ok := s.take(job)
	if !ok { // of a life before this one: nobody can draw on it any more
		_ = s.Cancel(ctx, t.Printer, job)
		return printing.ErrGone
	}
	b := d.(begun)
	if err := s.pages(ctx, t, b, pdf); err != nil {
		if ctx.Err() == nil {
			b.abort()
		} else {
			go b.abort() // what Windows is at may last
		}
		return err
	}
	_, err := await(ctx, func() (struct{}, error) { return struct{}{}, tell("EndDoc", b.end()) }, nil)
	return err
}

func (s *spooler) pages(ctx context.Context, t printing.Ticket, b begun, pdf printing.Source) error {
	face := b.surface()
	dpi := face.resolution()
	var last []band
	for i := range b.drawn * t.Pages {
		if i == 0 || t.Pages > 1 {
			page, err := s.renderer.Render(ctx, pdf, i%t.Pages, dpi)
			if err != nil {
				return err
			}
			if err := whole(page, dpi, t.Sheet); err != nil {
				return err
			}
			last = layout(page, dpi, face)
		}
		_, err := await(ctx, func() (struct{}, error) { return struct{}{}, tell("StretchDIBits", b.page(last)) }, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// whole refuses a picture that is not of the sheet: it would come out at another size.
func whole(page *image.Gray, dpi int, sheet printing.Sheet) error {
	width, height := tenths(page.Rect.Dx(), dpi), tenths(page.Rect.Dy(), dpi)
	if abs(width-sheet.Width) > sameSheet || abs(height-sheet.Height) > sameSheet {
		return printing.Fault(wire.ErrPrintRender, "", fmt.Errorf("a picture of %d×%d tenths of a millimetre", width, height))
	}
	return nil
}
