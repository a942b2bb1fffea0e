package ipp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The request of RFC 8010 §A.1 and the answer of §A.2, as the standard prints them.
var standard = map[string]string{
	"Print-Job request": "0101" + "0002" + "00000001" + "01" +
		"47" + "0012" + hexOf("attributes-charset") + "0005" + hexOf("utf-8") +
		"48" + "001b" + hexOf("attributes-natural-language") + "0005" + hexOf("en-us") +
		"45" + "000b" + hexOf("printer-uri") + "002c" + hexOf("ipp://printer.example.com/ipp/print/pinetree") +
		"42" + "0008" + hexOf("job-name") + "0006" + hexOf("foobar") +
		"22" + "0016" + hexOf("ipp-attribute-fidelity") + "0001" + "01" +
		"02" + "21" + "0006" + hexOf("copies") + "0004" + "00000014" +
		"44" + "0005" + hexOf("sides") + "0013" + hexOf("two-sided-long-edge") + "03",
	"collection (§3.1.6)": "0200" + "000b" + "00000007" + "02" +
		"34" + "0009" + hexOf("media-col") + "0000" +
		"4a" + "0000" + "000a" + hexOf("media-size") + "34" + "0000" + "0000" +
		"4a" + "0000" + "000b" + hexOf("x-dimension") + "21" + "0000" + "0004" + "0000520b" +
		"4a" + "0000" + "000b" + hexOf("y-dimension") + "33" + "0000" + "0008" + "00000001" + "00007404" +
		"37" + "0000" + "0000" + "37" + "0000" + "0000" +
		"44" + "0001" + hexOf("k") + "0001" + hexOf("a") + "44" + "0000" + "0001" + hexOf("b") + "03",
}

