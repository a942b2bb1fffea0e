package morning

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"raccordo/host/internal/sim/lab"
)

// withoutCardWay takes the card's own way out of the region's profile.
func withoutCardWay(l *lab.Lab) error {
	file := filepath.Join(l.Dir, "config", "raccordo", "regions", "simulata.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	from, to := bytes.Index(text, []byte("[card]\n")), bytes.Index(text, []byte("[cloud]\n"))
	if from < 0 || to < from {
		return fmt.Errorf("%s: no [card] before [cloud]", file)
	}
	return os.WriteFile(file, slices.Delete(text, from, to), 0o600)
}

// impatient shortens the time that a region may take for a handshake.
func impatient(l *lab.Lab) error {
	file := filepath.Join(l.Dir, "config", "raccordo", "regions", "simulata.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	short := bytes.Replace(text, []byte(`handshake = "30s"`), []byte(`handshake = "2s"`), 1)
	if bytes.Equal(short, text) {
		return fmt.Errorf("%s: no handshake time", file)
	}
	return os.WriteFile(file, short, 0o600)
}
