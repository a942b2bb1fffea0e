//go:build linux

package card

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

const softHSMModule = "/usr/lib/softhsm/libsofthsm2.so"

// badModules are real files, each wrong in another way.
func badModules(t *testing.T) (arch, bits, lacking, plain, empty string) {
	t.Helper()
	dir := t.TempDir()
	image, err := os.ReadFile(openSC)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, change func([]byte)) string {
		own := append([]byte{}, image...)
		change(own)
		path := filepath.Join(dir, name)
		write(t, path, string(own))
		return path
	}
	arch = file("foreign.so", func(b []byte) { b[18], b[19] = 0xB7, 0 }) // e_machine: AArch64
	bits = file("narrow.so", func(b []byte) { b[4] = 1 })                // EI_CLASS: 32 bits
	source := filepath.Join(dir, "m.c")
	write(t, source, "int helper(void); int C_GetFunctionList(void **list) { return helper(); }\n")
	write(t, filepath.Join(dir, "h.c"), "int helper(void) { return 5; }\n")
	helper := filepath.Join(dir, "libhelper.so")
	lacking = filepath.Join(dir, "lacking.so")
	gcc(t, "-shared", "-fPIC", "-o", helper, filepath.Join(dir, "h.c"))
	gcc(t, "-shared", "-fPIC", "-o", lacking, source, "-L"+dir, "-lhelper")
	if err := os.Remove(helper); err != nil {
		t.Fatal(err)
	}
	plain = filepath.Join(dir, "plain.so")
	gcc(t, "-shared", "-fPIC", "-o", plain, filepath.Join(dir, "h.c"))
	empty = filepath.Join(dir, "empty.so")
	write(t, empty, "")
	return arch, bits, lacking, plain, empty
}

func gcc(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc %v: %v\n%s", args, err, out)
	}
}

func TestTheNextModuleIsTried(t *testing.T) {
	arch, bits, lacking, plain, empty := badModules(t)
	t.Setenv("SOFTHSM2_CONF", emptyHSM(t))
	absent := filepath.Join(t.TempDir(), "absent.so")
	r := start(t, func(o *Options) {
		o.Catalogue = Catalogue{Prefer: []string{absent, arch, bits, lacking, plain, empty, softHSMModule, openSC, lacking}}
	})
	card := r.insert(newCard(t))
	want := []wire.Module{
		{Name: "foreign.so", Problem: wire.ErrModuleArch}, {Name: "narrow.so", Problem: wire.ErrModuleArch},
		{Name: "lacking.so", Problem: wire.ErrModuleDep}, {Name: "plain.so", Problem: wire.ErrModule},
		{Name: "empty.so", Problem: wire.ErrModule}, {Name: "libsofthsm2.so", Problem: wire.ErrModuleBlind},
		{Name: filepath.Base(openSC)},
	}
	if diff := cmp.Diff(want, card.Modules); diff != "" {
		t.Error(diff)
	}
	if card.Problem != "" || card.Module != filepath.Base(openSC) {
		t.Errorf("module %q, problem %q", card.Module, card.Problem)
	}
	k := open(t, r, card, pin(rightPIN, nil))
	defer k.Close()
	signOnce(t, k)
	r.modules.mu.Lock()
	defer r.modules.mu.Unlock()
	if len(r.modules.byPath) != 1 || r.modules.byPath[openSC] == nil {
		t.Errorf("%d module processes, want that of the driver alone", len(r.modules.byPath))
	}
}

// Each failure alone is what the user reads; of several the most telling one.
func TestProblemOfTheModules(t *testing.T) {
	arch, _, lacking, plain, _ := badModules(t)
	t.Setenv("SOFTHSM2_CONF", emptyHSM(t))
	for _, row := range []struct {
		name    string
		modules []string
		want    wire.ErrorCode
	}{
		{"absent", []string{filepath.Join(t.TempDir(), "absent.so")}, wire.ErrNoModule},
		{"architecture", []string{arch}, wire.ErrModuleArch},
		{"dependency", []string{lacking}, wire.ErrModuleDep},
		{"no module at all", []string{plain}, wire.ErrModule},
		{"blind", []string{softHSMModule}, wire.ErrModuleBlind},
		{"blind, then a missing library", []string{softHSMModule, lacking, arch}, wire.ErrModuleDep},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: row.modules} })
			c := newCard(t)
			if card := r.insert(c); card.Problem != row.want || card.Module != "" || card.Holder == nil {
				t.Errorf("%+v, want problem %s", card, row.want)
			}
			c.Remove()
			r.await("removal", empty)
		})
	}
}

// A token that says CNS and has no CNS's files is nobody's health card.
func TestFalseCNS(t *testing.T) {
	t.Setenv("SOFTHSM2_CONF", emptyHSM(t))
	r := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{softHSMModule}} })
	c := newCard(t)
	c.Hook(func(apdu []byte) ([]byte, bool) { return []byte{0x6A, 0x82}, apdu[1] == 0xA4 })
	if card := r.insert(c); card.Kind != wire.KindOther || card.Problem != wire.ErrCardUnknown || card.Holder != nil {
		t.Errorf("%+v", card)
	}
}

// emptyHSM is a SoftHSM without tokens.
func emptyHSM(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "softhsm2.conf")
	write(t, conf, "directories.tokendir = "+filepath.Join(dir, "tokens")+"\n")
	return conf
}
