package asic

import (
	"archive/zip"
	"io"
)

// entry reads one at any place, by unpacking it again when it has to go back:
// whoever computes a digest reads on and on. It is for one goroutine.
type entry struct {
	file *zip.File
	r    io.ReadCloser
	at   int64
}

func (e *entry) Size() int64 { return int64(e.file.UncompressedSize64) }

func (e *entry) ReadAt(p []byte, at int64) (n int, err error) {
	if at >= e.Size() {
		return 0, io.EOF
	}
	if e.r == nil || at < e.at {
		e.close()
		if e.r, err = e.file.Open(); err != nil {
			return 0, bad("entry")
		}
		e.at = 0
	}
	if at > e.at {
		skipped, err := io.CopyN(io.Discard, e.r, at-e.at)
		e.at += skipped
		if err != nil {
			return 0, bad("entry")
		}
	}
	want := p[:min(int64(len(p)), e.Size()-at)]
	n, err = io.ReadFull(e.r, want)
	e.at += int64(n)
	if err != nil {
		return n, bad("entry")
	}
	if e.at == e.Size() { // the checksum, and that there is no more
		if extra, err := e.r.Read(make([]byte, 1)); extra != 0 || err != io.EOF {
			return n, bad("entry")
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (e *entry) close() {
	if e.r != nil {
		e.r.Close()
		e.r = nil
	}
}
