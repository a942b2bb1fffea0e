package asic

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

func many(t *testing.T, w *zip.Writer) {
	t.Helper()
	for i := range maxEntries + 1 {
		put(t, w, strings.Repeat("x", 1+i%1000)+string(rune('a'+i/1000)), zip.Store, nil)
	}
}

// bomb says that it is huge, in few bytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put(t, w, "mimetype", zip.Store, []byte(mediaTypeE))
	raw, err := w.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	raw.Write([]byte("abcd"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lie gives an entry another name in its local header than in the directory.
func lie(t *testing.T, good []byte) []byte {
	t.Helper()
	changed := bytes.Clone(good)
	at := bytes.Index(changed, []byte("vuoto.bin"))
	copy(changed[at:], "altro.bin")
	return changed
}

// overlap lets two entries of the directory be at one place.
func overlap(t *testing.T, good []byte) []byte {
	t.Helper()
	changed := bytes.Clone(good)
	const directory = "PK\x01\x02"
	first := bytes.Index(changed, []byte(directory))
	second := first + 4 + bytes.Index(changed[first+4:], []byte(directory))
	third := second + 4 + bytes.Index(changed[second+4:], []byte(directory))
	binary.LittleEndian.PutUint32(changed[third+42:], binary.LittleEndian.Uint32(changed[second+42:]))
	return changed
}

// packed has a compressed media type.
func packed(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put(t, w, "mimetype", zip.Deflate, []byte(mediaTypeE))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
