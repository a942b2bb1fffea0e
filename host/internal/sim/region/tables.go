package region

import (
	"encoding/base64"
	"strings"

	"raccordo/host/internal/sim/region/xsd"
)

// table is one file of ServiceAnag. The real names of the operations are told
// to software houses alone: these are this simulator's own.
type table struct{ operation, file, csv string }

var tables = []table{
	{"ESENZIONI", "esenzioni.csv", "CODICE;DESCRIZIONE;DAL;AL\r\nE01;Età e reddito familiare;2011-01-01;\r\nE02;Disoccupati e familiari a carico;2011-01-01;\r\n013;Diabete mellito;2000-01-01;\r\n031;Ipertensione arteriosa (senza danno d'organo);2000-01-01;\r\n046;Sclerosi multipla;2000-01-01;\r\n"},
	{"PRESTAZIONI", "prestazioni.csv", "CODICE;DESCRIZIONE;PNGLA;CICLICA\r\n89.7;PRIMA VISITA;1;0\r\n89.52;ELETTROCARDIOGRAMMA;1;0\r\n88.76.1;ECOGRAFIA ADDOME COMPLETO;1;0\r\n90.59.1;PRELIEVO DI SANGUE VENOSO;0;0\r\n93.11.2;RIEDUCAZIONE MOTORIA INDIVIDUALE;0;1\r\n"},
	{"GRUPPI_EQUIVALENZA", "gruppi.csv", "CODICE;DESCRIZIONE\r\nG3B;LEVETIRACETAM 500MG 60 UNITA' USO ORALE\r\nH7A;ATORVASTATINA 20MG 30 UNITA' USO ORALE\r\n"},
	{"NOTE_AIFA", "note.csv", "NOTA;DESCRIZIONE\r\n001;Gastroprotettori\r\n013;Ipolipemizzanti\r\n066;Antinfiammatori non steroidei\r\n"},
}

// serviceAnag answers ServiceAnag with a CSV file, base64 in the answer.
func (r *Region) serviceAnag(s session, q *xsd.Node) (string, error) {
	var found table
	var problems []remark
	for _, t := range tables {
		if strings.EqualFold(t.operation, q.Value("tipoOperazione")) {
			found = t
		}
	}
	switch {
	case !r.pinCodeOf(s, q):
		problems = []remark{wrongPinCode}
	case found.operation == "":
		problems = []remark{refused("9040", "Tipo operazione non previsto")}
	}
	var w xmlWriter
	w.open("ServiceAnagRicevuta", nsTablesAnswer, nsTablesTypes, nsTables)
	if len(problems) == 0 {
		w.leaf("", "nomefileCSV", found.file)
		w.leaf("", "fileCSV", base64.StdEncoding.EncodeToString([]byte(found.csv)))
	}
	w.leaf("", "codEsitoOperazione", outcome(problems))
	w.remarks("", "ns2:", problems, true)
	w.notices("", "ns2:", notice{"0500", "Nessuna comunicazione."})
	w.WriteString("</ServiceAnagRicevuta>")
	return w.String(), nil
}
