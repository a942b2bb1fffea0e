package ricetta

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

// A valid prescription stays valid under omocodia: any of the seven figures of
// the code may be its letter.
func TestOmocodiaStaysValid(t *testing.T) {
	for _, tt := range rightOnes() {
		if !ValidCodiceFiscale(tt.p.CodiceAssistito) {
			continue
		}
		for mask := range 1 << len(omocodiaPlaces) {
			code := []byte(tt.p.CodiceAssistito[:15])
			for bit, place := range omocodiaPlaces {
				if mask>>bit&1 == 1 {
					code[place] = omocodia[10+strings.IndexByte(omocodia, code[place])%10]
				}
			}
			p := tt.p
			p.CodiceAssistito = fiscal(string(code))
			if list := Validate(p, noon); len(list) > 0 {
				t.Fatalf("%s with %s: %+v", tt.name, p.CodiceAssistito, list)
			}
		}
	}
}

// One wrong figure of a provisional code never passes.
func TestWrongFigureOfProvisionalCode(t *testing.T) {
	const good = "12345678903"
	for i := range len(good) {
		for c := '0'; c <= '9'; c++ {
			code := good[:i] + string(c) + good[i+1:]
			if ValidAssistito(code) != (code == good) {
				t.Errorf("%s: %t", code, ValidAssistito(code))
			}
		}
	}
}

var nasty = []string{"", " ", "\x00", "é", "\uFFFE", "citt\xe0", "1", "0", "E01", "P", "F", "UE", "2026-02-30", "\u202E", strings.Repeat("x", 3000), "STP", "ENI0", "12345678901", "9999-99-99", "TDL"}

// Validate never panics, says the same twice, and names fields that exist.
func TestValidateAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	right := rightOnes()
	for range 20_000 {
		p := copyOf(t, right[r.IntN(len(right))].p)
		for range 1 + r.IntN(4) {
			twist(r, reflect.ValueOf(&p).Elem())
		}
		now := noon.AddDate(r.IntN(400)-200, 0, 0)
		list := Validate(p, now)
		checkNotices(t, p, list)
		if !reflect.DeepEqual(list, Validate(p, now)) {
			t.Fatalf("two answers about %+v", p)
		}
	}
	for _, now := range []time.Time{{}, time.Unix(1<<55, 0), time.Unix(-1<<55, 0)} {
		Validate(abroad("UE"), now)
	}
}

func copyOf(t *testing.T, p wire.Prescription) (out wire.Prescription) {
	t.Helper()
	raw, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// twist changes one random field.
func twist(r *rand.Rand, v reflect.Value) {
	switch f := v.Field(r.IntN(v.NumField())); f.Kind() {
	case reflect.String:
		f.SetString(nasty[r.IntN(len(nasty))])
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Int:
		f.SetInt(int64(r.IntN(2004) - 1002))
	case reflect.Slice:
		if f.Len() > 0 {
			twist(r, f.Index(r.IntN(f.Len())))
		}
	}
}

func checkNotices(t *testing.T, p wire.Prescription, list []wire.Notice) {
	t.Helper()
	for _, n := range list {
		known := headerFields[n.Field] && n.Item == 0 || itemFields[n.Field] && n.Item >= 1 && n.Item <= len(p.Dettagli) || n.Field == "dettagli" && n.Item <= len(p.Dettagli)
		if !known || !sentence.MatchString(n.Text) {
			t.Fatalf("odd notice %+v", n)
		}
	}
}

var (
	headerFields = fieldNames(wire.Prescription{})
	itemFields   = fieldNames(wire.PrescriptionItem{})
)

func fieldNames(of any) map[string]bool {
	names := map[string]bool{}
	for i := range reflect.TypeOf(of).NumField() {
		name, _, _ := strings.Cut(reflect.TypeOf(of).Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}

// The lengths here are those of the wire's schema, but for the four codes that
// the XSD bounds to ten.
func TestLengthsAreTheWires(t *testing.T) {
	bounds := map[string]int{"numero_nota": 10, "cond_erogabilita": 10, "appropr_prescrittiva": 10, "patologia": 10}
	check := func(of any, list []text) {
		for _, x := range list {
			want, inXSD := bounds[x.field]
			if !inXSD {
				want = wireLength(t, of, x.field)
			}
			if x.most != want {
				t.Errorf("%s: %d, want %d", x.field, x.most, want)
			}
		}
	}
	check(wire.Prescription{}, headerTexts(wire.Prescription{}))
	check(wire.PrescriptionItem{}, itemTexts(wire.PrescriptionItem{}))
}

func wireLength(t *testing.T, of any, field string) int {
	for i := range reflect.TypeOf(of).NumField() {
		f := reflect.TypeOf(of).Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != field {
			continue
		}
		_, after, _ := strings.Cut(f.Tag.Get("jsonschema"), "maxLength=")
		n, err := strconv.Atoi(after)
		if err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		return n
	}
	t.Fatalf("no field %s", field)
	return 0
}

func FuzzValidate(f *testing.F) {
	for _, tt := range rightOnes() {
		raw, err := json.Marshal(tt.p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p wire.Prescription
		if json.Unmarshal(raw, &p) != nil {
			return
		}
		checkNotices(t, p, Validate(p, noon))
		for _, d := range p.Dettagli {
			MotivazNote(d)
		}
	})
}
