package card

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKindByATR(t *testing.T) {
	for _, row := range []struct {
		name, atr string
		want      wire.CardKind
		first     string // module before all others
		has       bool   // a rule of its own
	}{
		{"STIncard CNS 1.0", "3B FF 18 00 00 81 31 FE 55 00 6B 02 09 07 03 01 01 01 43 4E 53 10 31 80 66", wire.KindCNS, "bit4xpki", true},
		{"STIncard CNS 1.1", "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 02 00 01 11 01 43 4E 53 11 31 80 8E", wire.KindCNS, "bit4xpki", true},
		{"Oberthur CNS 1.0", "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 21 01 43 4E 53 10 31 80 59", wire.KindCNS, "bit4xpki", true},
		{"IDEMIA TS-CNS", "3B FF 18 00 00 81 31 FE 45 00 6B 05 05 20 00 01 21 01 43 4E 53 10 31 80 79", wire.KindTSCNS, "bit4xpki", true},
		{"Actalis ACe 2025", "3B FF 18 00 FF 81 31 FE 4D 00 6B 04 04 B8 5B 01 F1 01 43 4E 53 10 31 80 9D", wire.KindTSCNS, "bit4xpki", true},
		{"CNS of an unknown maker", "3B FF 18 00 FF 81 31 FE 55 00 77 07 07 01 00 01 11 01 43 4E 53 11 31 80 00", wire.KindCNS, "", false},
		{"CIE v1", "3B F4 18 00 FF 81 31 80 55 00 31 80 00 C7", wire.KindCIE, "cardos", true},
		{"IDEMIA, generic", "3B 8B 80 01 00 31 C1 64 09 97 72 61 00 90 00 00", wire.KindCNS, "bit4xpki", true},
		{"over NFC", "3B 80 80 01 01", wire.KindOther, "cie", true},
		{"CIE 3.0 NXP", "3B 8E 80 01 80 31 80 65 49 54 4E 58 50 12 0F FF 82 90 00", wire.KindCIE, "", true},
		{"CIE 3.0 Gemalto", "3B 8F 80 01 80 31 80 65 B0 85 04 00 11 12 0F FF 82 90 00 8A", wire.KindCIE, "", true},
		{"CIE 3.0 Gemalto, older", "3B 8F 80 01 80 31 80 65 B0 85 03 00 EF 12 0F FF 82 90 00 73", wire.KindCIE, "", true},
		{"CIE 3.0 STM", "3B 8B 80 01 80 66 47 50 00 B8 00 7F 82 90 00 2E", wire.KindCIE, "", true},
		{"CIE 3.0 STM, newer", "3B 8B 80 01 80 66 47 50 00 B8 00 94 82 90 00 C5", wire.KindCIE, "", true},
		{"CIE 3.0 Actalis", "3B 8F 80 01 80 31 80 65 49 54 4A 34 41 12 0F FF 82 90 00 88", wire.KindCIE, "", true},
		{"CIE 3.0 Bit4id", "3B 8F 80 01 80 31 80 65 49 54 4A 34 42 12 0F FF 82 90 00 8B", wire.KindCIE, "", true},
		{"bank card", "3B 68 00 00 80 66 A2 06 02 01 32 0E", wire.KindOther, "", false},
		{"CNS at another offset", "3B FF 18 00 FF 81 31 FE 55 43 4E 53 07 01 00 01 11 01 00 00 00 11 31 80 00", wire.KindOther, "", false},
		{"empty", "", wire.KindOther, "", false},
		{"cut in the interface bytes", "3B FF 18", wire.KindOther, "", false},
		{"cut in the historical bytes", "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 02 00 01 11 01 43 4E", wire.KindOther, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			atr, c := unhex(t, row.atr), Builtin()
			if got := c.Kind(atr); got != row.want {
				t.Errorf("kind %q, want %q", got, row.want)
			}
			rule, has := c.rule(atr)
			first := ""
			if len(rule.Modules) > 0 {
				first = rule.Modules[0]
			}
			if has != row.has || first != row.first {
				t.Errorf("rule %+v, %v", rule, has)
			}
		})
	}
}

func FuzzATR(f *testing.F) {
	f.Add([]byte{0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55})
	f.Add([]byte{0x3B, 0xF0})
	c := Builtin()
	f.Fuzz(func(t *testing.T, atr []byte) {
		if h := historical(atr); len(h) > 15 {
			t.Fatalf("%d historical bytes", len(h))
		}
		if isCNS(atr) && c.Kind(atr) == wire.KindOther {
			t.Fatal("a CNS of no kind")
		}
	})
}

