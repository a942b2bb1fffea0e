package ber_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/signature/cms/ber"
)

func octets(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func walker(b []byte) *ber.Walker { return ber.NewWalker(bytes.NewReader(b), int64(len(b))) }

func TestDER(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"DER", "30 06 02 01 05 04 01 ff", "30 06 02 01 05 04 01 ff"},
		{"long length", "30 81 03 02 01 05", "30 03 02 01 05"},
		{"very long length", "30 84 00 00 00 03 02 01 05", "30 03 02 01 05"},
		{"indefinite", "30 80 02 01 05 00 00", "30 03 02 01 05"},
		{"indefinite in indefinite", "30 80 a0 80 02 01 05 00 00 00 00", "30 05 a0 03 02 01 05"},
		{"string in segments", "24 80 04 02 01 02 04 01 03 00 00", "04 03 01 02 03"},
		{"segments in segments", "24 80 24 05 04 01 01 04 00 04 01 02 00 00", "04 02 01 02"},
		{"no segment", "24 80 00 00", "04 00"},
		{"empty", "30 80 00 00", "30 00"},
		{"a large number", "7f 81 01 03 02 01 05", "7f 81 01 03 02 01 05"},
		{"nothing behind", "", ""},
		{"two", "05 00 05 00", ""},
		{"no end", "30 80 02 01 05", ""},
		{"one zero", "30 80 02 01 05 00", ""},
		{"too long", "30 05 02 01 05", ""},
		{"child too long", "30 03 02 02 05 00", ""},
		{"primitive and indefinite", "04 80 00 00", ""},
		{"end in a definite one", "30 02 00 00", ""},
		{"length of nine octets", "30 89 00 00 00 00 00 00 00 00 01 05", ""},
		{"endless number", "1f ff ff ff ff ff ff ff 01 00", ""},
		{"not a string in a string", "24 80 02 01 05 00 00", ""},
		{"too deep", strings.Repeat("30 80 ", 70) + strings.Repeat("00 00 ", 70), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ber.DER(octets(t, row.in))
			if row.want == "" {
				if err == nil {
					t.Fatalf("taken: %x", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(octets(t, row.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// segments encodes data as OCTET STRINGs of any length within one.
func segments(data []byte, r *rand.Rand) []byte {
	out := []byte{0x24, 0x80}
	for len(data) > 0 {
		n := min(len(data), 1+r.IntN(30_000))
		out = append(append(out, ber.Header(0x04, int64(n))...), data[:n]...)
		data = data[n:]
	}
	return append(out, 0, 0)
}

func TestOctetsAtAnyPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 300_000)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for name, encoded := range map[string][]byte{
		"in one piece": append(ber.Header(0x04, int64(len(data))), data...),
		"in segments":  segments(data, r),
	} {
		t.Run(name, func(t *testing.T) {
			w := walker(encoded)
			o, err := w.ReadOctets()
			if err != nil {
				t.Fatal(err)
			}
			if o.Size() != int64(len(data)) || w.At() != int64(len(encoded)) {
				t.Fatalf("%d octets, at %d", o.Size(), w.At())
			}
			if err := iotest.TestReader(io.NewSectionReader(o, 0, o.Size()), data); err != nil {
				t.Error(err)
			}
			var wait sync.WaitGroup
			for range 4 {
				off, n := r.IntN(len(data)), 1+r.IntN(200_000)
				wait.Go(func() {
					got := make([]byte, n)
					m, err := o.ReadAt(got, int64(off))
					want := data[off:min(off+n, len(data))]
					if m != len(want) || !bytes.Equal(got[:m], want) || m < n != errors.Is(err, io.EOF) {
						t.Errorf("%d octets at %d: %d, %v", n, off, m, err)
					}
				})
			}
			wait.Wait()
		})
	}
}

// A document of nothing but empty segments ends the walk.
func TestSegmentsOfNothing(t *testing.T) {
	many := append([]byte{0x24, 0x80}, bytes.Repeat([]byte{0x04, 0}, 1<<20+2)...)
	if _, err := walker(append(many, 0, 0)).ReadOctets(); !errors.Is(err, ber.ErrMalformed) {
		t.Errorf("%v", err)
	}
}

func TestRawIsLimited(t *testing.T) {
	if _, err := walker(octets(t, "04 03 01 02 03")).Raw(4); !errors.Is(err, ber.ErrLarge) {
		t.Errorf("%v", err)
	}
}

func FuzzDER(f *testing.F) {
	for _, s := range []string{"30 06 02 01 05 04 01 ff", "30 80 24 80 04 02 01 02 04 01 03 00 00 00 00", "7f 81 01 03 02 01 05", "a0 80 30 81 00 00 00"} {
		f.Add(octets(f, s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		der, err := ber.DER(raw)
		if err != nil {
			return
		}
		again, err := ber.DER(der)
		if err != nil || !bytes.Equal(der, again) {
			t.Errorf("%x became %x and then %x, %v", raw, der, again, err)
		}
		if len(der) > len(raw)+16 {
			t.Errorf("%d octets grew to %d", len(raw), len(der))
		}
	})
}
