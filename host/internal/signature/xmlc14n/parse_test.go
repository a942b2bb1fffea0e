package xmlc14n

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
)

func TestRefused(t *testing.T) {
	for name, row := range map[string]struct{ text, detail string }{
		"empty":                  {"", "ends early"},
		"dtd":                    {`<!DOCTYPE a><a/>`, "dtd"},
		"entity":                 {`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`, "dtd"},
		"expansion":              {`<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>`, "dtd"},
		"external":               {`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, "dtd"},
		"dtd inside":             {`<a><!DOCTYPE a></a>`, "dtd"},
		"unknown entity":         {`<a>&nbsp;</a>`, "entity"},
		"deep":                   {strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), "too deep"},
		"many":                   {"<a>" + strings.Repeat("<b/>", maxNodes) + "</a>", "too many nodes"},
		"many attributes":        {"<a" + strings.Repeat(" b=''", maxNodes+1) + "/>", "too many nodes"},
		"many namespaces":        {"<a" + manyNamespaces() + "/>", "too many namespaces"},
		"id twice":               {`<a Id="x"><b Id="x"/></a>`, "id twice"},
		"id twice, two names":    {`<a ID="x"><b xml:id="x"/></a>`, "id twice"},
		"id twice, utility":      {`<a xmlns:u="` + utilitySpace + `" u:Id="x"><b u:Id="x"/></a>`, "id twice"},
		"relative namespace":     {`<a xmlns="x"/>`, "relative namespace"},
		"unbound prefix":         {`<p:a/>`, "prefix"},
		"unbound attribute":      {`<a p:b="1"/>`, "prefix"},
		"prefix out of scope":    {`<a><b xmlns:p="urn:p"/><p:c/></a>`, "prefix"},
		"prefix unbound again":   {`<a xmlns:p="urn:p"><b xmlns:p=""/></a>`, "namespace"},
		"xmlns bound":            {`<a xmlns:xmlns="urn:p"/>`, "namespace"},
		"xml rebound":            {`<a xmlns:xml="urn:p"/>`, "namespace"},
		"xml by another name":    {`<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`, "namespace"},
		"attribute twice":        {`<a b="1" b="2"/>`, "attribute twice"},
		"twice by namespace":     {`<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>`, "attribute twice"},
		"declared twice":         {`<a xmlns="urn:x" xmlns="urn:x"/>`, "attribute twice"},
		"no white space":         {`<a b="1"c="2"/>`, "tag"},
		"no quotes":              {`<a b=1/>`, "attribute"},
		"no value":               {`<a b/>`, "attribute"},
		"less than in value":     {`<a b="<"/>`, "attribute"},
		"open value":             {`<a b="`, "ends early"},
		"ampersand":              {`<a>&</a>`, "reference"},
		"ampersand in value":     {`<a b="&"/>`, "reference"},
		"reference to nothing":   {`<a>&#0;</a>`, "character reference"},
		"reference to surrogate": {`<a>&#xD800;</a>`, "character reference"},
		"huge reference":         {`<a>&#x110000;</a>`, "character reference"},
		"no digits":              {`<a>&#;</a>`, "character reference"},
		"sign in reference":      {`<a>&#+65;</a>`, "character reference"},
		"end of section":         {`<a>]]></a>`, "text"},
		"wrong end":              {`<a></b>`, "end tag"},
		"other prefix":           {`<a xmlns:p="urn:p" xmlns:q="urn:p"><p:b></q:b></a>`, "end tag"},
		"end only":               {`</a>`, "end tag"},
		"open":                   {`<a><b></b>`, "ends early"},
		"two roots":              {`<a/><b/>`, "two roots"},
		"text before":            {`x<a/>`, "text outside the root"},
		"text after":             {`<a/>x`, "text outside the root"},
		"reference after":        {`<a/>&#32;`, "text outside the root"},
		"section after":          {`<a/><![CDATA[ ]]>`, "text outside the root"},
		"open section":           {`<a><![CDATA[</a>`, "ends early"},
		"open comment":           {`<a><!-- </a>`, "ends early"},
		"comment":                {`<a><!-- -- --></a>`, "comment"},
		"comment, three":         {`<a><!-- ---></a>`, "comment"},
		"declaration later":      {`<a><?xml version="1.0"?></a>`, "processing instruction"},
		"declaration after":      {` <?xml version="1.0"?><a/>`, "processing instruction"},
		"reserved":               {`<a><?XmL x?></a>`, "processing instruction"},
		"no target":              {`<a><? x?></a>`, "processing instruction"},
		"version":                {`<?xml version="1.1"?><a/>`, "declaration"},
		"no version":             {`<?xml encoding="UTF-8"?><a/>`, "declaration"},
		"wrong order":            {`<?xml version="1.0" standalone="no" encoding="UTF-8"?><a/>`, "declaration"},
		"declared twice over":    {`<?xml version="1.0" version="1.0"?><a/>`, "declaration"},
		"unknown encoding":       {`<?xml version="1.0" encoding="EBCDIC"?><a/>`, "encoding"},
		"utf-16":                 {"\xff\xfe<\x00a\x00/\x00>\x00", "not utf-8"},
		"not utf-8":              {"<a>\xe8</a>", "not utf-8"},
		"not ascii":              {"<?xml version='1.0' encoding='US-ASCII'?><a>è</a>", "encoding"},
		"mark and latin":         {"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "encoding"},
		"control character":      {"<a>\x01</a>", "character"},
		"noncharacter":           {"<a>\uffff</a>", "character"},
		"name":                   {`<1a/>`, "name"},
		"two colons":             {`<a:b:c xmlns:a="urn:a"/>`, "tag"},
		"colon first":            {`<:a/>`, "name"},
		"colon last":             {`<a: xmlns:a="urn:a"/>`, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(row.text))
			if e := new(signature.Error); !errors.As(err, &e) || e.Code != "document.xml_refused" || e.Detail != row.detail {
				t.Errorf("%v", err)
			}
		})
	}
}

