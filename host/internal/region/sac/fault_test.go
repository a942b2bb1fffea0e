package sac

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestFault(t *testing.T) {
	_, err := DecodeSend(sample(t, "fault.xml"))
	var f *Fault
	if !errors.As(err, &f) || !f.Client() || f.Code != "Client" || !strings.Contains(f.Text, "cvc-simple-type") {
		t.Errorf("fault %+v, error %v", f, err)
	}
	if strings.Contains(err.Error(), "12") {
		t.Error("the fault's text, which may quote the request, is in the error:", err)
	}
	server := strings.Replace(string(sample(t, "fault.xml")), "soapenv:Client", "env:Server", 1)
	if _, err := DecodeView([]byte(server)); !errors.As(err, &f) || f.Client() {
		t.Errorf("server fault %+v, error %v", f, err)
	}
}

// TestFaultNotice: what validators say, and what the doctor reads.
func TestFaultNotice(t *testing.T) {
	const types = `"http://tipodati.xsd.dem.sanita.finanze.it"`
	value, missing := "Il servizio non accetta il valore di questo dato: ", "Nella richiesta manca un dato obbligatorio: "
	for _, tt := range []struct{ name, text, field, want string }{
		{"gateway, value", `cvc-simple-type 1: element {http://tipodati.xsd.dem.sanita.finanze.it}quantita is not a valid instance of type {http://tipodati.xsd.dem.sanita.finanze.it}integerType. Value is '12'`, "quantita", value + "la quantità (una sola cifra)."},
		{"gateway, old words", `https://x/y.wsdl:1: cvc-simple-type 1: element quantita value '12' is not a valid instance of type {http://x}integerType`, "quantita", value + "la quantità (una sola cifra)."},
		{"gateway, missing", `cvc-particle 3.1: in element {http://x}InvioPrescrittoRichiesta of type {http://x}T, found <r:cfMedico1> (in namespace http://x), but next item should be {http://x}pinCode`, "", missing + "il pinCode del medico."},
		{"gateway, end", `cvc-particle 2.1: in element {http://x}DettaglioPrescrizione of type {http://x}dettaglioPrescrizioneType, before end-of-element, next item should be {http://x}quantita`, "quantita", missing + "la quantità."},
		{"Xerces, element", `cvc-type.3.1.3: The value 'Z9' of element 'r:tipoVisita' is not valid.`, "tipo_visita", value + "il tipo di visita (un carattere, A o D)."},
		{"Xerces, length", `cvc-maxLength-valid: Value '0900A00000042000' with length = '16' is not facet-valid with respect to maxLength '15' for type 'nreType'.`, "", value + "il numero di ricetta elettronica (al massimo 15 caratteri)."},
		{"Xerces, pattern", `cvc-pattern-valid: Value '12' is not facet-valid with respect to pattern '[0-9]' for type 'integerType'.`, "quantita", value + "la quantità o il numero di sedute (una sola cifra)."},
		{"Xerces, order", `cvc-complex-type.2.4.a: Invalid content was found starting with element 't:prescrizione1'. One of '{` + types + `:notaProd, ` + types + `:quantita}' is expected.`, "quantita", missing + "la quantità."},
		{"Xerces, not complete", `cvc-complex-type.2.4.b: The content of element 'r:ElencoDettagliPrescrizioni' is not complete. One of '{` + types + `:DettaglioPrescrizione}' is expected.`, "dettagli", missing + "almeno una prescrizione."},
		{"doctor's own", `cvc-simple-type 1: element {http://x}codRegione is not a valid instance of type {http://x}codRegioneType. Value is '9'`, "", value + "il codice della Regione del medico (tre caratteri)."},
		{"nothing to be read", `cvc-complex-type.2.4.d: Invalid content was found starting with element 'r:novità'. No child element is expected at this point.`, "", ""},
		{"unknown element", `cvc-type.3.1.3: The value 'x' of element 'futuro' is not valid.`, "", ""},
		{"shared type", `cvc-maxLength-valid: Value 'x' with length = '11' is not facet-valid with respect to maxLength '10' for type 'maxString10'.`, "", ""},
		{"no validator", `Errore generico di autenticazione`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := (&Fault{"Client", tt.text}).Notice()
			want := wire.Notice{Code: "Client", Field: tt.field, Text: tt.want}
			if tt.want == "" {
				want.Text = tt.text
			}
			if (got.Remedy != "") != (tt.want != "") {
				t.Errorf("remedy %q", got.Remedy)
			}
			got.Remedy = ""
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
	doctor := (&Fault{"Client", "cvc-simple-type 1: element {x}codASLAo is not"}).Notice()
	if !strings.Contains(doctor.Remedy, "impostazioni") {
		t.Error(doctor.Remedy)
	}
	if got := (&Fault{Code: strings.Repeat("x", 50)}).Notice().Code; len(got) > 40 {
		t.Error(got)
	}
}

func FuzzFaultNotice(f *testing.F) {
	f.Add("cvc-complex-type.2.4.a: One of '{\"x\":quantita}' is expected")
	f.Add("cvc-x element '}:' for type ':'")
	f.Add("cvc- One of '{}' is expected")
	f.Fuzz(func(t *testing.T, text string) {
		n := (&Fault{"Client", text}).Notice()
		if n.Remedy == "" && n.Text != text {
			t.Errorf("%q became %+v", text, n)
		}
	})
}
