package xmlc14n

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documents are canonicalised here and by xmllint.
var documents = map[string]string{
	"empty element":               `<a/>`,
	"spaces in tags":              "<a  b = '1'\n\tc=\"2\" ></a >",
	"attributes by namespace":     `<a xmlns:x="urn:b" xmlns:b="urn:a" b:z="1" x:y="2" z="0" b:a="3" a="4"/>`,
	"white space in values":       "<a z=\"  &#10; \n\r\nx\t&#9;&#xD;\" b='\"&lt;>&amp;&apos;'/>",
	"line ends":                   "<a>1\r\n2\r3\n&#13;<!-- c\r\nd --><?p q\r\nr?></a>",
	"text":                        `<a>&lt;&#x26;&gt;]] ><![CDATA[<&>"']]>&#x20AC;è𝄞</a>`,
	"outside the root":            "<?xml version=\"1.0\"?>\n<?style  href='x'  ?>\n<!-- one -->\n<a><?p?></a>\n<!-- two --><?end?>\n",
	"default namespace":           `<a xmlns="urn:u"><b xmlns=""><c xmlns="urn:v"/><d/></b><e xmlns="urn:u"/></a>`,
	"default not used":            `<p:a xmlns="urn:u" xmlns:p="urn:v"><b xmlns=""/><p:c><d/></p:c></p:a>`,
	"superfluous":                 `<a xmlns="" xmlns:p="urn:p"><b xmlns:p="urn:p"><p:c xmlns:p="urn:q"/></b></a>`,
	"prefix rebound":              `<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"/></p:b></p:a>`,
	"unused prefixes":             `<a xmlns:z="urn:z" xmlns:y="urn:y"><b z:q="1"><c y:q="2"/></b></a>`,
	"two prefixes, one namespace": `<a xmlns:x="urn:1" xmlns:y="urn:1" x:b="1" y:a="2"><y:c/><x:c/></a>`,
	"xml attributes":              `<a xml:lang="it" xml:space="preserve" xml:id="i"><b xml:lang="en"/></a>`,
	"xml declared":                `<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="it"/>`,
	"latin":                       "<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe8'>perch\xe9</a>",
	"byte order mark":             "\xef\xbb\xbf<a>à</a>",
	"names":                       `<_a.b-c:è·1 xmlns:_a.b-c="urn:x"/>`,
}

func TestAsXmllint(t *testing.T) {
	methods := map[string]Method{
		"--c14n":     {Comments: true},
		"--c14n11":   {V11: true, Comments: true},
		"--exc-c14n": {Exclusive: true, Comments: true},
	}
	for name, text := range documents {
		for flag, method := range methods {
			t.Run(name+flag, func(t *testing.T) {
				cmd := exec.Command("xmllint", flag, "-")
				cmd.Stdin = strings.NewReader(text)
				var said bytes.Buffer
				cmd.Stderr = &said
				want, err := cmd.Output()
				if err != nil {
					t.Fatalf("xmllint: %v\n%s", err, said.Bytes())
				}
				d, err := Parse([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				var got bytes.Buffer
				if err := d.Canonical(&got, method, Selection{}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
