package clinic

import (
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// seed is what the pages start from: GET /api/dati.
type seed struct {
	Doctor    doctor              `json:"doctor"`
	Titolare  doctor              `json:"titolare"` // whom Doctor may stand in for
	Patients  []patient           `json:"patients"`
	Ready     []wire.Prescription `json:"ready"`     // wait in "Da elaborare"
	Templates []template          `json:"templates"` // for "Nuova ricetta"
	Documents []document          `json:"documents"` // wait for a signature
	Guide     *guide              `json:"guide,omitempty"`
	FSE       string              `json:"fse,omitempty"`
}

// doctor has what a substitute's prescription says of the titolare.
type doctor struct {
	CF               string `json:"cf"`
	Name             string `json:"name"`
	Surname          string `json:"surname"`
	Region           string `json:"regione"`
	ASL              string `json:"asl"`
	Specializzazione string `json:"specializzazione"`
	Contact          string `json:"recapito"` // telephone and address
}

// patient is the clinic's own record, as the doctor typed it.
type patient struct {
	CF         string `json:"cf"`
	Surname    string `json:"surname"`
	Name       string `json:"name"`
	BirthDate  string `json:"birth_date"` // YYYY-MM-DD
	BirthPlace string `json:"birth_place"`
	Sex        string `json:"sex"`
	ASL        string `json:"asl"`
	PostIt     string `json:"post_it"`
	Fields     record `json:"fields"`
}

// record has the inputs of the patient page, by name.
type record struct {
	Indirizzo string `json:"indirizzo"`
	Comune    string `json:"comune"`
	Provincia string `json:"provincia"`
	CAP       string `json:"cap"`
	Telefono  string `json:"telefono"`
}

// template is the content of a prescription without its patient.
type template struct {
	Title        string            `json:"title"`
	Prescription wire.Prescription `json:"prescription"`
}

type guide struct {
	CardURL string `json:"card_url,omitempty"`
	OTPURL  string `json:"otp_url,omitempty"`
	PIN     string `json:"pin"` // of the virtual card
}

func newSeed(opt Options) seed {
	s := seed{
		Doctor:    colleague(opt.Doctor),
		Templates: templates(contact(opt.Doctor)), FSE: opt.FSEURL,
	}
	for _, d := range anagrafe.Doctors() {
		if d.CF != opt.Doctor.CF {
			s.Titolare = colleague(d)
			break
		}
	}
	for _, p := range anagrafe.Patients() {
		s.Patients = append(s.Patients, typed(p))
	}
	s.Documents = documents(s.Patients)
	s.Ready = ready(s.Patients[0], s.Templates)
	if opt.Guide {
		s.Guide = &guide{CardURL: opt.CardURL, OTPURL: opt.OTPURL, PIN: opt.Doctor.PIN}
	}
	return s
}

func colleague(d anagrafe.Doctor) doctor {
	return doctor{d.CF, titled(d.Name), titled(d.Surname), d.Region, d.ASL, d.Specializzazione, contact(d)}
}

func contact(d anagrafe.Doctor) string { return "tel. " + d.Phone + ", " + d.Street }

// typed is the clinic's record of a patient of the region's registry. Some
// fields differ, as they do in real life: the doctor knows where his patient
// lives, the registry where he used to. A synchronisation must show the
// difference and leave what was typed alone.
func typed(p anagrafe.Patient) patient {
	r := patient{
		CF: p.CF, Surname: p.Surname, Name: p.Name, BirthDate: p.BirthDate, BirthPlace: p.BirthPlace, Sex: p.Sex, ASL: p.ASL,
		Fields: record{Indirizzo: p.Street, Comune: p.Town, Provincia: p.Province, CAP: p.CAP, Telefono: "055 000100"},
	}
	switch p.Surname {
	case "BIANCHI":
		r.Fields.Indirizzo, r.Fields.CAP, r.Fields.Telefono = "VIA DEI BARDI 8, SCALA B", "50125", "055 000101"
		r.PostIt = "Vive dalla figlia in via dei Bardi: usare questo indirizzo per le visite a domicilio."
	case "ROSSI":
		r.Fields.CAP = "50019"
	case "GALLI":
		r.Fields.Comune = "TAVARNUZZE"
		r.PostIt = "Allergia riferita all'amoxicillina."
	case "FERRARI":
		r.Fields.Indirizzo, r.Fields.Telefono = "", ""
	}
	return r
}
