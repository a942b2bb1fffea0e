package winspool

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	drv = windows.NewLazySystemDLL("winspool.drv")

	procEnumPrinters       = drv.NewProc("EnumPrintersW")
	procGetDefaultPrinter  = drv.NewProc("GetDefaultPrinterW")
	procOpenPrinter        = drv.NewProc("OpenPrinterW")
	procClosePrinter       = drv.NewProc("ClosePrinter")
	procGetPrinter         = drv.NewProc("GetPrinterW")
	procDeviceCapabilities = drv.NewProc("DeviceCapabilitiesW")
	procDocumentProperties = drv.NewProc("DocumentPropertiesW")
	procEnumJobs           = drv.NewProc("EnumJobsW")
	procGetJob             = drv.NewProc("GetJobW")
	procSetJob             = drv.NewProc("SetJobW")
)

// call is a function that returns zero when it fails. Some do not say why.
func call(p *windows.LazyProc, args ...uintptr) (uintptr, error) {
	r, _, err := p.Call(args...)
	if r != 0 {
		return r, nil
	}
	return 0, reason(err)
}

func reason(err error) error {
	if no, ok := err.(windows.Errno); ok && no == 0 {
		return windows.ERROR_GEN_FAILURE
	}
	return err
}

// filled calls a function that fills a buffer and says how large it must be, until it is.
func filled(ask func(buffer unsafe.Pointer, size uintptr, needed unsafe.Pointer) error) ([]byte, error) {
	size := uint32(4096)
	for {
		buffer := make([]byte, size)
		var needed uint32
		err := ask(unsafe.Pointer(&buffer[0]), uintptr(size), unsafe.Pointer(&needed))
		if err == nil {
			return buffer, nil
		}
		if err != windows.ERROR_INSUFFICIENT_BUFFER && err != windows.ERROR_MORE_DATA || needed <= size || needed > 64<<20 {
			return nil, err
		}
		size = needed + needed/4 // it may have grown since
	}
}

// each reads an array of structures at the beginning of a buffer.
func each[T any](buffer []byte, count uint32) []T {
	var one T
	if most := uint32(len(buffer) / int(unsafe.Sizeof(one))); count > most {
		count = most
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&buffer[0])), count)
}

// text is a string of ours for Windows. Names come from Windows: a zero within cuts them.
func text(s string) *uint16 {
	p, err := windows.UTF16PtrFromString(s)
	if err != nil {
		return new(uint16)
	}
	return p
}

// with opens a printer for one call.
func with[T any](name string, use func(h uintptr) (T, error)) (T, error) {
	var h uintptr
	if _, err := call(procOpenPrinter, uintptr(unsafe.Pointer(text(name))), uintptr(unsafe.Pointer(&h)), 0); err != nil {
		var none T
		return none, err
	}
	defer procClosePrinter.Call(h) // nothing was written
	return use(h)
}
