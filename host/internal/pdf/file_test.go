package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(data []byte) (*File, error) { return Open(bytes.NewReader(data), int64(len(data))) }

// kept are the documents that package pades is tested with.
func kept(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../signature/pades/testdata/*.pdf")
	if err != nil || len(names) == 0 {
		t.Fatal("no documents", err)
	}
	docs := map[string][]byte{}
	for _, name := range names {
		if docs[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return docs
}

func TestObjects(t *testing.T) {
	for text, want := range map[string]Object{
		"12":                        Integer(12),
		"-7":                        Integer(-7),
		"+.5":                       Real("+.5"),
		"4.":                        Real("4."),
		"true":                      true,
		"null":                      nil,
		"/A#20B#zz":                 Name("A B#zz"),
		"/":                         Name(""),
		"12 0 R":                    Ref{12, 0},
		"[1 2 0 R 3]":               Array{Integer(1), Ref{2, 0}, Integer(3)},
		"<</A 1/B null/C[/D]>>":     Dict{"A": Integer(1), "C": Array{Name("D")}},
		"% remark\n5":               Integer(5),
		"(a(b)c)":                   String{Bytes: []byte("a(b)c"), Start: 0, End: 7},
		"(\\n\\101\\9\\\r\nx\r\ny)": String{Bytes: []byte("\nA9x\ny"), Start: 0, End: 17},
		"<48 6>":                    String{Bytes: []byte("H`"), Start: 0, End: 6, Hex: true},
	} {
		o, err := newParser(strings.NewReader(text), 0, int64(len(text))).object(0)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, o); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestNoObjects(t *testing.T) {
	for _, text := range []string{
		"", "[", "<<", "<</A", "<</A 1", "<<1 2>>", "<</A 1 2>>", "(", "<4", "<xx>", ")", ">>", "]", "[1 R]", "[9999999999 0 R]", "[1 99999 R]",
		"{", "[endobj]", strings.Repeat("[", maxDepth+1), strings.Repeat("<</A", maxDepth+1),
	} {
		o, err := newParser(strings.NewReader(text), 0, int64(len(text))).object(0)
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%.20s: %v %v", text, o, err)
		}
	}
}

// A purse that is nearly empty ends what would go on.
func TestLimits(t *testing.T) {
	for _, text := range []string{"[1 2 3 4 5 6 7 8 9]", "(123456789)", "<313233343536373839>", "/123456789"} {
		for spent, want := range map[int]error{0: nil, 1: ErrBroken} {
			p := newParser(strings.NewReader(text), 0, int64(len(text)))
			p.elements, p.text = spent*(maxElements-5), spent*(maxText-5)
			if _, err := p.object(0); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", text, err, want)
			}
		}
	}
}

// What is written is read again as it was.
func TestWrite(t *testing.T) {
	want := Dict{
		"A": Array{Integer(-3), Real("1.50"), true, nil, Ref{7, 2}}, "B c/(": Name("è #"),
		"S": String{Bytes: []byte("(\\\x00è")}, "H": String{Bytes: []byte{0xfe, 0xff}, Hex: true}, "D": Dict{},
	}
	var b bytes.Buffer
	Write(&b, want)
	o, err := newParser(bytes.NewReader(b.Bytes()), 0, int64(b.Len())).object(0)
	if err != nil || !Equal(o, want) {
		t.Errorf("%v: %s", err, b.Bytes())
	}
}

func TestEqual(t *testing.T) {
	different := []Object{nil, true, Integer(1), Real("1"), Name("1"), String{Bytes: []byte("1")}, Array{}, Array{nil}, Dict{}, Dict{"A": nil}, Ref{1, 0}, &Stream{}, &Stream{Start: 1}}
	for i, a := range different {
		for j, b := range different {
			if Equal(a, b) != (i == j) {
				t.Errorf("%v and %v", a, b)
			}
		}
	}
}

func deflate(data []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.String()
}

// streamOf is a file that holds one stream only.
func streamOf(dict, data string) (*File, *Stream) {
	text := data + "\nendstream"
	d, err := newParser(strings.NewReader(dict), 0, int64(len(dict))).object(0)
	if err != nil {
		panic(err)
	}
	s := &Stream{Dict: d.(Dict)}
	if _, ok := s.Dict["Length"]; !ok {
		s.Dict["Length"] = Integer(len(data))
	}
	return &File{src: strings.NewReader(text), size: int64(len(text))}, s
}

func TestDecoded(t *testing.T) {
	pixels := "\x01\x05\x01\x01" + "\x02\x01\x01\x01" + "\x03\x02\x02\x02" + "\x04\x01\x01\x01" + "\x00\x09\x09\x09"
	for name, row := range map[string]struct{ dict, data, want string }{
		"plain":     {"<<>>", "abc", "abc"},
		"flate":     {"<</Filter /FlateDecode>>", deflate([]byte("abc")), "abc"},
		"hex":       {"<</Filter [/AHx]>>", "61 62 6>", "ab`"},
		"ascii85":   {"<</Filter /ASCII85Decode>>", "@:E^~>", "abc"},
		"two":       {"<</Filter [/ASCIIHexDecode /Fl] /DecodeParms [null null]>>", fmt.Sprintf("%x>", deflate([]byte("abc"))), "abc"},
		"predicted": {"<</Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 3>>>>", deflate([]byte(pixels)), "\x05\x06\x07\x06\x07\x08\x05\x08\x0a\x06\x09\x0b\x09\x09\x09"},
	} {
		f, s := streamOf(row.dict, row.data)
		got, err := f.Decoded(s, 1<<20)
		if err != nil || string(got) != row.want {
			t.Errorf("%s: %x %v", name, got, err)
		}
	}
}

// Streams that lie about their length, that nobody knows, and that grow without end.
func TestNotDecoded(t *testing.T) {
	zeros := deflate(make([]byte, 2<<20))
	for name, row := range map[string]struct{ dict, data string }{
		"length":           {"<</Length 2>>", "abcde"},
		"negative length":  {"<</Length -2>>", "abcde"},
		"long":             {"<</Length 2000>>", "abcde"},
		"no length":        {"<</Length /x>>", "abcde"},
		"unknown filter":   {"<</Filter /JBIG2Decode>>", "abc"},
		"many filters":     {"<</Filter [/Fl /Fl /Fl /Fl /Fl]>>", "abc"},
		"not compressed":   {"<</Filter /FlateDecode>>", "abc"},
		"cut off":          {"<</Filter /FlateDecode>>", deflate([]byte("abcdef"))[:9]},
		"bomb":             {"<</Filter /FlateDecode>>", zeros},
		"bomb in a bomb":   {"<</Filter [/FlateDecode /FlateDecode]>>", deflate([]byte(zeros))},
		"row that is huge": {"<</Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 99999999>>>>", deflate([]byte("abc"))},
		"predictor":        {"<</Filter /FlateDecode /DecodeParms <</Predictor 2>>>>", deflate([]byte("abc"))},
		"kind of row":      {"<</Filter /FlateDecode /DecodeParms <</Predictor 12>>>>", deflate([]byte("\x09a"))},
		"hex":              {"<</Filter /AHx>>", "6x>"},
		"ascii85":          {"<</Filter /A85>>", "\x7f\x7f~>"},
	} {
		f, s := streamOf(row.dict, row.data)
		if _, err := f.Decoded(s, 1<<20); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every document is read to its last page, and again after a revision.
func TestUpdate(t *testing.T) {
	for name, doc := range kept(t) {
		for round := range 3 {
			f, err := open(doc)
			if err != nil {
				t.Fatal(name, round, err)
			}
			root, catalog, err := f.Catalog()
			if err != nil {
				t.Fatal(name, round, err)
			}
			if round > 0 && catalog["Round"] != Integer(round-1) {
				t.Errorf("%s: round %d: %v", name, round, catalog["Round"])
			}
			if page, err := f.LastPage(); err != nil || page.Value("MediaBox") == nil {
				t.Errorf("%s: round %d: %v", name, round, err)
			}
			u := f.Update()
			catalog["Round"] = Integer(round)
			u.Put(root, catalog)
			u.Add(String{Bytes: []byte("new")})
			w, err := u.Write([]byte("0123456789abcdef"))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(f.Revisions()); got != round+1 {
				t.Errorf("%s: %d revisions", name, got)
			}
			doc = append(doc[:len(doc):len(doc)], w.Bytes...)
		}
	}
}
