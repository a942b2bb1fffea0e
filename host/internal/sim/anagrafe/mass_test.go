package anagrafe

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
)

// TestEverybody: no two people share a codice fiscale, an account's pinCode or
// a card; every check letter is right; every birthplace is one that no town has.
func TestEverybody(t *testing.T) {
	invented := regexp.MustCompile(`^[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}X[0-9]{3}[A-Z]$`)
	codes, unique := map[string]bool{}, map[string]string{}
	person := func(code, birth string) {
		if !invented.MatchString(code) || !ricetta.ValidCodiceFiscale(code) || codes[code] {
			t.Errorf("codice fiscale %s: wrong or twice", code)
		}
		codes[code] = true
		if _, err := time.Parse(time.DateOnly, birth); err != nil {
			t.Error(err)
		}
	}
	own := func(what, value, of string) {
		if other := unique[what+value]; other != "" || value == "" {
			t.Errorf("%s %q of %s and %q", what, value, of, other)
		}
		unique[what+value] = of
	}
	for _, d := range append(Doctors(), MassDoctors()...) {
		born, _ := time.Parse("02012006", d.BirthDate)
		person(d.CF, born.Format(time.DateOnly))
		own("pinCode", d.PinCode, d.CF)
		own("card", d.CardSerial, d.CF)
		if found, ok := FindDoctor(d.CF); !ok || found != d {
			t.Errorf("%s is not found", d.CF)
		}
		if len(d.CardSerial) != 16 || len(d.PinCode) != 10 || d.Surname == "" || d.Region != "090" {
			t.Errorf("doctor %+v", d)
		}
	}
	for _, c := range Clerks() {
		person(c.CF, "2000-01-01")
	}
	for _, p := range slices.Concat(Patients(), OtherPatients(), MassPatients()) {
		person(p.CF, p.BirthDate)
		own("card number", p.CardNumber, p.CF)
		if found, ok := FindPatient(p.CF); !ok || !cmp.Equal(found, p) {
			t.Errorf("%s is not found", p.CF)
		}
		doctor, ok := FindDoctor(p.DoctorCF)
		if !ok || doctor.ASL != p.ASL || len(p.CardNumber) != 20 {
			t.Errorf("patient %+v of %+v", p, doctor)
		}
	}
	if d, p := len(MassDoctors()), len(MassPatients()); d < 50 || p < 500 {
		t.Errorf("%d doctors, %d patients", d, p)
	}
	if _, ok := FindDoctor("RSSMRA75C03X999X"); ok {
		t.Error("nobody was found")
	}
}

// TestMassIsAlwaysTheSame pins the ends of the series: a test run names people
// by number.
func TestMassIsAlwaysTheSame(t *testing.T) {
	d, p := MassDoctors(), MassPatients()
	got := []string{d[0].CF, d[99].CF, d[0].Surname, p[0].CF, p[999].CF}
	want := []string{"PRVGLI40A41X100I", "SMLBRN89D22X199P", "PROVETTABIABI", "PRVGLI40A41X200N", "BBZBRN89D22X399S"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d[0].CF = "changed"
	if MassDoctors()[0].CF != want[0] {
		t.Error("callers share the list")
	}
}
