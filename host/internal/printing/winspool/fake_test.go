package winspool

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
)

// pretended is a Windows with one printer. A job prints when it has an end and is not paused,
// and leaves the queue then, as with the spooler's standard settings.
type pretended struct {
	mu     sync.Mutex
	info   printerInfo
	caps   capabilities
	user   devmode
	merged func(devmode) devmode
	face   surface
	refuse map[string]syscall.Errno // by call
	hang   map[string]chan struct{}
	calls  []string

	last    int
	waiting map[int]*pretendedJob
	printed []*pretendedJob
}

type pretendedJob struct {
	info  jobInfo
	dev   devmode
	pages [][]band
	ended bool
}

func pretend() *pretended {
	return &pretended{
		info: printerInfo{Name: "Ufficio", Port: "USB001"},
		caps: capabilities{
			Fields: dmPaperSize | dmCopies | dmSource | dmDuplex,
			Papers: []paper{{ID: 9, Name: "A4", Width: 2100, Height: 2970}, {ID: 11, Name: "A5", Width: 1480, Height: 2100}},
			Bins:   []bin{{ID: 1, Name: "Superiore"}, {ID: 4}}, Copies: 99, Collate: true,
		},
		user: fresh(16),
		face: surfaceOf(printing.A5, 150, 150, 42),
		last: 6, waiting: map[int]*pretendedJob{},
		refuse: map[string]syscall.Errno{}, hang: map[string]chan struct{}{},
	}
}

// fresh is a DEVMODEW of Windows 10 with bytes of the driver's own.
func fresh(extra int) devmode {
	d := make(devmode, 220+extra)
	binary.LittleEndian.PutUint16(d[atSize:], 220)
	binary.LittleEndian.PutUint16(d[atDriverExtra:], uint16(extra))
	for i := range extra {
		d[220+i] = byte(i + 1)
	}
	d.set(dmPaperSize, atPaperSize, paperA4)
	d.setFields(d.fields() | dmFormName)
	d.set(dmOrientation, atOrientation, 2)
	d.set(dmDuplex, atDuplex, 2)
	d.set(dmScale, atScale, 71)
	d.set(dmNup, atNup, 1)
	return d
}

// asked notes a call and fails it when it is to fail.
func (w *pretended) asked(call string) error {
	w.mu.Lock()
	w.calls = append(w.calls, call)
	no, hang := w.refuse[call], w.hang[call]
	w.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if no != 0 {
		return no
	}
	return nil
}

func (w *pretended) names() ([]string, error) { return []string{w.info.Name}, w.asked("EnumPrinters") }
func (w *pretended) standard() string         { return "ufficio" }

func (w *pretended) printer(name string) (printerInfo, error) {
	if name != w.info.Name {
		return printerInfo{}, errPrinterName
	}
	return w.info, w.asked("GetPrinter")
}

func (w *pretended) capabilities(string, string) capabilities { return w.caps }

func (w *pretended) settings(string) (devmode, error) {
	return w.user, w.asked("DocumentProperties")
}

func (w *pretended) merge(_ string, d devmode) (devmode, error) {
	if w.merged != nil {
		d = w.merged(d)
	}
	return d, w.asked("DocumentProperties, in")
}

func (w *pretended) open(_ string, d devmode) (document, error) {
	return &pretendedDocument{w: w, j: &pretendedJob{dev: d}}, w.asked("CreateDC")
}

func (w *pretended) control(_ string, job int, command uint32) error {
	if err := w.asked("SetJob " + strconv.Itoa(int(command))); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	j, ok := w.waiting[job]
	switch {
	case !ok:
		return errParameter
	case command == jobPause:
		j.info.Status |= statusPaused
	case command == jobResume:
		j.info.Status &^= statusPaused
	case command == jobDelete:
		delete(w.waiting, job)
	}
	w.print()
	return nil
}

// print lets out what may print.
func (w *pretended) print() {
	for id, j := range w.waiting {
		if j.ended && j.info.Status&statusPaused == 0 && w.info.Status == 0 {
			w.printed = append(w.printed, j)
			delete(w.waiting, id)
		}
	}
}

func (w *pretended) job(_ string, job int) (jobInfo, error) {
	if err := w.asked("GetJob"); err != nil {
		return jobInfo{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	j, ok := w.waiting[job]
	if !ok {
		return jobInfo{}, errParameter
	}
	return j.info, nil
}

func (w *pretended) jobs(string) ([]jobInfo, error) {
	if err := w.asked("EnumJobs"); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []jobInfo
	for _, j := range w.waiting {
		all = append(all, j.info)
	}
	return all, nil
}

// left are the jobs that the spooler has, and the pages of those that came out.
func (w *pretended) left() (jobs, pages int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.printed {
		pages += len(j.pages)
	}
	return len(w.waiting), pages
}

type pretendedDocument struct {
	w *pretended
	j *pretendedJob
}

func (d *pretendedDocument) start(title string) (int, error) {
	if err := d.w.asked("StartDoc"); err != nil {
		return 0, err
	}
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.last++
	d.j.info = jobInfo{ID: d.w.last, Document: title, Status: statusSpooling}
	d.w.waiting[d.w.last] = d.j
	return d.w.last, nil
}

func (d *pretendedDocument) surface() surface { return d.w.face }

func (d *pretendedDocument) page(picture []band) error {
	if err := d.w.asked("StretchDIBits"); err != nil {
		return err
	}
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.j.pages = append(d.j.pages, picture)
	return nil
}

func (d *pretendedDocument) end() error {
	if err := d.w.asked("EndDoc"); err != nil {
		return err
	}
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.j.ended = true
	d.j.info.Status &^= statusSpooling
	d.w.print()
	return nil
}

func (d *pretendedDocument) abort() {
	_ = d.w.asked("AbortDoc")
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	delete(d.w.waiting, d.j.info.ID)
}

// painter draws a sheet with a black square, at a place that tells the page.
type painter struct {
	sheet printing.Sheet
	err   error
}

func (p painter) Render(ctx context.Context, _ printing.Source, page, dpi int) (*image.Gray, error) {
	if p.err != nil {
		return nil, p.err
	}
	return sheetOf(p.sheet, dpi, image.Rect(200+100*page, 300, 250+100*page, 350)), ctx.Err()
}

// sheetOf is a white sheet with black boxes, in tenths of a millimetre.
func sheetOf(s printing.Sheet, dpi int, boxes ...image.Rectangle) *image.Gray {
	at := func(v int) int { return scale(v, dpi, 254) }
	g := image.NewGray(image.Rect(0, 0, at(s.Width), at(s.Height)))
	g.Pix = bytes.Repeat([]byte{white}, len(g.Pix))
	for _, b := range boxes {
		for y := at(b.Min.Y); y < at(b.Max.Y); y++ {
			clear(g.Pix[g.PixOffset(at(b.Min.X), y):g.PixOffset(at(b.Max.X), y)])
		}
	}
	return g
}

func over(t *testing.T, w *pretended, p painter) *spooler {
	t.Helper()
	return newSpooler(w, Options{Renderer: p, Log: zerolog.New(zerolog.NewTestWriter(t))})
}

func ticket() printing.Ticket {
	return printing.Ticket{Printer: "Ufficio", Name: "Raccordo 1a2b3c4d", Sheet: printing.A5, Copies: 1, Pages: 1}
}
