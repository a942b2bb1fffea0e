package paper

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// What is drawn is read by others: one sound page with the patient's facts.
func TestDraw(t *testing.T) {
	tests := []struct {
		name    string
		kind    Kind
		patient anagrafe.Patient
		want    []string
	}{
		{"profile", Profile, anagrafe.Patients()[0], []string{"Profilo sanitario sintetico", "BIANCHI LUCIA, nata il 01/01/1950", "Ipertensione arteriosa", "Età maggiore", "23/11/2026 12:00", "SIMULATORE"}},
		{"profile with an allergy", Profile, anagrafe.Patients()[3], []string{"GALLI PIETRO, nato il", "Amoxicillina", "Nessuna terapia continuativa"}},
		{"certificate", Certificate, anagrafe.Patients()[1], []string{"idoneità non agonistica", "ROSSI MARCO"}},
		{"letter", Letter, anagrafe.Patients()[2], []string{"Lettera per visita specialistica", "Diabete mellito", "Metformina"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pdf, err := Draw(tt.kind, tt.patient, anagrafe.Doctors()[0], noon)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "a.pdf")
			if err := os.WriteFile(file, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
				t.Errorf("qpdf: %v: %s", err, out)
			}
			text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
			if err != nil {
				t.Fatalf("pdftotext (package poppler-utils): %v", err)
			}
			for _, want := range append(tt.want, tt.patient.CF, "VERDI") {
				if !strings.Contains(string(text), want) {
					t.Errorf("%q is missing in:\n%s", want, text)
				}
			}
			if pages := strings.Count(string(text), "\f"); pages != 1 {
				t.Errorf("%d pages", pages)
			}
		})
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := Draw("altro", anagrafe.Patients()[0], anagrafe.Doctors()[0], noon); !errors.Is(err, ErrKind) {
		t.Error(err)
	}
}

func TestItalian(t *testing.T) {
	for in, want := range map[string]string{"1950-01-31": "31/01/1950", "": "", "1950": "1950"} {
		if got := italian(in); got != want {
			t.Errorf("italian(%q) = %q, want %q", in, got, want)
		}
	}
}
