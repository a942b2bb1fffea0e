package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/pdftest"
)

func TestOperators(t *testing.T) {
	type ops = [][]string
	for text, want := range map[string]ops{
		"":                         nil,
		"q 1 -.5 (a) /N cm%x\nQ":   {{"q"}, {"cm", "1", "-.5", "(a)", "/N"}, {"Q"}},
		"[1(b)<63>]TJ T* ' \"":     {{"TJ", "[1 (b) <63>]"}, {"T*"}, {"'"}, {"\""}},
		"/A<</B[1]>>BDC null d":    {{"BDC", "/A", "<</B [1]\n>>"}, {"d", "null"}},
		"BI/W 1/H 1 ID\nEIxEI EI":  {{"BI", "<</H 1\n/W 1\n>>"}},
		"BI ID \xff\nEI\xff\nEI Q": {{"BI", "<<>>"}, {"Q"}},
		"BI ID x EI\nQ q":          {{"BI", "<<>>"}, {"Q"}, {"q"}},
	} {
		var got ops
		list := NewOperators([]byte(text))
		for {
			op, err := list.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			row := []string{op.Name}
			for _, o := range op.Operands {
				row = append(row, written(o))
			}
			got = append(got, row)
			if op.Name != "BI" && !strings.HasSuffix(text[:op.End], op.Name) {
				t.Errorf("%q: %s does not end at %d", text, op.Name, op.End)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for _, text := range []string{"1 2", "(a", "<</A", ")", "BI", "BI /W ID x", "BI 1 2 ID x EI", "BI ID x", "BI ID xEI", strings.Repeat("1 ", 70) + "re", "[1 0 R x]"} {
		list := NewOperators([]byte(text))
		var err error
		for err == nil {
			_, err = list.Next()
		}
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// lzwOf packs data.
func lzwOf(data []byte, early int) string {
	var bits strings.Builder
	next, table := lzwFirst, map[string]int{}
	write := func(code int) {
		width := 9
		for next+early >= 1<<width && width < 12 {
			width++
		}
		fmt.Fprintf(&bits, "%0*b", width, code)
	}
	code := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return table[s]
	}
	write(lzwClear)
	word := ""
	first := true
	for _, c := range data {
		longer := word + string([]byte{c})
		if _, ok := table[longer]; ok || len(longer) == 1 {
			word = longer
			continue
		}
		write(code(word))
		if !first && next < lzwTable {
			next++
		}
		first = false
		if n := lzwFirst + len(table); n < lzwTable {
			table[longer] = n
		}
		word = longer[len(longer)-1:]
	}
	if word != "" {
		write(code(word))
		if !first && next < lzwTable {
			next++
		}
	}
	write(lzwEnd)
	text := bits.String()
	text += strings.Repeat("0", (8-len(text)%8)%8)
	var out strings.Builder
	for i := 0; i < len(text); i += 8 {
		var c byte
		fmt.Sscanf(text[i:i+8], "%b", &c)
		out.WriteByte(c)
	}
	return out.String()
}

func TestPacked(t *testing.T) {
	noise := make([]byte, 20_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = "abc"[r.IntN(3)]
	}
	for name, row := range map[string]struct{ dict, data, want string }{
		// The example of section 7.4.4.2.
		"LZW":              {"<</Filter /LZWDecode>>", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		"LZW, long":        {"<</Filter /LZW>>", lzwOf(noise, 1), string(noise)},
		"LZW, late change": {"<</Filter /LZWDecode /DecodeParms <</EarlyChange 0>>>>", lzwOf(noise, 0), string(noise)},
		"LZW without end":  {"<</Filter /LZWDecode>>", "\x80\x0b\x60\x50\x22\x0c\x0c", "-----A---"},
		"nothing, packed":  {"<</Filter /FlateDecode>>", "", ""},
		"run length":       {"<</Filter /RunLengthDecode>>", "\x02abc\xfed\x00e\x80rest", "abcddde"},
		"run length, open": {"<</Filter /RL>>", "\x00a", "a"},
	} {
		f, s := streamOf(row.dict, row.data)
		got, err := f.Decoded(s, 1<<20)
		if err != nil || string(got) != row.want {
			t.Errorf("%s: %.40q, %d of %d bytes, %v", name, got, len(got), len(row.want), err)
		}
	}
	for name, row := range map[string]struct{ dict, data string }{
		"a code before there is one": {"<</Filter /LZWDecode>>", "\x80\x60\x00"},
		"a bomb":                     {"<</Filter /RL>>", strings.Repeat("\x81\x00", 10_000)},
	} {
		f, s := streamOf(row.dict, row.data)
		if _, err := f.Decoded(s, 1<<20); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Streams of a page that say a wrong length are read up to their end.
func TestContents(t *testing.T) {
	for name, row := range map[string]struct{ contents, length, want string }{
		"one":          {"4 0 R", "3", "q Q"},
		"too long":     {"4 0 R", "999", "q Q"},
		"too short":    {"4 0 R", "1", "q Q"},
		"missing":      {"4 0 R", "null", "q Q"},
		"two":          {"[4 0 R 4 0 R]", "9", "q Q\nq Q\n"},
		"none":         {"null", "3", ""},
		"null in them": {"[null 4 0 R 9 0 R]", "3", "q Q\n"},
		"no stream":    {"[3 0 R]", "3", "broken"},
		"a number":     {"7", "3", "broken"},
	} {
		b := pdftest.New()
		b.Object(1, "<</Type /Catalog /Pages 2 0 R>>")
		b.Object(2, "<</Kids [3 0 R]>>")
		b.Object(3, "<</Type /Page /Contents "+row.contents+">>")
		b.Object(4, "<</Length "+row.length+">>\nstream\nq Q\r\nendstream")
		file, err := open(b.End(""))
		if err != nil {
			t.Fatal(err)
		}
		page, err := file.LastPage()
		if err != nil {
			t.Fatal(err)
		}
		streams, err := file.Contents(page)
		if row.want == "broken" {
			if !errors.Is(err, ErrBroken) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		data, err := file.Joined(streams, 100)
		if err != nil || strings.TrimSuffix(string(data), "\n") != strings.TrimSuffix(row.want, "\n") {
			t.Errorf("%s: %q %v", name, data, err)
		}
		if _, err := file.Joined(streams, 2); len(streams) > 0 && !errors.Is(err, ErrBroken) {
			t.Errorf("%s, no room: %v", name, err)
		}
	}
}

func written(o Object) string {
	var b bytes.Buffer
	Write(&b, o)
	return b.String()
}
