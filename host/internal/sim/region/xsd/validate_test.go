package xsd

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

// schema: root {urn:a}r of one mandatory code (3 characters), one optional
// digit, one to many lines of {urn:b}line each holding one optional note.
var schema = &Element{Space: "urn:a", Local: "r", Complex: &Complex{Sequence: []Element{
	{Space: "urn:a", Local: "code", Min: 1, Max: 1, Simple: &Simple{Name: "{urn:a}codeType", Min: 3, Max: 3}},
	{Space: "urn:a", Local: "digit", Max: 1, Simple: &Simple{Name: "{urn:a}digitType", Max: -1, Pattern: regexp.MustCompile(`^[0-9]$`)}},
	{Space: "urn:b", Local: "line", Min: 1, Max: Unbounded, Complex: &Complex{Sequence: []Element{
		{Space: "urn:b", Local: "note", Max: 1, Simple: &Simple{Name: "{urn:b}noteType", Max: 5}},
	}}},
}}}

func TestValidate(t *testing.T) {
	for name, row := range map[string]struct{ inside, want string }{
		"all":                  {`<code>abc</code><digit>7</digit><b:line><b:note>perché</b:note></b:line><b:line/>`, "cvc-simple-type 1: element {urn:b}note is not a valid instance of type {urn:b}noteType. Value is 'perché'"},
		"characters not bytes": {`<code>àèì</code><b:line/>`, ""},
		"optional left out":    {`<code>abc</code><b:line/>`, ""},
		"white space between":  {"\n <code>abc</code>\n\t<b:line>\n</b:line> ", ""},
		"many lines":           {`<code>abc</code><b:line/><b:line/><b:line/>`, ""},
		"schema location":      {`<code xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:a a.xsd">abc</code><b:line/>`, ""},
		"too short":            {`<code>ab</code><b:line/>`, "cvc-simple-type 1: element {urn:a}code is not a valid instance of type {urn:a}codeType. Value is 'ab'"},
		"too long":             {`<code>abcd</code><b:line/>`, "cvc-simple-type 1: element {urn:a}code is not a valid instance of type {urn:a}codeType. Value is 'abcd'"},
		"pattern":              {`<code>abc</code><digit>12</digit><b:line/>`, "cvc-simple-type 1: element {urn:a}digit is not a valid instance of type {urn:a}digitType. Value is '12'"},
		"pattern and newline":  {"<code>abc</code><digit>1\n</digit><b:line/>", "cvc-simple-type 1: element {urn:a}digit is not a valid instance of type {urn:a}digitType. Value is '1\n'"},
		"pattern of nothing":   {`<code>abc</code><digit/><b:line/>`, "cvc-simple-type 1: element {urn:a}digit is not a valid instance of type {urn:a}digitType. Value is ''"},
		"missing first":        {`<digit>1</digit><b:line/>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"urn:a":digit}'. One of '{"urn:a":code}' is expected.`},
		"wrong order":          {`<code>abc</code><b:line/><digit>1</digit>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"urn:a":digit}'. One of '{"urn:b":line}' is expected.`},
		"twice":                {`<code>abc</code><code>abc</code><b:line/>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"urn:a":code}'. One of '{"urn:a":digit, "urn:b":line}' is expected.`},
		"unknown name":         {`<code>abc</code><other/><b:line/>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"urn:a":other}'. One of '{"urn:a":digit, "urn:b":line}' is expected.`},
		"wrong namespace":      {`<code>abc</code><line/>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"urn:a":line}'. One of '{"urn:a":digit, "urn:b":line}' is expected.`},
		"no namespace":         {`<code xmlns="">abc</code>`, `cvc-complex-type.2.4.a: Invalid content was found starting with element 'code'. One of '{"urn:a":code}' is expected.`},
		"incomplete":           {`<code>abc</code>`, `cvc-complex-type.2.4.b: The content of element 'r' is not complete. One of '{"urn:a":digit, "urn:b":line}' is expected.`},
		"empty":                {``, `cvc-complex-type.2.4.b: The content of element 'r' is not complete. One of '{"urn:a":code}' is expected.`},
		"no more":              {`<code>abc</code><b:line><b:note>x</b:note><b:note>y</b:note></b:line>`, `cvc-complex-type.2.4.d: Invalid content was found starting with element '{"urn:b":note}'. No child element is expected at this point.`},
		"text among elements":  {`<code>abc</code>x<b:line/>`, "cvc-complex-type.2.3: Element 'r' cannot have character [children], because the type's content type is element-only."},
		"element in text":      {`<code>abc<b/></code><b:line/>`, "cvc-type.3.1.2: Element 'code' is a simple type, so it must have no element information item [children]."},
		"attribute":            {`<code x="1">abc</code><b:line/>`, "cvc-complex-type.3.2.2: Attribute 'x' is not allowed to appear in element 'code'."},
		"nil":                  {`<code xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`, "cvc-elt.3.1: Attribute 'http://www.w3.org/2001/XMLSchema-instance,nil' must not appear on element 'code', because the {nillable} property of 'code' is false."},
		"type":                 {`<code xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x">abc</code>`, "cvc-elt.4.2: Cannot resolve 'x' to a type definition for element 'code'."},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Parse([]byte(`<r xmlns="urn:a" xmlns:b="urn:b">` + row.inside + `</r>`))
			if err != nil {
				t.Fatal(err)
			}
			err = schema.Validate(n)
			var v *Violation
			switch {
			case row.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case row.want != "" && (!errors.As(err, &v) || v.Message != row.want):
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
	t.Run("root", func(t *testing.T) {
		err := schema.Validate(&Node{})
		if err == nil || !strings.HasPrefix(err.Error(), "cvc-elt.1.a: ") {
			t.Errorf("got %v", err)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	bomb := `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`
	for name, row := range map[string]struct{ document, want string }{
		"entity bomb":            {bomb, ErrDoctype.Error()},
		"external entity":        {`<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>`, ErrDoctype.Error()},
		"undefined entity":       {`<l>&b;</l>`, "invalid character entity"},
		"deep":                   {strings.Repeat("<a>", MaxDepth+1), "nested deeper"},
		"wide":                   {"<a>" + strings.Repeat("<b/>", MaxElements) + "</a>", "more than"},
		"empty":                  {"", "premature end"},
		"blank":                  {" \n", "premature end"},
		"no markup":              {"ciao", "outside the root"},
		"two roots":              {"<a/><b/>", "following the root"},
		"text after":             {"<a/>x", "outside the root"},
		"unclosed":               {"<a><b></b>", "unexpected EOF"},
		"crossed":                {"<a><b></a></b>", "closed by"},
		"unbound prefix":         {"<x:a/>", `prefix "x"`},
		"unbound attribute":      {`<a x:b="1"/>`, `prefix "x"`},
		"prefix out of scope":    {`<a><b xmlns:x="urn:x"/><x:c/></a>`, `prefix "x"`},
		"attribute twice":        {`<a b="1" b="2"/>`, "already specified"},
		"processing instruction": {`<?xml-stylesheet href="x"?><a/>`, "processing instruction"},
		"late declaration":       {`<a><?xml version="1.0"?></a>`, "processing instruction"},
		"other encoding":         {`<?xml version="1.0" encoding="UTF-16"?><a/>`, "invalid encoding"},
		"control character":      {"<a>\x01</a>", "illegal character"},
		"broken UTF-8":           {"<a>\xff</a>", "invalid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(row.document))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want …%s…", err, row.want)
			}
		})
	}
}

func TestParseReads(t *testing.T) {
	for name, row := range map[string]struct{ document, want string }{
		"utf-8":      {"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>è</a>", "è"},
		"iso-8859-1": {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe8</a>", "è"},
		"cdata":      {"<a>1<![CDATA[<2>]]>3</a>", "1<2>3"},
		"comment":    {"<a>1<!-- x -->2</a>", "12"},
		"references": {"<a>&lt;&#65;&amp;</a>", "<A&"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Parse([]byte(row.document))
			if err != nil || n.Text != row.want {
				t.Errorf("got %+v %v", n, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><r xmlns="urn:a" xmlns:b="urn:b"><code>abc</code><digit>1</digit><b:line><b:note>x</b:note></b:line></r>`))
	f.Add([]byte(`<!DOCTYPE a><a/>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		n, err := Parse(document)
		if err != nil {
			return
		}
		if n == nil {
			t.Fatal("neither node nor error")
		}
		if schema.Validate(n) == nil && (len(n.Value("code")) < 3 || n.Child("line") == nil) {
			t.Errorf("accepted %q", document)
		}
	})
}
