package region

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"raccordo/host/internal/sim/anagrafe"
)

//go:embed fse.html
var fseHTML string

//go:embed fse.css
var fseCSS []byte

var fseTemplate = template.Must(template.New("fse").Parse(fseHTML))

// fsePage is the patient's health record as the portal shows it. Patient nil:
// nobody of that code.
type fsePage struct {
	Patient       *anagrafe.Patient
	BirthDate     string
	Prescriptions []fsePrescription
	At            string
}

type fsePrescription struct {
	NRE, Date, Doctor, Kind, Priority, Diagnosis string
	Items                                        []fseItem
}

type fseItem struct{ Text, Quantity string }

// serveFSE lists a patient's live prescriptions: cancelled, dispensed and
// expired ones are not there, hidden ones are not shown.
func (r *Region) serveFSE(w http.ResponseWriter, q *http.Request) {
	if r.down.Load() {
		panic(http.ErrAbortHandler)
	}
	page := fsePage{At: r.today().Format("02/01/2006 15:04")}
	status := http.StatusNotFound
	if p, ok := anagrafe.FindPatient(q.PathValue("cf")); ok {
		status = http.StatusOK
		page.Patient = &p
		page.BirthDate = p.BirthDate[8:] + "/" + p.BirthDate[5:7] + "/" + p.BirthDate[:4]
		for _, found := range r.archive.ofPatient(p.CF, r.today()) {
			if found.State == stateLive && found.Fields["oscuramDati"] != "1" {
				page.Prescriptions = append(page.Prescriptions, fseEntry(found))
			}
		}
	}
	var body bytes.Buffer
	if err := fseTemplate.Execute(&body, page); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

func fseEntry(p prescription) fsePrescription {
	doctor, _ := anagrafe.FindDoctor(p.Inserter)
	e := fsePrescription{
		NRE: p.NRE, Date: p.Inserted.Format("02/01/2006 15:04"), Doctor: doctor.Name + " " + doctor.Surname,
		Kind: "Farmaci", Priority: p.Fields["classePriorita"], Diagnosis: p.Fields["descrizioneDiagnosi"],
	}
	if p.Fields["tipoPrescrizione"] == "P" {
		e.Kind = "Specialistica"
	}
	for _, item := range p.Items {
		e.Items = append(e.Items, fseItem{itemText(item), item["quantita"]})
	}
	return e
}

func serveCSS(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(fseCSS)
}