func hexOf(s string) string { return hex.EncodeToString([]byte(s)) }

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMessagesOfTheStandard(t *testing.T) {
	want := map[string]Message{
		"Print-Job request": {1, 1, 2, 1, []Group{
			{TagOperation, []Attribute{
				Strings(TagCharset, "attributes-charset", "utf-8"), Strings(TagLanguage, "attributes-natural-language", "en-us"),
				Strings(TagURI, "printer-uri", "ipp://printer.example.com/ipp/print/pinetree"), Strings(TagName, "job-name", "foobar"),
				Bool("ipp-attribute-fidelity", true),
			}},
			{TagJob, []Attribute{Int(TagInteger, "copies", 20), Strings(TagKeyword, "sides", "two-sided-long-edge")}},
		}},
		"collection (§3.1.6)": {2, 0, 11, 7, []Group{{TagJob, []Attribute{
			Collection("media-col", Collection("media-size", Int(TagInteger, "x-dimension", 21003),
				Attribute{"y-dimension", []Value{{Tag: TagRange, Int: 1, Upper: 29700}}})),
			Strings(TagKeyword, "k", "a", "b"),
		}}}},
	}
	for name, text := range standard {
		t.Run(name, func(t *testing.T) {
			raw := bytesOf(t, text)
			got, rest, err := Decode(append(bytes.Clone(raw), "rest"...))
			if err != nil || string(rest) != "rest" {
				t.Fatalf("%q, %v", rest, err)
			}
			if diff := cmp.Diff(want[name], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again, err := got.Encode()
			if err != nil || !bytes.Equal(again, raw) {
				t.Errorf("%x, %v", again, err)
			}
		})
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	head := "0200" + "0000" + "00000001"
	member := "4a" + "0000" + "0001" + "61"
	rows := map[string]string{
		"nothing":                         "",
		"half a head":                     "020000",
		"no end":                          head + "01",
		"group of tag 0":                  head + "00" + "03",
		"attribute before any group":      head + "44" + "0001" + "61" + "0000" + "03",
		"value without a name":            head + "01" + "44" + "0000" + "0000" + "03",
		"name cut off":                    head + "01" + "44" + "0005" + "61",
		"value cut off":                   head + "01" + "44" + "0001" + "61" + "ffff" + "61",
		"integer of three bytes":          head + "01" + "21" + "0001" + "61" + "0003" + "000000" + "03",
		"boolean of two":                  head + "01" + "22" + "0001" + "61" + "0002" + "0000" + "03",
		"range of four":                   head + "01" + "33" + "0001" + "61" + "0004" + "00000000" + "03",
		"language without a text":         head + "01" + "35" + "0001" + "61" + "0004" + "0002" + hexOf("en") + "03",
		"bytes behind a text":             head + "01" + "36" + "0001" + "61" + "0005" + "0000" + "0000" + "00" + "03",
		"member outside a collection":     head + "01" + "4a" + "0001" + "61" + "0000" + "03",
		"end outside a collection":        head + "01" + "37" + "0001" + "61" + "0000" + "03",
		"collection with a value":         head + "01" + "34" + "0001" + "61" + "0001" + "00" + "03",
		"collection without an end":       head + "01" + "34" + "0001" + "61" + "0000" + member,
		"collection's end with a value":   head + "01" + "34" + "0001" + "61" + "0000" + "37" + "0000" + "0001" + "00" + "03",
		"collection's value without name": head + "01" + "34" + "0001" + "61" + "0000" + "44" + "0000" + "0000" + "37" + "0000" + "0000" + "03",
		"named value in a collection":     head + "01" + "34" + "0001" + "61" + "0000" + member + "44" + "0001" + "62" + "0000" + "03",
		"group in a collection":           head + "01" + "34" + "0001" + "61" + "0000" + member + "01" + "0000" + "0000" + "03",
		"too deep": head + "01" + "34" + "0001" + "61" + "0000" +
			strings.Repeat(member+"34"+"0000"+"0000", maxDepth) + strings.Repeat("37"+"0000"+"0000", maxDepth+1) + "03",
	}
	for name, text := range rows {
		t.Run(name, func(t *testing.T) {
			if m, _, err := Decode(bytesOf(t, text)); !errors.Is(err, ErrMessage) {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

func TestTooLongForTwoBytes(t *testing.T) {
	long := strings.Repeat("a", 1<<16)
	rows := map[string]Attribute{
		"value":    Strings(TagKeyword, "k", long),
		"name":     Strings(TagKeyword, long, "v"),
		"member":   Collection("c", Strings(TagKeyword, long, "v")),
		"language": {"t", []Value{{Tag: TagTextLanguage, Language: "it", Text: long[:1<<16-4]}}},
	}
	for name, a := range rows {
		t.Run(name, func(t *testing.T) {
			if _, err := (Message{Groups: []Group{{TagJob, []Attribute{a}}}}).Encode(); !errors.Is(err, errLong) {
				t.Error(err)
			}
		})
	}
}

func TestReading(t *testing.T) {
	g := Group{TagPrinter, []Attribute{Int(TagEnum, "printer-state", 5), Strings(TagKeyword, "reasons", "a", "b"), {"none", []Value{{Tag: TagNoValue}}}}}
	m := Message{Groups: []Group{{Tag: TagOperation}, g}}
	if n, ok := m.Group(TagPrinter).Get("printer-state").Int(); n != 5 || !ok {
		t.Errorf("state %d %v", n, ok)
	}
	if diff := cmp.Diff([]string{"a", "b"}, g.Get("reasons").Texts()); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"none", "reasons", "missing"} {
		if n, ok := g.Get(name).Int(); n != 0 || ok {
			t.Errorf("%s: %d %v", name, n, ok)
		}
	}
	if got := m.Group(TagJob).Get("x").Text(); got != "" {
		t.Errorf("%q", got)
	}
}

// What was read is written as the very bytes it was read from.
func FuzzDecode(f *testing.F) {
	for _, text := range standard {
		f.Add(bytesOf(f, text))
	}
	f.Add(bytesOf(f, "0200000000000001"+"05"+"10"+"0001"+"61"+"0000"+"35"+"0001"+"62"+"0008"+"0002"+hexOf("it")+"0002"+hexOf("ok")+"32"+"0001"+"63"+"0009"+"000000ff000000ff03"+"03"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, rest, err := Decode(raw)
		if err != nil {
			if !errors.Is(err, ErrMessage) {
				t.Fatal(err)
			}
			return
		}
		again, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, raw[:len(raw)-len(rest)]) {
			t.Fatalf("read  %x\nwrote %x", raw, again)
		}
	})
}
