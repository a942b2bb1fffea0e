package winspool

import "unsafe"

// What DeviceCapabilities can be asked (wingdi.h).
const (
	dcFields     = 1
	dcPapers     = 2
	dcPaperSize  = 3
	dcBins       = 6
	dcBinNames   = 12
	dcPaperNames = 16
	dcCopies     = 18
	dcCollate    = 22
)

func (windowsSystem) capabilities(name, port string) capabilities {
	d := driver{text(name), text(port)}
	c := capabilities{
		Papers:  parsePapers(d.list(dcPapers, 2), d.list(dcPaperNames, 2*paperName), d.list(dcPaperSize, 8)),
		Bins:    parseBins(d.list(dcBins, 2), d.list(dcBinNames, 2*binName)),
		Copies:  max(d.ask(dcCopies, nil), 0),
		Collate: d.ask(dcCollate, nil) > 0,
	}
	if fields := d.ask(dcFields, nil); fields > 0 {
		c.Fields = uint32(fields)
	}
	return c
}

type driver struct{ name, port *uint16 }

// ask returns -1 where the driver has no answer.
func (d driver) ask(what uintptr, out unsafe.Pointer) int {
	r, _, _ := procDeviceCapabilities.Call(uintptr(unsafe.Pointer(d.name)), uintptr(unsafe.Pointer(d.port)), what, uintptr(out), 0)
	return int(int32(r))
}

// list asks for an array whose elements are size bytes long. There is no way to say how much
// room there is: there is more of it than was asked for, because drivers do not always count alike.
func (d driver) list(what uintptr, size int) []byte {
	count := d.ask(what, nil)
	if count <= 0 || count > 1<<16 {
		return nil
	}
	buffer := make([]byte, (2*count+64)*size)
	got := d.ask(what, unsafe.Pointer(&buffer[0]))
	return buffer[:max(0, min(got, 2*count+64))*size]
}

func (windowsSystem) settings(name string) (devmode, error) { return properties(name, nil) }

func (windowsSystem) merge(name string, d devmode) (devmode, error) { return properties(name, d) }

// properties is DocumentProperties without its window.
func properties(name string, in devmode) (devmode, error) {
	return with(name, func(h uintptr) (devmode, error) {
		const give, take = 2, 8 // DM_OUT_BUFFER, DM_IN_BUFFER
		at := uintptr(unsafe.Pointer(text(name)))
		r, _, err := procDocumentProperties.Call(0, h, at, 0, 0, 0)
		size := int(int32(r))
		if size <= 0 || size > 1<<20 {
			return nil, reason(err)
		}
		out := make(devmode, 2*size) // drivers are known to write more than they say
		mode, from := uintptr(give), unsafe.Pointer(nil)
		if in != nil {
			mode, from = give|take, unsafe.Pointer(&in[0])
		}
		r, _, err = procDocumentProperties.Call(0, h, at, uintptr(unsafe.Pointer(&out[0])), uintptr(from), mode)
		if int32(r) < 0 {
			return nil, reason(err)
		}
		if end := out.word(atSize) + out.word(atDriverExtra); end <= len(out) {
			out = out[:end]
		}
		return out, nil
	})
}
