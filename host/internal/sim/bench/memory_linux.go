package bench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

// peakMemory is the peak of a living process's resident memory in MiB (VmHWM,
// proc(5)).
func peakMemory(pid int) (float64, error) { return statusOf(pid, "VmHWM:") }

// ownMemory is the part of a process's resident memory in MiB that is no file's
// (RssAnon, proc(5)).
func ownMemory(pid int) (float64, error) { return statusOf(pid, "RssAnon:") }

func statusOf(pid int, name string) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok {
			continue
		}
		var kib float64
		_, err := fmt.Sscanf(rest, "%f kB", &kib)
		return kib / 1024, err
	}
	return 0, errors.New("no " + name)
}
