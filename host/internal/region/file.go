package region

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// File reads a file that the profile names: absolute as it stands; relative in
// the profile's folders, the last one first, then beside the built-in profile.
// So an administrator replaces an expired certificate without touching a
// profile.
func (p Profile) File(name string) ([]byte, error) {
	if filepath.IsAbs(name) {
		return os.ReadFile(name)
	}
	if !filepath.IsLocal(name) {
		return nil, fmt.Errorf("%q leaves its folder", name)
	}
	for i := len(p.folders) - 1; i >= 0; i-- {
		data, err := os.ReadFile(filepath.Join(p.folders[i], name))
		if !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	if p.builtin != nil {
		return fs.ReadFile(p.builtin, path.Clean(filepath.ToSlash(name)))
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}
