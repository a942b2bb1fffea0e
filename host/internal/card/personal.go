package card

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// personal is what EF_DatiPersonali says of the holder.
type personal struct {
	Surname, Name, CodiceFiscale string
}

// maxPersonal is the size of the file (CNS file system: at most 400 bytes).
const maxPersonal = 400

var errPersonal = errors.New("not the contents of EF_DatiPersonali")

// The order of the fields; later ones are not read.
const (
	fieldSurname = 3
	fieldName    = 4
	fieldCF      = 8
)

// parsePersonal reads EF_DatiPersonali: 6 hexadecimal digits of length, then
// fields of 2 hexadecimal digits of length and as many characters.
func parsePersonal(file []byte) (personal, error) {
	size, rest, err := hexField(file, 6)
	if err != nil || size == 0 || size > maxPersonal {
		return personal{}, errPersonal
	}
	rest = rest[:min(size, len(rest))]
	var fields [fieldCF + 1]string
	for i := range fields {
		n, after, err := hexField(rest, 2)
		if err != nil || n > len(after) {
			return personal{}, errPersonal
		}
		fields[i], rest = text(after[:n]), after[n:]
	}
	p := personal{fields[fieldSurname], fields[fieldName], fields[fieldCF]}
	if !ricetta.ValidCodiceFiscale(p.CodiceFiscale) {
		return personal{}, errPersonal
	}
	return p, nil
}

// hexField reads a number of so many hexadecimal digits.
func hexField(b []byte, digits int) (n int, rest []byte, err error) {
	if len(b) < digits {
		return 0, nil, errPersonal
	}
	v, err := strconv.ParseUint(string(b[:digits]), 16, 24)
	return int(v), b[digits:], err
}

// text makes a field safe to show: cards are written in ASCII, some in Latin-1.
func text(b []byte) string {
	if !utf8.Valid(b) {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		b = []byte(string(runes))
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, string(b))
	return strings.TrimSpace(clean)
}

// identity is what a card says of itself without a PIN.
type identity struct {
	serial string
	person personal
}

func (i identity) holder() *wire.Person {
	if i.person.CodiceFiscale == "" {
		return nil
	}
	return &wire.Person{
		CodiceFiscale: i.person.CodiceFiscale,
		Name:          strings.TrimSpace(i.person.Name + " " + i.person.Surname),
	}
}
