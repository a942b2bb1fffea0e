package region

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LoadProfiles reads the *.toml files at the root of builtin, then those of
// each folder in turn; a later profile replaces an earlier one of the same
// file name as a whole. A folder that does not exist is empty, a file that
// cannot be understood is an error: a region that silently vanished, or fell
// back to another address, would be worse. The certificates that a profile
// names are read by New.
func LoadProfiles(builtin fs.FS, dirs ...string) (map[string]Profile, error) {
	found := map[string]Profile{}
	if builtin != nil {
		own, err := readFolder(builtin)
		if err != nil {
			return nil, fmt.Errorf("built-in region profile %w", err)
		}
		for id, p := range own {
			p.builtin, p.folders = builtin, dirs
			found[id] = p
		}
	}
	for _, dir := range dirs {
		theirs, err := readFolder(os.DirFS(dir))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("region profile %s%c%w", dir, filepath.Separator, err)
		}
		for id, p := range theirs {
			p.folders = []string{dir}
			found[id] = p
		}
	}
	return found, nil
}

func readFolder(folder fs.FS) (map[string]Profile, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	found := map[string]Profile{}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".toml")
		if !ok || e.IsDir() {
			continue
		}
		data, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			return nil, err
		}
		p, err := Parse(id, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		found[id] = p
	}
	return found, nil
}
