package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestDifferences(t *testing.T) {
	region := wire.Demographics{
		CodiceFiscale: "RSSMRC82H15X003K", Surname: "D'AMICO", Name: "NICCOLO'", BirthDate: "1982-06-15", BirthPlace: "FORLI'", Sex: "M",
		Address: "PIAZZA DELLA LIBERTA' 12/A", Town: "SCANDICCI", Province: "FI", CAP: "50018", ASL: "090201", Doctor: "VRDGLI75C41X000D", CardExpiry: "2029-11-02",
	}
	exemptions := []wire.Exemption{{Code: "E01"}, {Code: "031"}}
	codes := []string{"E01", "031"}
	rows := map[string]struct {
		page  func(*wire.Demographics)
		codes []string
		want  []wire.Change
	}{
		"the same":        {func(*wire.Demographics) {}, codes, nil},
		"written smaller": {func(d *wire.Demographics) { d.Surname, d.Town, d.Sex = " D’Amico ", "Scandicci (FI)", "m" }, codes, nil},
		"accents":         {func(d *wire.Demographics) { d.Name, d.BirthPlace = "Niccolò", "Forlì" }, codes, nil},
		"days":            {func(d *wire.Demographics) { d.BirthDate, d.CardExpiry = "15/06/1982", "2/11/2029" }, codes, nil},
		"a street":        {func(d *wire.Demographics) { d.Address = "P.zza della  Libertà, n. 12 A" }, codes, nil},
		"codes as typed":  {func(*wire.Demographics) {}, []string{"e01 ", "031"}, nil},
		"moved": {func(d *wire.Demographics) { d.Address, d.CAP = "Via Pisana 145", "50143" }, codes, []wire.Change{
			{Field: "address", Page: "Via Pisana 145", Region: "PIAZZA DELLA LIBERTA' 12/A"}, {Field: "cap", Page: "50143", Region: "50018"}}},
		"another number":         {func(d *wire.Demographics) { d.Address = "PIAZZA DELLA LIBERTA' 12/B" }, codes, []wire.Change{{Field: "address", Page: "PIAZZA DELLA LIBERTA' 12/B", Region: "PIAZZA DELLA LIBERTA' 12/A"}}},
		"the page has none":      {func(d *wire.Demographics) { d.CAP = "" }, codes, []wire.Change{{Field: "cap", Region: "50018"}}},
		"one exemption is over":  {func(*wire.Demographics) {}, []string{"E01", "031", "013"}, []wire.Change{{Field: "exemption", Page: "013"}}},
		"one exemption is new":   {func(*wire.Demographics) {}, []string{"E01"}, []wire.Change{{Field: "exemption", Region: "031"}}},
		"another day and doctor": {func(d *wire.Demographics) { d.BirthDate, d.Doctor = "1982-06-16", "NREPLA68T12X001Z" }, codes, []wire.Change{{Field: "birth_date", Page: "1982-06-16", Region: "1982-06-15"}, {Field: "doctor", Page: "NREPLA68T12X001Z", Region: "VRDGLI75C41X000D"}}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			page := region
			row.page(&page)
			got := differences(&wire.Known{Demographics: page, Exemptions: row.codes}, region, exemptions)
			if diff := cmp.Diff(append([]wire.Change{}, row.want...), got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := differences(nil, region, exemptions); got == nil || len(got) != 0 {
		t.Errorf("a page that says nothing: %v", got)
	}
}

func TestPlainAddress(t *testing.T) {
	for written, want := range map[string]string{
		"VIA GARIBALDI 12": "GARIBALDI 12", "Via  Garibaldi, 12": "GARIBALDI 12", "V. Garibaldi n.12": "GARIBALDI 12", "v.garibaldi N° 12": "GARIBALDI 12",
		"V.le dei Mille 3/b": "VIALE DEI MILLE 3B", "viale dei mille 3 B": "VIALE DEI MILLE 3B", "C.so Italia, 1": "CORSO ITALIA 1",
		"Via": "VIA", "": "", "Loc. Il Poggio": "LOCALITA IL POGGIO", "PIAZZA N. SAURO 2": "PIAZZA N SAURO 2",
	} {
		if got := plainAddress(written); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
}
