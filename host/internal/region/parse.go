package region

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Parse reads one profile; id is the file's name without .toml. A profile that
// cannot work is a *Fault, or what package toml says of it.
func Parse(id string, data []byte) (Profile, error) {
	p, err := Decode(id, data)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		return Profile{}, fmt.Errorf("unknown key: %s", strict.String())
	}
	if err != nil {
		return Profile{}, err
	}
	return p, p.check()
}

// Decode reads a profile that nobody has checked; see Faults. Files that it
// names are looked for in folders, the last one first. It fills in what the
// text leaves out.
func Decode(id string, data []byte, folders ...string) (Profile, error) {
	p := Profile{
		ID: id, folders: folders, NRE: NREFromLot, Status: StatusComplete,
		Policies: Policies{Promemoria: PromemoriaRegion, Unknown: UnknownSame},
		Printing: Printing{Rossa: "rossa", Bianca: "bianca", Promemoria: "promemoria"},
		Timeouts: Timeouts{Duration(5 * time.Second), Duration(30 * time.Second), Duration(20 * time.Second)},
		Limits:   Limits{AnswerBytes: 8 << 20, Parallel: 4},
	}
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&p); err != nil {
		return Profile{}, err
	}
	if p.Cloud != nil {
		p.Cloud.defaults()
	}
	return p, nil
}

func (p Profile) check() error {
	for _, f := range p.Faults() {
		return f
	}
	return nil
}
