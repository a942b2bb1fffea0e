package kit

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// schema is as much of an XSD as is needed to know what it describes.
type schema struct {
	Target   string `xml:"targetNamespace,attr"`
	Elements []struct {
		Name string `xml:"name,attr"`
	} `xml:"element"`
	Imports []struct {
		Location string `xml:"schemaLocation,attr"`
	} `xml:"import"`
}

// unpack copies the schemas into the folder aside, puts right what keeps xmllint
// from reading them, and tells which file describes what.
func unpack(from, aside string) (map[xml.Name]string, error) {
	described := map[xml.Name]string{}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".xsd" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(aside, rel)
		var s schema
		if err := xml.Unmarshal(text, &s); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		for _, e := range s.Elements {
			described[xml.Name{Space: s.Target, Local: e.Name}] = to
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.WriteFile(to, []byte(mend(string(text), filepath.Dir(path), s)), 0o600)
	})
	if err == nil && len(described) == 0 {
		err = fmt.Errorf("no schema in %s", from)
	}
	return described, err
}

// mend removes a minOccurs that the kit of 2026 puts at a type, where none may
// be (TipiDatiInterrogaNreUtilizzati.xsd, line 127), and spells the names of
// imported files as they are spelt on the disk.
func mend(text, folder string, s schema) string {
	text = strings.Replace(text, `<xs:complexType name="elencoNreUtilRecordType" minOccurs="0">`, `<xs:complexType name="elencoNreUtilRecordType">`, 1)
	there, _ := filepath.Glob(filepath.Join(folder, "*.xsd"))
	for _, i := range s.Imports {
		for _, file := range there {
			if name := filepath.Base(file); name != i.Location && strings.EqualFold(name, i.Location) {
				text = strings.ReplaceAll(text, `"`+i.Location+`"`, `"`+name+`"`)
			}
		}
	}
	return text
}

// envelope is SOAP 1.1 around one kind of body (W3C note of 8 May 2000,
// section 4 and 4.4).
const envelope = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:s="%[1]s" targetNamespace="%[1]s" elementFormDefault="qualified">
%[2]s<xs:element name="Envelope"><xs:complexType><xs:sequence>
<xs:element name="Header" minOccurs="0"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="Body"><xs:complexType><xs:sequence><xs:any namespace="%[3]s" processContents="strict"/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Fault"><xs:complexType><xs:sequence>
<xs:element name="faultcode" type="xs:QName" form="unqualified"/><xs:element name="faultstring" type="xs:string" form="unqualified"/>
<xs:element name="faultactor" type="xs:anyURI" form="unqualified" minOccurs="0"/>
<xs:element name="detail" form="unqualified" minOccurs="0"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
</xs:schema>
`

// wrap writes the schema of an envelope around a body.
func wrap(aside string, body xml.Name, file string) (string, error) {
	imported := ""
	if file != "" {
		imported = fmt.Sprintf("<xs:import namespace=%q schemaLocation=%q/>\n", body.Space, file)
	}
	around := filepath.Join(aside, "busta-"+body.Local+".xsd")
	return around, os.WriteFile(around, fmt.Appendf(nil, envelope, soap, imported, body.Space), 0o600)
}
