package card

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"raccordo/host/internal/wire"
)

//go:embed catalogue.toml
var builtin []byte

// Catalogue says which PKCS#11 modules drive which card. It is data of ours and
// of the administrator's; nothing in a message can add to it.
type Catalogue struct {
	Prefer  []string            `toml:"prefer"` // module paths tried first with every card
	Lists   map[string][]string `toml:"lists"`  // module ids by kind of card
	Cards   []CardRule          `toml:"card"`
	Kinds   []KindRule          `toml:"identity"`
	Modules []Module            `toml:"module"`
}

// CardRule gives a card its kind and its modules, by ATR.
type CardRule struct {
	ATR     string         `toml:"atr"`
	Kind    wire.CardKind  `toml:"kind"`
	Maker   string         `toml:"maker"`
	Modules []string       `toml:"modules"`
	Problem wire.ErrorCode `toml:"problem"` // when no module drives it
}

// Module is a vendor's library and where it is installed on each system.
type Module struct {
	ID      string   `toml:"id"`
	Maker   string   `toml:"maker"`
	Windows []string `toml:"windows"`
	Linux   []string `toml:"linux"`
	Darwin  []string `toml:"darwin"`
}

func (c Catalogue) empty() bool { return len(c.Prefer)+len(c.Modules) == 0 }

// Builtin is the embedded catalogue.
func Builtin() Catalogue {
	c, err := parseCatalogue(builtin)
	if err != nil {
		panic("card: embedded catalogue: " + err.Error()) // a test reads it
	}
	return c
}

// LoadCatalogue puts an administrator's files before the embedded catalogue,
// the first one foremost. A file that does not exist is passed over.
func LoadCatalogue(files ...string) (Catalogue, error) {
	all := Builtin()
	for _, file := range slices.Backward(files) {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return Catalogue{}, err
		}
		c, err := parseCatalogue(text)
		if err != nil {
			return Catalogue{}, fmt.Errorf("%s: %w", file, err)
		}
		all = c.before(all)
	}
	return all, nil
}

// before merges c over base.
func (c Catalogue) before(base Catalogue) Catalogue {
	out := Catalogue{
		Prefer: append(slices.Clone(c.Prefer), base.Prefer...),
		Cards:  append(slices.Clone(c.Cards), base.Cards...),
		Kinds:  append(slices.Clone(c.Kinds), base.Kinds...),
		Lists:  map[string][]string{}, Modules: slices.Clone(c.Modules),
	}
	for _, lists := range []map[string][]string{base.Lists, c.Lists} {
		for kind, ids := range lists {
			out.Lists[kind] = ids
		}
	}
	for _, m := range base.Modules {
		if _, replaced := c.module(m.ID); !replaced {
			out.Modules = append(out.Modules, m)
		}
	}
	return out
}

var patternForm = regexp.MustCompile(`^[0-9A-F.]{4,66}\*?$`)

func parseCatalogue(text []byte) (Catalogue, error) {
	var c Catalogue
	d := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	for _, r := range c.Cards {
		if !patternForm.MatchString(r.ATR) {
			return c, fmt.Errorf("card atr %q: not an ATR pattern", r.ATR)
		}
		if !slices.Contains(kinds, r.Kind) {
			return c, fmt.Errorf("card atr %q: unknown kind %q", r.ATR, r.Kind)
		}
		if r.Problem != "" && wire.Lookup(r.Problem).Code != r.Problem {
			return c, fmt.Errorf("card atr %q: unknown problem %q", r.ATR, r.Problem)
		}
	}
	for i := range c.Kinds {
		if err := c.Kinds[i].compile(); err != nil {
			return c, err
		}
	}
	for _, p := range c.Prefer {
		if !filepath.IsAbs(expand(p)) {
			return c, fmt.Errorf("prefer %q: not an absolute path", p)
		}
	}
	for _, m := range c.Modules {
		for _, p := range m.paths(runtime.GOOS) {
			if !filepath.IsAbs(expand(p)) {
				return c, fmt.Errorf("module %s: %q is not an absolute path", m.ID, p)
			}
		}
	}
	return c, nil
}

func (c Catalogue) rule(atr []byte) (CardRule, bool) {
	text := strings.ToUpper(hex.EncodeToString(atr))
	for _, r := range c.Cards {
		if matches(r.ATR, text) {
			return r, true
		}
	}
	return CardRule{}, false
}

func matches(pattern, atr string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	if len(atr) < len(prefix) || (!open && len(atr) != len(prefix)) {
		return false
	}
	for i := range len(prefix) {
		if prefix[i] != '.' && prefix[i] != atr[i] {
			return false
		}
	}
	return true
}

// Paths lists the modules installed on this PC that may drive the card, best
// first.
func (c Catalogue) Paths(atr []byte) []string {
	ids := c.Lists[string(family(c.Kind(atr)))]
	if r, ok := c.rule(atr); ok && len(r.Modules) > 0 {
		ids = r.Modules
	}
	candidates := slices.Clone(c.Prefer)
	for _, id := range ids {
		if m, ok := c.module(id); ok {
			candidates = append(candidates, m.paths(runtime.GOOS)...)
		}
	}
	var found []string
	for _, p := range candidates {
		p = expand(p)
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

func (c Catalogue) module(id string) (Module, bool) {
	for _, m := range c.Modules {
		if m.ID == id {
			return m, true
		}
	}
	return Module{}, false
}

func (m Module) paths(system string) []string {
	switch system {
	case "windows":
		return m.Windows
	case "darwin":
		return m.Darwin
	}
	return m.Linux
}

var variable = regexp.MustCompile(`%([A-Za-z0-9()_]+)%`)

// expand replaces %NAME% by the environment; an unset variable leaves a path
// that does not exist.
func expand(path string) string {
	return variable.ReplaceAllStringFunc(path, func(v string) string {
		if value := os.Getenv(strings.Trim(v, "%")); value != "" {
			return value
		}
		return v
	})
}