const fileText = "0000AD" + "06090000" + "0801012024" + "0831122029" + "05VERDI" + "06GIULIA" + "0801031975" + "01F" + "00" + "10VRDGLI75C41X000P" + "03ITA"

func TestParsePersonal(t *testing.T) {
	for _, row := range []struct {
		name, file string
		want       personal
		fails      bool
	}{
		{"whole", fileText, personal{"VERDI", "GIULIA", ""}, false},
		{"padded with zeros", fileText + strings.Repeat("\x00", 200), personal{"VERDI", "GIULIA", ""}, false},
		{"Latin-1 name", strings.Replace(fileText, "06GIULIA", "04NO\xC8L", 1), personal{"VERDI", "NOÈL", ""}, false},
		{"control characters", strings.Replace(fileText, "06GIULIA", "08GI\nULIA\x00", 1), personal{"VERDI", "GIULIA", ""}, false},
		{"empty", "", personal{}, true},
		{"no digits", "ZZZZZZ" + fileText[6:], personal{}, true},
		{"length zero", "000000", personal{}, true},
		{"length beyond the file's limit", "FFFFFF" + fileText[6:], personal{}, true},
		{"field beyond the end", fileText[:40] + "FF", personal{}, true},
		{"cut before the codice fiscale", fileText[:60], personal{}, true},
		{"declared shorter than the codice fiscale", "000040" + fileText[6:], personal{}, true},
		{"wrong check letter", strings.Replace(fileText, "X000P", "X000A", 1), personal{}, true},
		{"erased card", strings.Repeat("\xFF", 400), personal{}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := strings.Replace(row.file, "VRDGLI75C41X000P", doctorCF(t), 1)
			got, err := parsePersonal([]byte(file))
			if row.fails {
				if err == nil {
					t.Fatalf("accepted: %+v", got)
				}
				return
			}
			row.want.CodiceFiscale = doctorCF(t)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(row.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzPersonal(f *testing.F) {
	f.Add([]byte(fileText))
	f.Add([]byte("000006020304"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := parsePersonal(file)
		if err != nil {
			return
		}
		for _, s := range []string{p.Name, p.Surname} {
			if strings.ContainsFunc(s, unicode.IsControl) {
				t.Fatalf("control character in %q", s)
			}
		}
		if len(p.CodiceFiscale) != 16 {
			t.Fatalf("codice fiscale %q", p.CodiceFiscale)
		}
	})
}

func TestMatchTokensToReaders(t *testing.T) {
	long := strings.Repeat("Lettore con un nome molto lungo ", 3)
	token := func(slot uint, description, serial string) worker.Token {
		return worker.Token{Slot: slot, Description: description, Serial: serial}
	}
	for _, row := range []struct {
		name, reader, serial string
		alone                bool
		tokens               []worker.Token
		want                 []uint
	}{
		{"slot named after the reader, two PINs", "Lettore 00 00", "", false,
			[]worker.Token{token(0, "Lettore 00 00", ""), token(1, "Lettore 00 00", ""), token(4, "Lettore 00 01", "")}, []uint{0, 1}},
		{"a reader whose name begins another's", "Lettore 1", "", false,
			[]worker.Token{token(0, "Lettore 10", ""), token(1, "Lettore 1", "")}, []uint{1}},
		{"name cut to 64 characters", long, "", false, []worker.Token{token(3, long[:64], "")}, []uint{3}},
		{"short beginning of the name", "Lettore 00 00", "", false, []worker.Token{token(0, "Lettore", "")}, nil},
		{"suffix of the module's", "Lettore 00", "", false, []worker.Token{token(2, "Lettore 00 (PIN firma)", "")}, []uint{2}},
		{"serial number", "Lettore 00", "6090010000000012", false, []worker.Token{token(7, "Slot 7", "6090010000000012"), token(8, "Slot 8", "x")}, []uint{7}},
		{"empty serial numbers are not equal", "Lettore 00", "", false, []worker.Token{token(7, "Slot 7", "")}, nil},
		{"only card of the PC", "Lettore 00", "", true, []worker.Token{token(7, "Slot 7", "")}, []uint{7}},
		{"nothing", "Lettore 00", "", true, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := match(row.tokens, row.reader, row.serial, row.alone)
			if len(got) != len(row.want) {
				t.Fatalf("slots %v, want %v", got, row.want)
			}
			for _, slot := range row.want {
				if _, ok := got[slot]; !ok {
					t.Errorf("slots %v, want %v", got, row.want)
				}
			}
		})
	}
}

func TestPINErrors(t *testing.T) {
	zero, one := 0, 1
	for _, row := range []struct {
		name  string
		fault worker.Fault
		want  Error
	}{
		{"wrong", worker.Fault{Return: worker.PINIncorrect}, Error{Code: wire.ErrPINWrong}},
		{"wrong, one left", worker.Fault{Return: worker.PINIncorrect, Flags: worker.FlagFinalTry}, Error{Code: wire.ErrPINWrong, AttemptsLeft: &one, FinalTry: true}},
		{"wrong with locked flag", worker.Fault{Return: worker.PINIncorrect, Flags: worker.FlagLocked}, Error{Code: wire.ErrPINLocked, AttemptsLeft: &zero}},
		{"locked", worker.Fault{Return: worker.PINLocked}, Error{Code: wire.ErrPINLocked, AttemptsLeft: &zero}},
		{"length", worker.Fault{Return: worker.PINLength}, Error{Code: wire.ErrPINFormat}},
		{"not initialised", worker.Fault{Return: worker.PINNotInitialised}, Error{Code: wire.ErrPINNotSet}},
		{"pinpad cancelled", worker.Fault{Return: worker.FunctionCanceled}, Error{Code: wire.ErrPromptCancel}},
		{"function failed is no wrong PIN", worker.Fault{Return: worker.FunctionFailed}, Error{Code: wire.ErrModule}},
		{"general error with locked flag", worker.Fault{Return: worker.GeneralError, Flags: worker.FlagLocked}, Error{Code: wire.ErrModule}},
		{"token gone", worker.Fault{Return: worker.DeviceRemoved}, Error{Code: wire.ErrCardRemoved}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := pinError(&row.fault)
			got.Err = nil
			if d := cmp.Diff(row.want, *got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCatalogueFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own := write("libvendor.so", "")
	atr := unhex(t, "3BFF1800FF8131FE55006B02090200011101434E531131808E")
	t.Run("administrator's module before ours", func(t *testing.T) {
		c, err := LoadCatalogue(write("a.toml", `prefer = ["`+own+`"]`), filepath.Join(dir, "none.toml"))
		if err != nil {
			t.Fatal(err)
		}
		if p := c.Paths(atr); len(p) == 0 || p[0] != own {
			t.Errorf("paths %v", p)
		}
	})
	t.Run("administrator's rule and place of a module", func(t *testing.T) {
		c, err := LoadCatalogue(write("b.toml", `
[[card]]
atr = "3BFF*"
kind = "cns"
modules = ["bit4xpki"]
[[module]]
id = "bit4xpki"
linux = ["`+own+`"]
darwin = ["`+own+`"]
windows = ["`+filepath.ToSlash(own)+`"]
`))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{own}, c.Paths(atr)); d != "" {
			t.Error(d)
		}
	})
	for _, row := range []struct{ name, text string }{
		{"unknown key", "preferred = []"},
		{"relative path", `prefer = ["libvendor.so"]`},
		{"bad pattern", "[[card]]\natr = \"3b*\"\nkind = \"cns\""},
		{"unknown kind", "[[card]]\natr = \"3BFF*\"\nkind = \"bancomat\""},
		{"not TOML", "<xml/>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := LoadCatalogue(write("bad.toml", row.text)); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// TestCatalogueIsComplete: every id that is named exists, and OpenSC is last.
func TestCatalogueIsComplete(t *testing.T) {
	c := Builtin()
	lists := map[string][]string{}
	for kind, ids := range c.Lists {
		lists[kind] = ids
	}
	for _, r := range c.Cards {
		lists[r.ATR] = r.Modules
	}
	for name, ids := range lists {
		for i, id := range ids {
			m, ok := c.module(id)
			if !ok || len(m.Windows)+len(m.Linux)+len(m.Darwin) == 0 {
				t.Errorf("%s names %s, which is nowhere", name, id)
			}
			if id == "opensc" && i != len(ids)-1 {
				t.Errorf("%s: OpenSC is not the last", name)
			}
		}
	}
	for _, m := range c.Modules {
		for _, p := range append(append([]string{}, m.Linux...), m.Darwin...) {
			if !strings.HasPrefix(p, "/") {
				t.Errorf("%s: %s", m.ID, p)
			}
		}
		for _, p := range m.Windows {
			if !strings.HasPrefix(p, "%") {
				t.Errorf("%s: %s", m.ID, p)
			}
		}
	}
	if len(c.Lists) != 3 {
		t.Errorf("lists %v", c.Lists)
	}
}
