package slim

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestOnlyCleanFilesAreForgotten(t *testing.T) {
	const smaps = `00400000-00500000 r-xp 00000000 08:01 42                         /usr/bin/program
Rss:                 100 kB
Anonymous:             0 kB
00500000-00600000 r--p 00100000 08:01 42                         /usr/bin/program
Rss:                 100 kB
Anonymous:             4 kB
00600000-00700000 rw-p 00200000 08:01 42                         /usr/bin/program
Anonymous:             0 kB
00700000-00800000 r--s 00000000 08:01 43                         /usr/share/cache
Anonymous:             0 kB
00800000-00900000 r--p 00000000 00:00 0
Anonymous:             0 kB
00900000-00a00000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
00a00000-00b00000 r--p 00000000 08:01 44                         /usr/lib/a library.so (deleted)
Anonymous:             0 kB
`
	want := []mapping{{0x400000, 0x500000}, {0xa00000, 0xb00000}}
	if got := clean(strings.NewReader(smaps)); !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

// TestLessIsResident: and the process lives on.
func TestLessIsResident(t *testing.T) {
	before := resident(t)
	Now()
	after := resident(t)
	t.Logf("%d → %d KiB", before, after)
	if after >= before {
		t.Errorf("%d KiB before, %d after", before, after)
	}
	for range 3 {
		Now()
	}
}

func resident(t *testing.T) (kib int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				t.Fatal(err)
			}
		}
	}
	return kib
}
