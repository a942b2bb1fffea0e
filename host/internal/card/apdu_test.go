package card

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// script is a card that knows what it was told and nothing else.
type script map[string]string

func (s script) transmit(apdu []byte) ([]byte, error) {
	answer, ok := s[strings.ToUpper(hex.EncodeToString(apdu))]
	if !ok {
		return []byte{0x6A, 0x82}, nil
	}
	return hex.DecodeString(answer)
}

func hexOf(s string) string { return hex.EncodeToString([]byte(s)) }

const (
	selectPersonal = "00A4080004110011" + "0200"
	selectSerial   = "00A4080004100010" + "0300"
)

func TestReadCNS(t *testing.T) {
	file := strings.Replace(fileText, "VRDGLI75C41X000P", doctorCF(t), 1)
	serial := "6090010000000012"
	for _, row := range []struct {
		name   string
		card   script
		serial string
		fails  bool
	}{
		{"whole file at once", script{
			selectPersonal: "6F048002" + "0190" + "9000", "00B00000FF": hexOf(file) + "6282",
			selectSerial: "9000", "00B0000010": hexOf(serial) + "9000",
		}, serial, false},
		{"61xx and 6Cxx", script{
			selectPersonal: "6106", "00C0000006": "6F04800200" + "83" + "9000",
			"00B0000083": "6C80", "00B0000080": hexOf(file) + "9000",
			selectSerial: "9000", "00B0000010": hexOf(serial) + "9000",
		}, serial, false},
		{"no serial number", script{selectPersonal: "9000", "00B00000FF": hexOf(file) + "9000"}, "", false},
		{"no such file", script{}, "", true},
		{"not readable", script{selectPersonal: "9000", "00B00000FF": "6982"}, "", true},
		{"nothing in it", script{selectPersonal: "9000", "00B00000FF": "9000"}, "", true},
		{"half a status word", script{selectPersonal: "90"}, "", true},
		{"61 for ever", script{selectPersonal: "6100", "00C0000000": "6100"}, "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			id, err := readCNS(row.card.transmit)
			if (err != nil) != row.fails {
				t.Fatalf("%+v, %v", id, err)
			}
			if !row.fails && (id.person.CodiceFiscale != doctorCF(t) || id.serial != row.serial) {
				t.Errorf("%+v", id)
			}
		})
	}
}

func TestLongFileIsReadInParts(t *testing.T) {
	long := strings.Repeat("A", 255) // the field before the codice fiscale
	body := "00" + "00" + "00" + "05VERDI" + "06GIULIA" + "00" + "00" + "FF" + long + "10" + doctorCF(t)
	file := []byte("000131" + body)
	file = append(file, make([]byte, 400-len(file))...)
	id, err := readCNS(func(apdu []byte) ([]byte, error) {
		if apdu[1] == 0xA4 {
			if apdu[6] == 0x00 && apdu[5] == 0x11 {
				return []byte{0x6F, 0x04, 0x80, 0x02, 0x01, 0x90, 0x90, 0x00}, nil
			}
			return []byte{0x6A, 0x82}, nil
		}
		from, n := int(apdu[2])<<8|int(apdu[3]), int(apdu[4])
		return append(bytes.Clone(file[from:from+n]), 0x90, 0x00), nil
	})
	if err != nil || id.person.CodiceFiscale != doctorCF(t) {
		t.Errorf("%+v, %v", id, err)
	}
}

func TestReaderFaultIsKept(t *testing.T) {
	pulled := errors.New("pulled")
	if _, err := readCNS(func([]byte) ([]byte, error) { return nil, pulled }); !errors.Is(err, pulled) {
		t.Error(err)
	}
}

func FuzzReadCNS(f *testing.F) {
	f.Add([]byte("\x6F\x04\x80\x02\x01\x90\x90\x00"), []byte(fileText+"\x90\x00"))
	f.Fuzz(func(t *testing.T, fci, data []byte) {
		sent := 0
		readCNS(func(apdu []byte) ([]byte, error) {
			if sent++; sent > 200 {
				t.Fatal("no end of commands")
			}
			if apdu[1] == 0xA4 {
				return fci, nil
			}
			return data, nil
		})
	})
}
