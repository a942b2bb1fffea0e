//go:build !cgo && linux && (amd64 || arm64)

package worker

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// liar is a module whose every answer but one is CKR_OK; the list of functions
// is laid out as in pkcs11f.h.
const liar = `
typedef unsigned long ul;
struct attribute { ul type; void *value; ul size; };
static ul ok(void) { return 0; }
static ul many(int present, ul *list, ul *n) { *n = 1UL << 40; return 0; }
static ul more(int present, ul *list, ul *n) { if (list) list[0] = 5; *n = list ? 9 : 1; return 0; }
static ul found(ul s, ul *list, ul limit, ul *n) { for (ul i = 0; i < limit; i++) list[i] = i; *n = 1UL << 40; return 0; }
static ul value(ul s, ul o, struct attribute *a, ul n) { a->size = a->type == 3 ? 1UL << 40 : ~0UL; return 0; }
static ul sign(ul s, void *d, ul size, void *out, ul *n) { *n = 1UL << 40; return 0; }
static struct { unsigned char version[2]; void *f[68]; } list;
ul C_GetFunctionList(void **out) {
	for (int i = 0; i < 68; i++) list.f[i] = ok;
	list.f[4] = SLOTS; list.f[27] = found; list.f[24] = value; list.f[43] = sign;
	*out = &list;
	BEFORE
	return RESULT;
}`

// build compiles the module, with some words replaced.
func build(t *testing.T, words ...string) string {
	t.Helper()
	source, library := t.TempDir()+"/liar.c", t.TempDir()+"/liar.so"
	text := strings.NewReplacer(append(words, "SLOTS", "many", "BEFORE", "", "RESULT", "0")...).Replace(liar)
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return library
}

func TestModulesWithoutFunctions(t *testing.T) {
	for _, row := range []struct {
		name, want string
		words      []string
	}{
		{"refuses its list", "CKR_GENERAL_ERROR", []string{"RESULT", "5"}},
		{"gives no list", "gave no list", []string{"BEFORE", "*out = 0;"}},
		{"gives a list with a hole", "no C_Sign", []string{"BEFORE", "list.f[43] = 0;"}},
		{"has no list", "C_GetFunctionList", []string{"C_GetFunctionList", "C_Other"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			lib, err := load(build(t, row.words...))
			if err == nil {
				lib.unload()
				t.Fatal("was loaded")
			}
			if !strings.Contains(err.Error(), row.want) {
				t.Errorf("%q does not say %q", err, row.want)
			}
		})
	}
}

// TestLengthsThatCannotBe: a damaged module's length is neither allocated nor
// read.
func TestLengthsThatCannotBe(t *testing.T) {
	lib, err := load(build(t))
	if err != nil {
		t.Fatal(err)
	}
	defer lib.unload()
	if _, err := lib.GetSlotList(); err != rv(GeneralError) {
		t.Errorf("slots: %v", err)
	}
	if got, err := lib.FindObjects(1, 8); err != nil || len(got) != 8 {
		t.Errorf("objects: %v, %v", got, err)
	}
	if _, err := lib.GetAttributeValue(1, 1, attrLabel); err != rv(GeneralError) {
		t.Errorf("label: %v", err)
	}
	if value, err := lib.GetAttributeValue(1, 1, attrID); err != nil || value != nil {
		t.Errorf("attribute that is not there: %v, %v", value, err)
	}
	if _, err := lib.Sign(1, []byte{1}); err != rv(GeneralError) {
		t.Errorf("signature: %v", err)
	}
}

// TestSlotsThatCameMeanwhile: the second answer may count more than there was
// room for.
func TestSlotsThatCameMeanwhile(t *testing.T) {
	lib, err := load(build(t, "SLOTS", "more"))
	if err != nil {
		t.Fatal(err)
	}
	defer lib.unload()
	if got, err := lib.GetSlotList(); err != nil || len(got) != 1 || got[0] != 5 {
		t.Errorf("%v, %v", got, err)
	}
}
