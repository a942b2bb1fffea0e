package pdf

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzOpen reads everything that a file leads to. Nothing may hang, or use much
// more memory than the limits allow, and what is wrong with a file is damage.
func FuzzOpen(f *testing.F) {
	for _, doc := range kept(f) {
		f.Add(doc)
	}
	f.Add([]byte("%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Kids[3 0 R]>>\nendobj\n3 0 obj\n<</Type/Page>>\nendobj\n" +
		"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \n0000000091 00000 n \ntrailer\n<</Root 1 0 R>>\nstartxref\n123\n%%EOF\n"))
	f.Add([]byte("%PDF-1.5\n1 0 obj\n<</Type/XRef/W[1 1 1]/Size 2/Root 1 0 R/Length 6/Filter/AHx>>\nstream\n010900\nendstream\nendobj\nstartxref\n9\n%%EOF"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		file, err := open(doc)
		if err != nil {
			if !errors.Is(err, ErrBroken) && !errors.Is(err, ErrEncrypted) {
				t.Fatal(err)
			}
			return
		}
		if err := explore(file); err != nil && !errors.Is(err, ErrBroken) {
			t.Fatal(err)
		}
		root, catalog, err := file.Catalog()
		if err != nil {
			return
		}
		u := file.Update()
		u.Put(root, catalog)
		w, err := u.Write(make([]byte, 16))
		if err != nil {
			return
		}
		again, err := open(append(bytes.Clone(doc), w.Bytes...))
		if err != nil {
			t.Fatalf("a revision was added, and now: %v", err)
		}
		if _, now, err := again.Catalog(); err != nil || !same(now, catalog) {
			t.Fatalf("another catalog: %v", err)
		}
	})
}

// same compares what is written: an array at the top may hold what no file can.
func same(a, b Object) bool {
	var x, y bytes.Buffer
	Write(&x, a)
	Write(&y, b)
	return bytes.Equal(x.Bytes(), y.Bytes())
}

func explore(file *File) error {
	file.Version()
	for _, number := range file.Touched(len(file.Revisions())) {
		o, err := file.Lookup(number)
		if err != nil {
			continue
		}
		if s, ok := o.(*Stream); ok {
			if _, err := file.Decoded(s, 1<<20); err != nil && !errors.Is(err, ErrBroken) {
				return err
			}
		}
	}
	if _, err := file.LastPage(); err != nil && !errors.Is(err, ErrBroken) {
		return err
	}
	return file.Pages(func(p Page) (bool, error) {
		_, err := file.Array(p.Value("MediaBox"))
		return true, err
	})
}
