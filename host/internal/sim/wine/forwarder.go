package wine

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// forwarder is a 64-bit Windows library without code that passes one function
// on to another library's ("advapi32.SystemFunction036"): what wine 8 lacks
// for programs of Go 1.26 (bcryptprimitives.dll, ProcessPrng) is there under
// another name. Layout: Microsoft's PE format, ".edata".
func forwarder(library, function, target string) []byte {
	const header, base = 0x200, 0x1000 // in the file, and where it is loaded
	const directory = 40
	text := strings.Join([]string{library, function, target}, "\x00") + "\x00"
	at := func(i int) uint32 { return uint32(base + i) }
	names := directory + 4 + 4 + 4
	var export bytes.Buffer
	put := func(w *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(w, binary.LittleEndian, v) // a Buffer takes everything
		}
	}
	functionName := names + len(library) + 1
	put(&export, uint32(0), uint32(0), uint32(0), at(names), uint32(1), uint32(1), uint32(1),
		at(directory), at(directory+4), at(directory+8),
		at(functionName+len(function)+1), // an address within .edata is a forward
		at(functionName), uint16(0), uint16(0), []byte(text))

	var pe bytes.Buffer
	pe.WriteString("MZ")
	pe.Write(make([]byte, 58))
	put(&pe, uint32(64), []byte("PE\x00\x00"))
	put(&pe, uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x2022))
	put(&pe, uint16(0x20b), uint16(0), uint32(0), uint32(header), uint32(0), uint32(0), uint32(base),
		uint64(0x180000000), uint32(base), uint32(header), uint16(6), uint16(0), uint32(0), uint16(6), uint16(0), uint32(0),
		uint32(2*base), uint32(header), uint32(0), uint16(2), uint16(0x160),
		uint64(1<<20), uint64(1<<12), uint64(1<<20), uint64(1<<12), uint32(0), uint32(16))
	put(&pe, uint32(base), uint32(export.Len()), make([]byte, 15*8))
	put(&pe, []byte(".edata\x00\x00"), uint32(export.Len()), uint32(base), uint32(header), uint32(header),
		make([]byte, 12), uint32(0x40000040))
	pe.Write(make([]byte, header-pe.Len()))
	pe.Write(export.Bytes())
	pe.Write(make([]byte, header-export.Len()))
	return pe.Bytes()
}