func manyNamespaces() string {
	var b strings.Builder
	for i := range maxDeclarations + 1 {
		b.WriteString(` xmlns:p` + strings.Repeat("x", i) + `="urn:x"`)
	}
	return b.String()
}

func TestLarge(t *testing.T) {
	_, err := Read(io.NewSectionReader(strings.NewReader(""), 0, MaxSize+1))
	if !errors.Is(err, &signature.Error{Code: "document.too_large"}) {
		t.Errorf("%v", err)
	}
}

// An id in small letters that is there twice names nothing.
func TestByID(t *testing.T) {
	d, err := Parse([]byte(`<a id="x"><b id="y"/><c id="x"/><d Id="z" ref="w"/></a>`))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"x": "", "y": "b", "z": "d", "w": "", "": ""} {
		got := ""
		if e := d.ByID(id); e != nil {
			got = e.Local
		}
		if got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
}

// Places are those of the bytes, whatever the encoding.
func TestOffset(t *testing.T) {
	for name, text := range map[string]string{
		"utf-8": "<è>à<b></b></è>", "mark": "\xef\xbb\xbf<è>à<b></b></è>",
		"latin": "<?xml version='1.0' encoding='windows-1252'?><\xe8>\x80<b></b></\xe8>",
	} {
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for e := range d.Root.Elements() {
			if got := text[d.Offset(e.Start):d.Offset(e.End)]; got != "<b></b>" {
				t.Errorf("%s: %q", name, got)
			}
		}
		if name, err := d.Encode(d.Root.Name()); err != nil || !strings.HasPrefix(text[d.Offset(d.Root.Start):], "<"+name+">") {
			t.Errorf("%s: %q, %v", text, name, err)
		}
	}
}

func TestNamespaceWithAmpersand(t *testing.T) { // libxml2 writes it raw, which is no XML
	d, err := Parse([]byte(`<a xmlns:b="http://x/?a=1&amp;b=2"><b:c/></a>`))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := d.Canonical(&got, Exclusive, Selection{}); err != nil {
		t.Fatal(err)
	}
	if want := `<a><b:c xmlns:b="http://x/?a=1&amp;b=2"></b:c></a>`; got.String() != want {
		t.Errorf("%s", got.String())
	}
}

// FuzzParse holds that what is read here is read by two others too, that the canonical
// form is a fixed point, and that it says the same to encoding/xml.
func FuzzParse(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text))
	}
	f.Add([]byte(`<a Id="x" xmlns:p="urn:p"><p:b p:c=" &#9;"/><![CDATA[]]>&lt;</a>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			if e := new(signature.Error); !errors.As(err, &e) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		once := canonical(t, d)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("the canonical form %q: %v", once, err)
		}
		if twice := canonical(t, again); !bytes.Equal(once, twice) {
			t.Fatalf("%q\n%q", once, twice)
		}
		if want, ok := tokens(raw); ok && d.charset.single == nil {
			if got, _ := tokens(once); got != want {
				t.Errorf("%q\n%s\n%s", raw, want, got)
			}
		}
	})
}

func canonical(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Canonical(&b, Method{Comments: true}, Selection{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tokens is what encoding/xml reads: elements and texts; not ok when it refuses.
func tokens(raw []byte) (string, bool) {
	var all strings.Builder
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte(mark))))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all.String(), true
		}
		if err != nil {
			return "", false
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
			all.WriteString("<" + x.Name.Space + "|" + x.Name.Local + ">")
		case xml.EndElement:
			depth--
			all.WriteString("</>")
		case xml.CharData:
			if depth > 0 {
				all.Write(x)
			}
		}
	}
}

// What xmllint refuses is refused here too.
func TestXmllintAgrees(t *testing.T) {
	folder := t.TempDir()
	args := []string{"--noout"}
	for _, text := range documents {
		for at := 0; at < len(text); at += 3 {
			for _, b := range []string{"", "<", "&", "\"", ">", ":"} {
				broken := text[:at] + b + text[at+1:]
				if _, err := Parse([]byte(broken)); err != nil {
					continue
				}
				file := filepath.Join(folder, strconv.Itoa(len(args)))
				if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, file)
			}
		}
	}
	if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil || bytes.Contains(out, []byte("error")) {
		t.Errorf("xmllint refuses some of %d: %v\n%s", len(args)-1, err, out)
	}
}
