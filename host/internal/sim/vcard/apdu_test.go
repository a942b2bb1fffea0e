package vcard

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseCommand(t *testing.T) {
	head := command{class: 0x00, ins: 0xA4, p1: 0x08, p2: 0x0C, le: noLe}
	with := func(data string, le int) command {
		c := head
		c.le = le
		if data != "" {
			c.data = unhex(t, data)
		}
		return c
	}
	for _, row := range []struct {
		name, apdu string
		want       command
		bad        bool
	}{
		{name: "case 1", apdu: "00A4080C", want: head},
		{name: "case 2", apdu: "00A4080C10", want: with("", 16)},
		{name: "case 2, most", apdu: "00A4080C00", want: with("", 256)},
		{name: "case 3", apdu: "00A4080C0211FF", want: with("11FF", noLe)},
		{name: "case 4", apdu: "00A4080C0211FF05", want: with("11FF", 5)},
		{name: "case 4, most", apdu: "00A4080C0211FF00", want: with("11FF", 256)},
		{name: "extended case 2", apdu: "00A4080C000100", want: with("", 256)},
		{name: "extended case 2, most", apdu: "00A4080C000000", want: with("", 65536)},
		{name: "extended case 3", apdu: "00A4080C00000211FF", want: with("11FF", noLe)},
		{name: "extended case 4", apdu: "00A4080C00000211FF0102", want: with("11FF", 258)},
		{name: "empty", apdu: "", bad: true},
		{name: "no header", apdu: "00A408", bad: true},
		{name: "data short", apdu: "00A4080C0311FF", bad: true},
		{name: "data long", apdu: "00A4080C0211FF0000", bad: true},
		{name: "zero Lc", apdu: "00A4080C0011", bad: true},
		{name: "extended data short", apdu: "00A4080C00000311FF", bad: true},
		{name: "extended half Le", apdu: "00A4080C00000211FF01", bad: true},
		{name: "extended zero Lc", apdu: "00A4080C00000011", bad: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, ok := parseCommand(unhex(t, row.apdu))
			if ok == row.bad {
				t.Fatalf("ok = %v", ok)
			}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(command{})); ok && diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// Whatever a reader sends, the card answers with at most what fits and a
// status word, and no answer holds a piece of a private key.
func FuzzCard(f *testing.F) {
	card := newCard(f)
	for _, seed := range []string{
		"00A4000C023F00", "00A4080004110011020000", "00B00000FF", "0020009008" + "3132333435FFFFFF",
		"0022F30300", "0022F1B803830101", "102A808603000102", "002A9E9A00", "0024009010", "002C009010", "80CA9F7F00",
	} {
		f.Add(unhex(f, seed))
	}
	chip := card.reset()
	f.Fuzz(func(t *testing.T, apdu []byte) {
		card.Unblock()
		data, sw := chip.run(t.Context(), apdu)
		if len(data) > 65536 || sw < 0x6000 || sw > 0x9FFF {
			t.Fatalf("%x → %d bytes, %04X", apdu, len(data), sw)
		}
		for _, k := range card.keys {
			for _, secret := range [][]byte{k.private.D.Bytes(), k.private.Primes[0].Bytes(), k.private.Primes[1].Bytes()} {
				if bytes.Contains(data, secret[:16]) {
					t.Fatalf("%x lets a private key out", apdu)
				}
			}
		}
	})
}
