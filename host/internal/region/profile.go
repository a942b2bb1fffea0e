package region

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Profile is everything that makes one region different from another. It
// comes from a file of the installation or of its administrator; nothing in a
// message can change it.
type Profile struct {
	ID        string    `toml:"-"` // the file's name without .toml
	Name      string    `toml:"name"`
	Code      string    `toml:"code"` // codRegione
	NRE       string    `toml:"nre"`  // NREFromLot or NREFromRegion
	Login     Login     `toml:"login"`
	Transport Transport `toml:"transport"`
	Envelope  Envelope  `toml:"envelope"`
	Endpoints Endpoints `toml:"endpoints"`
	Policies  Policies  `toml:"policies"`
	Timeouts  Timeouts  `toml:"timeouts"`
	Limits    Limits    `toml:"limits"`

	builtin fs.FS    // where a built-in profile's files are
	folders []string // where files are looked for first
}

// Who gives a prescription its number.
const (
	NREFromLot    = "lot"
	NREFromRegion = "region"
)

// Login is how a session begins.
type Login struct {
	Driver   string   `toml:"driver"`   // "sar-card"
	Policies []string `toml:"policies"` // certificate policy OIDs that may log in
}

// Transport is how a server and a client know each other.
type Transport struct {
	Kind string   `toml:"kind"` // "client-certificate"
	CA   []string `toml:"ca"`   // PEM files; none: the system's authorities
}

// Envelope is the family of messages.
type Envelope struct {
	Kind   string `toml:"kind"`   // "sac"
	Cipher string `toml:"cipher"` // certificate that seals pinCode and codiceAss
}

// Endpoints are absolute https addresses.
type Endpoints struct {
	Session       string `toml:"session"`
	Patients      string `toml:"patients"`
	Prescriptions string `toml:"prescriptions"` // parent of demInvioPrescritto and the others
	Lots          string `toml:"lots"`
}

// Policies are a region's own rules.
type Policies struct {
	Promemoria string `toml:"promemoria"` // "region": only the PDF that the region gives is printed
}

// Timeouts bound each step of a request.
type Timeouts struct {
	Connect   Duration `toml:"connect"`
	Handshake Duration `toml:"handshake"`
	Answer    Duration `toml:"answer"`
}

// Limits bound what is read.
type Limits struct {
	AnswerBytes int64 `toml:"answer_bytes"`
}

// Duration is written as "20s" in a profile.
type Duration time.Duration

// UnmarshalText reads a positive duration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if v <= 0 {
		return fmt.Errorf("duration %s is not positive", text)
	}
	*d = Duration(v)
	return nil
}

// parseProfile reads one file. What it leaves out has the values below.
func parseProfile(id string, data []byte) (Profile, error) {
	p := Profile{
		ID: id, NRE: NREFromLot,
		Policies: Policies{Promemoria: "region"},
		Timeouts: Timeouts{Duration(5 * time.Second), Duration(30 * time.Second), Duration(20 * time.Second)},
		Limits:   Limits{8 << 20},
	}
	err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&p)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		return Profile{}, fmt.Errorf("unknown key: %s", strict.String())
	}
	if err != nil {
		return Profile{}, err
	}
	return p, p.check()
}

var (
	profileID  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	regionCode = regexp.MustCompile(`^[0-9]{3}$`)
)

func (p Profile) check() error {
	for _, v := range []struct{ key, value, allowed string }{
		{"login.driver", p.Login.Driver, "sar-card"},
		{"transport.kind", p.Transport.Kind, "client-certificate"},
		{"envelope.kind", p.Envelope.Kind, "sac"},
		{"policies.promemoria", p.Policies.Promemoria, "region"},
	} {
		if v.value != v.allowed {
			return fmt.Errorf("%s is %q, this version knows %q only", v.key, v.value, v.allowed)
		}
	}
	switch {
	case !profileID.MatchString(p.ID):
		return fmt.Errorf("id %q: lower-case letters, digits and hyphens only", p.ID)
	case p.Name == "":
		return errors.New("name is missing")
	case !regionCode.MatchString(p.Code):
		return fmt.Errorf("code %q is not three digits", p.Code)
	case p.NRE != NREFromLot && p.NRE != NREFromRegion:
		return fmt.Errorf("nre is %q, not %q or %q", p.NRE, NREFromLot, NREFromRegion)
	case p.Envelope.Cipher == "":
		return errors.New("envelope.cipher is missing")
	case p.Limits.AnswerBytes < 1024 || p.Limits.AnswerBytes > 256<<20:
		return errors.New("limits.answer_bytes is out of reason")
	}
	for key, value := range map[string]string{
		"session": p.Endpoints.Session, "patients": p.Endpoints.Patients, "prescriptions": p.Endpoints.Prescriptions, "lots": p.Endpoints.Lots,
	} {
		u, err := url.Parse(value)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("endpoints.%s is not a plain https address", key)
		}
	}
	return nil
}

// file reads a file that the profile names: absolute as it stands; relative in
// the profile's folders, the last one first, then beside the built-in profile.
// So an administrator replaces an expired certificate without touching a
// profile.
func (p Profile) file(name string) ([]byte, error) {
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
