package clinic

import (
	"net/http"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/clinic/paper"
)

// document waits for the doctor's signature; its bytes are at URL.
type document struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	CF    string `json:"cf"`
	Name  string `json:"name"` // of the file
	URL   string `json:"url"`
	Field field  `json:"field"`
}

// field is where the signature is shown, as the page API takes it.
type field struct {
	Page   int     `json:"page"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// letters is of how many patients a letter waits, so that twelve documents do.
const letters = 2

// documents are those that wait: a profile and a certificate of each patient,
// and some letters.
func documents(patients []patient) []document {
	var all []document
	for _, kind := range []paper.Kind{paper.Profile, paper.Certificate, paper.Letter} {
		some := patients
		if kind == paper.Letter {
			some = patients[:min(letters, len(patients))]
		}
		for _, p := range some {
			all = append(all, document{
				ID: string(kind) + "-" + p.CF, Title: paper.Titles[kind], CF: p.CF, Name: string(kind) + "-" + titled(p.Surname) + ".pdf",
				URL:   "/api/documenti/" + string(kind) + "/" + p.CF,
				Field: field{-1, paper.Field.X, paper.Field.Y, paper.Field.Width, paper.Field.Height},
			})
		}
	}
	return all
}

// serveDocument makes the PDF anew, as the clinic's own software does.
func serveDocument(doctor anagrafe.Doctor, now func() time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, known := anagrafe.FindPatient(r.PathValue("cf"))
		if !known {
			http.NotFound(w, r)
			return
		}
		pdf, err := paper.Draw(paper.Kind(r.PathValue("kind")), p, doctor, now())
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write(pdf) // a browser that went away needs no answer
	}
}
