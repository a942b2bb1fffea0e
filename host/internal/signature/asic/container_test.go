package asic

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

// repack writes a container's entries anew, as change wants them.
func repack(t testing.TB, container []byte, change func(name string, content []byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(container), int64(len(container)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if content = change(f.Name, content); content != nil {
			put(t, w, f.Name, f.Method, content)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func put(t testing.TB, w *zip.Writer, name string, method uint16, content []byte) {
	t.Helper()
	e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(content); err != nil {
		t.Fatal(err)
	}
}

// A byte that is changed in any entry that is signed is noticed, whichever way
// the zip is made good again.
func TestOneByte(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	for form, signed := range map[Form]map[string]int{ // where in a hundred: certificates of authorities are not signed
		XAdES: {files[0].Name: 50, "META-INF/signatures001.xml": 10},
		CAdES: {files[0].Name: 50, "META-INF/ASiCManifest001.xml": 80, "META-INF/signature001.p7s": 99},
	} {
		container := sign(t, s, signature.Options{}, form, files...)
		for name, at := range signed {
			t.Run(name, func(t *testing.T) {
				changed := repack(t, container, func(n string, content []byte) []byte {
					if n == name {
						content[len(content)*at/100] ^= 1
					}
					return content
				})
				if all, err := Verify(t.Context(), bytes.NewReader(changed), nil); err == nil && all[0].Broken == nil {
					t.Errorf("holds: %+v", all[0])
				}
				missing := repack(t, container, func(n string, content []byte) []byte {
					if n == name {
						return nil
					}
					return content
				})
				if all, err := Verify(t.Context(), bytes.NewReader(missing), nil); err == nil && all[0].Broken == nil {
					t.Errorf("holds without: %+v", all[0])
				}
			})
		}
	}
}

func TestAdded(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	for _, form := range []Form{XAdES, CAdES} {
		container := repack(t, sign(t, s, signature.Options{}, form, files...), func(name string, content []byte) []byte { return content })
		added := addEntry(t, container, "aggiunto.txt")
		if f := one(t, added); f.Broken != nil || f.Covers != signature.Part {
			t.Errorf("found %+v", f)
		}
	}
}

func addEntry(t testing.TB, container []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(container), int64(len(container)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	put(t, w, name, zip.Deflate, []byte("x"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Zips that unpackers could disagree about, or choke on.
func TestHostile(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	good := sign(t, s, signature.Options{}, XAdES, files...)
	build := func(fill func(w *zip.Writer)) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		put(t, w, "mimetype", zip.Store, []byte(mediaTypeE))
		fill(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	entry := func(name string) []byte {
		return build(func(w *zip.Writer) { put(t, w, name, zip.Deflate, []byte("x")) })
	}
	for name, row := range map[string]struct {
		container []byte
		detail    string
	}{
		"not a zip":         {[]byte("PK nothing"), "zip"},
		"twice":             {build(func(w *zip.Writer) { put(t, w, "a", 0, nil); put(t, w, "a", 0, nil) }), "entry twice"},
		"twice by case":     {build(func(w *zip.Writer) { put(t, w, "a", 0, nil); put(t, w, "A", 0, nil) }), "entry twice"},
		"file and folder":   {build(func(w *zip.Writer) { put(t, w, "a", 0, nil); put(t, w, "a/", 0, nil) }), "entry twice"},
		"upwards":           {entry("../a"), "entry name"},
		"upwards inside":    {entry("a/../../b"), "entry name"},
		"absolute":          {entry("/etc/passwd"), "entry name"},
		"backslash":         {entry(`..\a`), "entry name"},
		"drive":             {entry("c:a"), "entry name"},
		"not utf-8":         {entry("\xff"), "entry name"},
		"empty":             {nil, "zip"},
		"link":              {build(func(w *zip.Writer) { h := &zip.FileHeader{Name: "l"}; h.SetMode(fs.ModeSymlink); w.CreateHeader(h) }), "not a file"},
		"bomb":              {bomb(t), "entry size"},
		"many":              {build(func(w *zip.Writer) { many(t, w) }), "too many entries"},
		"lying header":      {lie(t, good), "local header"},
		"overlapping":       {overlap(t, good), "entries overlap"},
		"something before":  {append([]byte("%PDF-1.4\n"), good...), "local header"},
		"mimetype deflated": {packed(t), "mimetype is not first"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(t.Context(), bytes.NewReader(row.container), nil)
			if e := new(signature.Error); !errors.As(err, &e) || e.Code != "document.signature_broken" || e.Detail != row.detail {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNotSigned(t *testing.T) {
	for name, names := range map[string][]string{"other zip": {"a"}, "no signature": {"mimetype", "a"}} {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, n := range names {
			put(t, w, n, zip.Store, []byte(mediaTypeE))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), bytes.NewReader(out.Bytes()), nil); !errors.Is(err, &signature.Error{Code: "document.not_signed"}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An entry that unpacks to more than it says ends where it said.
func TestLyingSize(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	good := sign(t, s, signature.Options{}, XAdES, files[0])
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		h := f.FileHeader
		if f.Name == files[0].Name {
			h.UncompressedSize64 = 10
			h.CRC32 = crc32.ChecksumIEEE([]byte("Profilo sa"))
		}
		raw, err := w.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(raw, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if f := one(t, out.Bytes()); f.Broken == nil {
		t.Errorf("found %+v", f)
	}
}

func FuzzVerify(f *testing.F) {
	var empty bytes.Buffer
	w := zip.NewWriter(&empty)
	writeMimetype(w)
	w.Close()
	f.Add(empty.Bytes())
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	s := signtest.New(f).One(f, "P-256 SHA-256")
	for _, form := range []Form{XAdES, CAdES} {
		f.Add(repack(f, sign(f, s, signature.Options{}, form, File{Name: "a", Source: strings.NewReader("abc")}), func(name string, content []byte) []byte {
			if name == "a" {
				return []byte("abd")
			}
			return content
		}))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := Verify(t.Context(), bytes.NewReader(raw), nil)
		if e := new(signature.Error); err != nil && !errors.As(err, &e) {
			t.Errorf("%T %v", err, err)
		}
		for _, found := range all {
			if found.Broken == nil {
				t.Errorf("holds: %+v", found)
			}
		}
	})
}
