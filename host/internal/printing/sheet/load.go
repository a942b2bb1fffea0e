package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// maxFile is far more than any layout needs.
const maxFile = 256 << 10

// Load reads the *.toml files at the root of builtin, then those of each folder in
// turn; a later layout replaces an earlier one of the same file name as a whole. A
// folder that does not exist is empty. A layout that cannot be used is an error with
// its code (print.layout_invalid), and the others are returned all the same.
func Load(builtin fs.FS, dirs ...string) (map[string]Layout, error) {
	found := map[string]Layout{}
	var faults []error
	read := func(where string, folder fs.FS) {
		if err := readFolder(folder, where, found, &faults); err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, invalid(where, err))
		}
	}
	if builtin != nil {
		read("", builtin)
	}
	for _, dir := range dirs {
		read(dir+string(filepath.Separator), os.DirFS(dir))
	}
	return found, errors.Join(faults...)
}

func readFolder(folder fs.FS, where string, found map[string]Layout, faults *[]error) error {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".toml")
		if !ok || e.IsDir() {
			continue
		}
		delete(found, id) // an administrator's that is broken is not silently replaced by ours
		layout, err := readFile(folder, e.Name(), id)
		if err != nil {
			*faults = append(*faults, invalid(where+e.Name(), err))
			continue
		}
		found[id] = layout
	}
	return nil
}

func readFile(folder fs.FS, name, id string) (Layout, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return Layout{}, err
	}
	if info.Size() > maxFile {
		return Layout{}, fmt.Errorf("more than %d bytes", maxFile)
	}
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return Layout{}, err
	}
	return Parse(id, data)
}

// Parse reads one layout; id is the file's name without .toml.
func Parse(id string, data []byte) (Layout, error) {
	l := Layout{ID: id}
	err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&l)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		return Layout{}, fmt.Errorf("unknown key: %s", strict.String())
	}
	var place *toml.DecodeError
	if errors.As(err, &place) {
		row, column := place.Position()
		return Layout{}, fmt.Errorf("line %d, column %d: %w", row, column, err)
	}
	if err != nil {
		return Layout{}, err
	}
	l.defaults()
	return l, l.check()
}

func invalid(where string, err error) error {
	return printing.Fault(wire.ErrPrintForm, where, err)
}
