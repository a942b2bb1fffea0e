package worker

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// store is the folder of what was compiled. wazero checks the code in its files and
// not the tables around it, in which one wrong bit is a jump to anywhere: each file
// has a sum of ours beside it, and one without is not used.
type store struct{ dir string }

const sumEnding = ".crc32c"

// check deletes what is damaged or left over and returns what remains.
func (s store) check() []string {
	var good []string
	for _, file := range s.files() {
		sum, err := sumOf(file)
		kept, e := os.ReadFile(file + sumEnding)
		if err == nil && e == nil && slices.Equal(sum, kept) {
			good = append(good, file)
			continue
		}
		os.Remove(file)
		os.Remove(file + sumEnding)
	}
	return good
}

// keep sums up what was compiled now and deletes what no program uses any more.
func (s store) keep(before []string) (compiled bool) {
	for _, file := range s.files() {
		if slices.Contains(before, file) {
			continue
		}
		if sum, err := sumOf(file); err == nil {
			compiled = os.WriteFile(file+sumEnding, sum, 0o600) == nil
		}
	}
	if compiled {
		for _, file := range before {
			os.Remove(file)
			os.Remove(file + sumEnding)
			os.Remove(filepath.Dir(file)) // of an older version; only when it is empty
		}
	}
	return compiled
}

// clear deletes all.
func (s store) clear() {
	for _, file := range s.files() {
		os.Remove(file)
		os.Remove(file + sumEnding)
	}
}

// files are wazero's: a folder for each of its versions, in it a file for each program.
func (s store) files() []string {
	all, err := filepath.Glob(filepath.Join(s.dir, "wazero-*", "*"))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(f string) bool { return strings.HasSuffix(f, sumEnding) })
}

func sumOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, make([]byte, 256<<10)); err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint32(nil, sum.Sum32()), nil
}
