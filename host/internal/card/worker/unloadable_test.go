package worker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/frame"
)

func elfHeader(class, data byte, machine uint16) string {
	h := make([]byte, 64)
	copy(h, "\x7fELF")
	h[4], h[5] = class, data
	binary.LittleEndian.PutUint16(h[18:], machine)
	if data == 2 {
		binary.BigEndian.PutUint16(h[18:], machine)
	}
	return string(h)
}

func peHeader(machine uint16) string {
	h := make([]byte, 0x100)
	copy(h, "MZ")
	binary.LittleEndian.PutUint32(h[0x3C:], 0x40)
	copy(h[0x40:], "PE\x00\x00")
	binary.LittleEndian.PutUint16(h[0x44:], machine)
	return string(h)
}

func machoHeader(cpu uint32) string {
	return string(binary.LittleEndian.AppendUint32([]byte{0xCF, 0xFA, 0xED, 0xFE}, cpu)) + strings.Repeat("\x00", 24)
}

// fatHeader is a universal file of one slice.
func fatHeader(cpu uint32) string {
	h := []byte{0xCA, 0xFE, 0xBA, 0xBE}
	for _, field := range []uint32{1, cpu, 0, 64, 32, 0} {
		h = binary.BigEndian.AppendUint32(h, field)
	}
	return string(h) + strings.Repeat("\x00", 64-len(h)) + machoHeader(cpu)
}

// No test machine is big-endian or of 32 bits, and none has them all.
func TestUnloadable(t *testing.T) {
	const mips, i386, power, sparc = 8, 0x14C, 0x1000012, 0x100000E
	for name, row := range map[string]struct{ contents, loader, want string }{
		"ELF, another machine":      {elfHeader(2, 1, mips), "", OtherArchitecture},
		"ELF, big-endian":           {elfHeader(2, 2, mips), "", OtherArchitecture},
		"ELF, 32 bits":              {elfHeader(1, 1, 62), "", OtherArchitecture},
		"ELF cut short":             {"\x7fELF\x02", "", NotPKCS11},
		"PE of 32 bits":             {peHeader(i386), "", OtherArchitecture},
		"PE cut short":              {"MZ", "", NotPKCS11},
		"Mach-O, another processor": {machoHeader(power), "", OtherArchitecture},
		"universal, none of ours":   {fatHeader(sparc), "", OtherArchitecture},
		"text":                      {"this is no library", "", NotPKCS11},
		"empty":                     {"", "", NotPKCS11},
		"glibc, missing library":    {"x", "libpcsc.so.9: cannot open shared object file: No such file or directory", MissingLibrary},
		"glibc, older than wanted":  {"x", "/lib/libc.so.6: version `GLIBC_2.99' not found (required by /usr/lib/m.so)", MissingLibrary},
		"musl, missing library":     {"x", "Error loading shared library libx.so: No such file or directory (needed by m.so)", MissingLibrary},
		"dyld, missing library":     {"x", "dlopen(m.dylib, 1): Library not loaded: /opt/libx.dylib", MissingLibrary},
		"no such function":          {"x", "undefined symbol: C_GetFunctionList", NotPKCS11},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.so")
			if err := os.WriteFile(path, []byte(row.contents), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := unloadable(path, errors.New(row.loader)); got.Call != CallLoad || got.Name != row.want {
				t.Errorf("%s %q, want %q", got.Call, got.Name, row.want)
			}
		})
	}
}

func FuzzForeign(f *testing.F) {
	for _, seed := range []string{elfHeader(2, 1, 62), peHeader(0x8664), machoHeader(0x1000007), fatHeader(0x1000007)} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, file []byte) {
		path := filepath.Join(dir, "m.so")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		foreign(path) // of a vendor's file, which may be anything
	})
}

// Whoever asks a module that is none hears why, each time.
func TestRefuse(t *testing.T) {
	var in, out bytes.Buffer
	for range 2 {
		if err := frame.Write(&in, []byte(`{"op":"tokens"}`)); err != nil {
			t.Fatal(err)
		}
	}
	why := &Fault{Call: CallLoad, Name: MissingLibrary}
	if err := refuse(&in, &out, why); !errors.Is(err, why) {
		t.Errorf("ended with %v", err)
	}
	for range 2 {
		body, err := frame.Read(&out, MaxFrame)
		if err != nil || !strings.Contains(string(body), MissingLibrary) {
			t.Errorf("answer %q, %v", body, err)
		}
	}
}
