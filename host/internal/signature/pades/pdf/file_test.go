package pdf

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

func TestTry(t *testing.T) {
	for _, name := range []string{"libreoffice", "libreoffice-pdfa", "tex"} {
		data, err := os.ReadFile("../testdata/" + name + ".pdf")
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		_, c, err := f.Catalog()
		fmt.Println(name, f.Trailer(), c, err)
		p, err := f.LastPage()
		fmt.Println(p.Dict, err)
	}
}
