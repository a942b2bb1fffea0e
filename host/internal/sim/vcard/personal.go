package vcard

import (
	"fmt"
	"strings"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

// maxPersonalData is the size of EF_DatiPersonali (AgID, "CNS – File System").
const maxPersonalData = 400

const dateForm = "02012006" // DDMMYYYY

// personalData encodes EF_DatiPersonali: six hexadecimal digits for the size
// of what follows, then sixteen fields, each behind two hexadecimal digits.
func personalData(d anagrafe.Doctor) ([]byte, error) {
	if len(d.CF) != 16 {
		return nil, fmt.Errorf("codice fiscale %q: 16 characters wanted", d.CF)
	}
	birth, err := time.Parse(dateForm, d.BirthDate)
	if err != nil {
		return nil, fmt.Errorf("birth date: %w", err)
	}
	var fields strings.Builder
	for _, field := range []string{
		d.Region + "000", // issuing administration
		"01012024",       // issued
		"31122029",       // expires
		d.Surname,
		d.Name,
		birth.Format(dateForm),
		d.Sex,
		"", // height
		d.CF,
		"ITA",
		d.CF[11:15], // town of birth
		"",          // state of birth, of those born abroad
		"",          // number of the birth certificate
		"",          // town of residence
		d.Street,
		"", // notes on leaving the country
	} {
		if len(field) > 0xFF {
			return nil, fmt.Errorf("field of %d bytes in EF_DatiPersonali", len(field))
		}
		fmt.Fprintf(&fields, "%02X%s", len(field), field)
	}
	if fields.Len() > maxPersonalData-6 {
		return nil, fmt.Errorf("%d bytes in EF_DatiPersonali, at most %d", fields.Len()+6, maxPersonalData)
	}
	return fmt.Appendf(nil, "%06X%s", fields.Len(), &fields), nil
}
