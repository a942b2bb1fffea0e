package secret

import (
	"os"
	"path/filepath"
)

// writeNew never overwrites. The name appears with all of the data (link(2)),
// so that nobody reads half a key.
func writeNew(file string, data []byte) error {
	tmp, err := aside(file, data)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	return os.Link(tmp, file)
}

// replace is atomic: a value is the old one or the new one, never half.
func replace(file string, data []byte) error {
	tmp, err := aside(file, data)
	if err != nil {
		return err
	}
	if err := rename(tmp, file); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}

// half is in the name of a file that is being written.
const half = ".new"

// aside writes data to a new file beside file, down to the disk.
func aside(file string, data []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+half) // 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
