package sac

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLongTexts: a promemoria of real size comes through whole, however its
// base64 is broken into lines.
func TestLongTexts(t *testing.T) {
	pdf := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte{0, 1, 2, 250}, 10000)...)
	text := base64.StdEncoding.EncodeToString(pdf)
	var lines strings.Builder
	for i, r := range text {
		if i%76 == 0 {
			lines.WriteString("\n\t ")
		}
		lines.WriteRune(r)
	}
	good := string(sample(t, "invio-accettato.xml"))
	small := "JVBERi0xLjQKJXByb3ZhCiUlRU9GCg=="
	for name, long := range map[string]string{
		"one line": text, "lines": lines.String(), "CRLF": strings.ReplaceAll(lines.String(), "\n", "\r\n"),
		"entity": strings.Replace(text, "A", "&#65;", 1), "CDATA": "<![CDATA[" + text + "]]>", "in two": text[:5000] + "<!-- -->" + text[5000:],
	} {
		for charset, label := range map[string]string{"UTF-8": "UTF-8", "Latin 1": "ISO-8859-1"} {
			body := strings.Replace(strings.Replace(good, small, long, 1), "UTF-8", label, 1)
			r, err := DecodeSend([]byte(body))
			if err != nil || !bytes.Equal(r.Promemoria, pdf) || r.NRE != "0900A0000004200" {
				t.Errorf("%s, %s: %d bytes of %d, %v", name, charset, len(r.Promemoria), len(pdf), err)
			}
		}
	}
	empty := strings.Replace(good, "<pdfPromemoria>"+small+"</pdfPromemoria>", "<pdfPromemoria/>"+strings.Repeat("QUJD", 1000), 1)
	if r, err := DecodeSend([]byte(empty)); err != nil || r.Promemoria != nil {
		t.Errorf("the text after an empty element: %d bytes, %v", len(r.Promemoria), err)
	}
}

// FuzzLongTexts: taking long texts out changes nothing in what is read.
func FuzzLongTexts(f *testing.F) {
	seed(f)
	f.Add([]byte("<a><b>QUJDQUJD</b>QUJDQUJD<c/>QUJDQUJD</a>"))
	f.Add([]byte("<a b='/'>QUJDQUJD<![CDATA[<]]></a>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		want, wantErr := parseWith(body, len(body)+1)
		got, err := parseWith(body, 4)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, without %v", err, wantErr)
		}
		if d := cmp.Diff(flat(want), flat(got)); d != "" {
			t.Error(d)
		}
	})
}

// flat writes a tree down. A lone line feed and CRLF are one to XML.
func flat(n *node) (list []string) {
	if n == nil {
		return nil
	}
	list = append(list, n.name.Space+" "+n.name.Local+" "+string(n.text))
	for _, c := range n.children {
		list = append(list, flat(c)...)
	}
	return append(list, "/")
}
