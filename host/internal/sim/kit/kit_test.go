package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A kit of one schema, with the two faults of the real one.
const (
	types = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:tipi" xmlns="urn:tipi">
<xs:simpleType name="numero"><xs:restriction base="xs:string"><xs:length value="3"/></xs:restriction></xs:simpleType>
<xs:complexType name="elencoNreUtilRecordType" minOccurs="0"><xs:sequence/></xs:complexType></xs:schema>`
	question = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tipi" targetNamespace="urn:prova" elementFormDefault="qualified">
<xs:import namespace="urn:tipi" schemaLocation="TipiDiProva.xsd"/>
<xs:element name="Richiesta"><xs:complexType><xs:sequence><xs:element name="n" type="t:numero"/></xs:sequence></xs:complexType></xs:element></xs:schema>`
)

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func enveloped(body string) string {
	return `<e:Envelope xmlns:e="` + soap + `" xmlns:p="urn:prova"><e:Header/><e:Body>` + body + `</e:Body></e:Envelope>`
}

func TestValidate(t *testing.T) {
	schemas := write(t, map[string]string{"dem/Tipidiprova.xsd": types, "dem/Richiesta.xsd": question, "dem/letture.txt": "x"})
	good := enveloped(`<p:Richiesta><p:n>123</p:n></p:Richiesta>`)
	failed := enveloped(`<e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring></e:Fault>`)
	for _, row := range []struct {
		name, text, want string // want: part of the error, empty: valid
	}{
		{"valid", good, ""},
		{"fault", failed, ""},
		{"wrong value", enveloped(`<p:Richiesta><p:n>1234</p:n></p:Richiesta>`), "exceeds the allowed length|differs|length"},
		{"further element", enveloped(`<p:Richiesta><p:n>123</p:n><p:m/></p:Richiesta>`), "not expected"},
		{"two bodies", enveloped(`<p:Richiesta><p:n>123</p:n></p:Richiesta><p:Richiesta><p:n>123</p:n></p:Richiesta>`), "not expected"},
		{"unknown body", enveloped(`<p:Altro/>`), "no schema describes Altro"},
		{"incomplete fault", enveloped(`<e:Fault><faultstring>no</faultstring></e:Fault>`), "not expected"},
		{"no envelope", `<p:Richiesta xmlns:p="urn:prova"/>`, "no envelope with a body"},
		{"not XML", `{}`, "no envelope"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Validate(t.Context(), schemas, write(t, map[string]string{"1.xml": good, "2.xml": row.text}))
			if row.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("valid")
			}
			for want := range strings.SplitSeq(row.want, "|") {
				if strings.Contains(err.Error(), want) {
					return
				}
			}
			t.Error(err)
		})
	}
}

func TestValidateManyAndCount(t *testing.T) {
	files := map[string]string{"bad.txt": "x"}
	for i := range 250 {
		files[fmt.Sprintf("%03d.xml", i)] = enveloped(`<p:Richiesta><p:n>123</p:n></p:Richiesta>`)
	}
	recorded := write(t, files)
	schemas := write(t, map[string]string{"TipiDiProva.xsd": types, "Richiesta.xsd": question})
	for _, kit := range []string{schemas, ""} {
		got, err := Validate(t.Context(), kit, recorded)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Count{"Richiesta": 250}, got); diff != "" {
			t.Error(diff)
		}
	}
	if err := os.WriteFile(filepath.Join(recorded, "249.xml"), []byte(enveloped(`<p:Richiesta><p:n/></p:Richiesta>`)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Validate(t.Context(), schemas, recorded); err == nil {
		t.Error("the last of many is not looked at")
	}
}

func TestNothingRecorded(t *testing.T) {
	if _, err := Validate(t.Context(), "", t.TempDir()); err == nil {
		t.Error("nothing is valid")
	}
}
