package ricetta

import "time"

// Query asks which numbers a doctor has used (SPEC24 section 4.2.4): one NRE,
// or the days of the compilation, both included, with or without a patient and
// a type ("F", "P"; empty: both).
type Query struct {
	NRE, Patient, Type string
	From, To           time.Time
}
