package winspool

import (
	"errors"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	gdi = windows.NewLazySystemDLL("gdi32.dll")

	procCreateDC      = gdi.NewProc("CreateDCW")
	procDeleteDC      = gdi.NewProc("DeleteDC")
	procGetDeviceCaps = gdi.NewProc("GetDeviceCaps")
	procStartDoc      = gdi.NewProc("StartDocW")
	procEndDoc        = gdi.NewProc("EndDoc")
	procAbortDoc      = gdi.NewProc("AbortDoc")
	procStartPage     = gdi.NewProc("StartPage")
	procEndPage       = gdi.NewProc("EndPage")
	procStretchDIBits = gdi.NewProc("StretchDIBits")
)

var errEnded = errors.New("the document was ended")

// gdiDocument is a device context. It belongs to the thread that created it and ends with it
// (CreateDC, remarks): one goroutine keeps that thread and does everything.
type gdiDocument struct {
	hdc  uintptr
	face surface
	work chan func()
	once sync.Once
	over chan struct{}
}

func (windowsSystem) open(name string, d devmode) (document, error) {
	g := &gdiDocument{work: make(chan func()), over: make(chan struct{})}
	go g.run()
	err := g.do(func() (err error) {
		g.hdc, err = call(procCreateDC, uintptr(unsafe.Pointer(text("WINSPOOL"))), uintptr(unsafe.Pointer(text(name))), 0, uintptr(unsafe.Pointer(&d[0])))
		if err == nil {
			g.measure()
		}
		return err
	})
	if err != nil {
		_ = g.close(nil)
		return nil, err
	}
	return g, nil
}

func (g *gdiDocument) start(title string) (int, error) {
	var job uintptr
	err := g.do(func() (err error) {
		info := docInfo{document: text(title)}
		info.size = int32(unsafe.Sizeof(info))
		job, err = positive(procStartDoc, g.hdc, uintptr(unsafe.Pointer(&info)))
		return err
	})
	return int(job), err
}

// positive is a function of GDI that returns zero or less when it fails.
func positive(p *windows.LazyProc, args ...uintptr) (uintptr, error) {
	r, _, err := p.Call(args...)
	if int32(r) > 0 {
		return uintptr(uint32(r)), nil
	}
	return 0, reason(err)
}

func (g *gdiDocument) run() {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	for {
		select {
		case f := <-g.work:
			f()
		case <-g.over:
			return
		}
	}
}

// do has the thread do something, and waits for it.
func (g *gdiDocument) do(f func() error) error {
	done := make(chan error, 1)
	select {
	case g.work <- func() { done <- f() }:
		return <-done
	case <-g.over:
		return errEnded
	}
}

func (g *gdiDocument) measure() {
	ask := func(what uintptr) int {
		r, _, _ := procGetDeviceCaps.Call(g.hdc, what)
		return int(int32(r))
	}
	g.face = surface{
		Wide: ask(8), High: ask(10), // HORZRES, VERTRES
		DPIX: ask(88), DPIY: ask(90), // LOGPIXELSX, LOGPIXELSY
		Width: ask(110), Height: ask(111), // PHYSICALWIDTH, PHYSICALHEIGHT
		Left: ask(112), Top: ask(113), // PHYSICALOFFSETX, PHYSICALOFFSETY
	}
}

func (g *gdiDocument) surface() surface { return g.face }

func (g *gdiDocument) page(picture []band) error {
	return g.do(func() error {
		if _, err := positive(procStartPage, g.hdc); err != nil {
			return err
		}
		for _, b := range picture {
			if err := g.stretch(b); err != nil {
				return err
			}
		}
		_, err := positive(procEndPage, g.hdc)
		return err
	})
}

func (g *gdiDocument) stretch(b band) error {
	const copySource = 0x00CC0020 // SRCCOPY
	_, err := positive(procStretchDIBits, g.hdc,
		uintptr(b.X), uintptr(b.Y), uintptr(b.Width), uintptr(b.Height),
		0, 0, uintptr(b.Columns), uintptr(b.Rows),
		uintptr(unsafe.Pointer(&b.Bits[0])), uintptr(unsafe.Pointer(&b.Info[0])), 0, copySource)
	return err
}

func (g *gdiDocument) end() error { return g.close(procEndDoc) }

func (g *gdiDocument) abort() { _ = g.close(procAbortDoc) }

// close ends the document with one last function, if any, the device context and the thread.
func (g *gdiDocument) close(last *windows.LazyProc) error {
	err := g.do(func() (err error) {
		if last != nil {
			_, err = positive(last, g.hdc)
		}
		if g.hdc != 0 {
			procDeleteDC.Call(g.hdc) // there is nothing to do about it
		}
		return err
	})
	g.once.Do(func() { close(g.over) })
	return err
}
