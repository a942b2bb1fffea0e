package slim

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mapping is a range of addresses.
type mapping struct{ from, to uintptr }

func forgetFiles() {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return // no /proc: nothing is gained, nothing lost
	}
	defer f.Close()
	for _, m := range clean(f) {
		// A system that refuses leaves the pages where they are.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// clean finds the mappings of files that can not be written and hold no page
// of their own (smaps, proc(5)): relocated data is read-only as well, and would
// be lost.
func clean(smaps io.Reader) (all []mapping) {
	var now mapping
	readable := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		if !strings.HasSuffix(fields[0], ":") { // the head of a mapping
			now, readable = head(fields)
			continue
		}
		// Before Anonymous comes Rss, so a mapping is taken once at most.
		if readable && fields[0] == "Anonymous:" && fields[1] == "0" {
			all = append(all, now)
		}
	}
	return all
}

// head reads "from-to perms offset device inode path".
func head(fields []string) (m mapping, readable bool) {
	if len(fields) < 6 || !strings.HasPrefix(fields[5], "/") || fields[4] == "0" {
		return m, false
	}
	if p := fields[1]; len(p) != 4 || p[0] != 'r' || p[1] == 'w' || p[3] != 'p' {
		return m, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	a, errA := strconv.ParseUint(from, 16, 64)
	b, errB := strconv.ParseUint(to, 16, 64)
	return mapping{uintptr(a), uintptr(b)}, errA == nil && errB == nil && a < b
}
