package asic

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"io/fs"
	"slices"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// Limits of a container that is read.
const (
	maxEntries    = 1000
	maxSignatures = 50
	maxTotal      = 2 * wire.MaxDocument // bytes, of all entries unpacked
	maxMeta       = 16 << 20             // bytes, of a signature or a manifest
)

// opened is a container whose entries can be relied upon.
type opened struct {
	src     signature.Source
	simple  bool // ASiC-S
	entries map[string]*zip.File
	names   []string // of the documents
}

func bad(detail string) error {
	return &signature.Error{Code: wire.ErrSigBroken, Detail: detail, Err: cms.ErrMalformed}
}

// open reads the directory and holds it against the local headers.
func open(src signature.Source) (*opened, error) {
	z, err := zip.NewReader(src, src.Size())
	if err != nil {
		return nil, bad("zip")
	}
	if len(z.File) > maxEntries {
		return nil, bad("too many entries")
	}
	o := &opened{src: src, entries: map[string]*zip.File{}}
	seen := map[string]bool{}
	var total uint64
	for _, f := range z.File {
		folded := strings.ToLower(strings.TrimSuffix(f.Name, "/"))
		switch {
		case !safe(f.Name):
			return nil, bad("entry name")
		case seen[folded]:
			return nil, bad("entry twice")
		case f.Flags&1 != 0:
			return nil, bad("encrypted")
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, bad("compression")
		case f.Mode()&fs.ModeType&^fs.ModeDir != 0:
			return nil, bad("not a file")
		case f.UncompressedSize64 > wire.MaxDocument, f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
			return nil, bad("entry size")
		}
		if total += f.UncompressedSize64; total > maxTotal {
			return nil, bad("too large")
		}
		seen[folded] = true
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		o.entries[f.Name] = f
		if f.Name != "mimetype" && !strings.HasPrefix(f.Name, metaFolder) {
			o.names = append(o.names, f.Name)
		}
	}
	if err := headers(src, z.File); err != nil {
		return nil, err
	}
	return o, o.mimetype()
}

// mimetype tells what kind of container it is; any other zip is none.
func (o *opened) mimetype() error {
	f := o.entries["mimetype"]
	if f == nil || f.UncompressedSize64 > 256 {
		return &signature.Error{Code: wire.ErrNotSigned, Detail: "not an ASiC container"}
	}
	text, err := o.read("mimetype")
	if err != nil {
		return err
	}
	switch string(bytes.TrimSpace(text)) {
	case mediaTypeE:
	case mediaTypeS:
		o.simple = true
	default:
		return &signature.Error{Code: wire.ErrNotSigned, Detail: "not an ASiC container"}
	}
	if at, err := f.DataOffset(); err != nil || at != int64(localHeader+len("mimetype")+extraOf(o.src)) || f.Method != zip.Store {
		return bad("mimetype is not first")
	}
	return nil
}

const (
	localHeader    = 30 // bytes, before the name
	localSignature = "PK\x03\x04"
)

// extraOf is how long the first entry's extra field is.
func extraOf(src signature.Source) int {
	var b [localHeader]byte
	if _, err := src.ReadAt(b[:], 0); err != nil {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[28:]))
}

// headers holds that the entries, one after the other, are those of the directory:
// a reader that goes through the file from its beginning sees the same ones.
func headers(src signature.Source, files []*zip.File) error {
	type place struct {
		file *zip.File
		at   int64
	}
	var places []place
	for _, f := range files {
		at, err := f.DataOffset()
		if err != nil || f.CompressedSize64 > uint64(src.Size()) || at+int64(f.CompressedSize64) > src.Size() {
			return bad("entry place")
		}
		places = append(places, place{f, at})
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	end := int64(0)
	for i, p := range places {
		gap := p.at - end
		if gap < 0 || gap > 1<<17+localHeader {
			return bad("entries overlap")
		}
		raw := make([]byte, gap)
		if _, err := src.ReadAt(raw, end); err != nil {
			return err
		}
		if !isHeaderOf(p.file, raw, i == 0) {
			return bad("local header")
		}
		end = p.at + int64(p.file.CompressedSize64)
	}
	return nil
}

// isHeaderOf tells whether what is between two entries is the local header of
// the second, after the first one's data descriptor (APPNOTE 4.3.9: with or
// without signature, of 32 or 64 bits).
func isHeaderOf(f *zip.File, raw []byte, first bool) bool {
	for _, descriptor := range []int{0, 12, 16, 20, 24} {
		if first && descriptor > 0 {
			return false
		}
		if len(raw) < descriptor+localHeader || string(raw[descriptor:descriptor+4]) != localSignature {
			continue
		}
		h := raw[descriptor:]
		name, extra := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		return localHeader+name+extra == len(h) && string(h[localHeader:localHeader+name]) == f.Name &&
			binary.LittleEndian.Uint16(h[8:]) == f.Method && binary.LittleEndian.Uint16(h[6:])&1 == 0
	}
	return false
}

// read takes a small entry into memory.
func (o *opened) read(name string) ([]byte, error) {
	f := o.entries[name]
	if f == nil || f.UncompressedSize64 > maxMeta {
		return nil, bad(name[strings.LastIndexByte(name, '/')+1:])
	}
	raw := make([]byte, f.UncompressedSize64)
	e := &entry{file: f}
	defer e.close()
	if _, err := e.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return raw, nil
}
