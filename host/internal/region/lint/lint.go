// Package lint looks a region's profile through for whoever writes one: all
// that is wrong at once, with the line, in Italian; what is known of the
// region, what only the region can give, and in which state the certificates
// are that the profile names. It reads files and changes nothing, and it asks
// nobody over the network.
package lint

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/region"
)

// Finding is one remark on a line of the file; 0: on the file as a whole.
type Finding struct {
	Line int
	Text string // Italian
}

// Gap is a key that only the region can fill.
type Gap struct {
	Key, Where string // Where: what the profile says of it, in Italian
}

// Report is what is to be said of one profile.
type Report struct {
	File         string
	Name         string
	Status       string
	Card, Cloud  string // drivers; empty: the profile has no such way
	Faults       []Finding
	Warnings     []Finding
	Known        []string
	Gaps         []Gap // of keys without which a way cannot work
	Later        []Gap // further entries of to_fill
	Certificates []Certificate
}

// The outcomes of a check, as the command's exit codes.
const (
	Complete   = 0
	Faulty     = 1
	Incomplete = 2
)

// Outcome sums a report up.
func (r Report) Outcome() int {
	switch {
	case len(r.Faults) > 0:
		return Faulty
	case len(r.Gaps) > 0:
		return Incomplete
	}
	return Complete
}

// Check reads one profile. Files that it names are looked for beside it, then
// in folders, the last one first.
func Check(file string, folders []string, now time.Time) Report {
	r := Report{File: file}
	text, err := os.ReadFile(file)
	if err != nil {
		r.fault(0, "il file non si legge: "+reason(err))
		return r
	}
	id, isTOML := strings.CutSuffix(filepath.Base(file), ".toml")
	if !isTOML {
		r.fault(0, "il nome del file deve terminare con .toml")
	}
	at := lines(text)
	p, err := region.Decode(id, text, append(slices.Clone(folders), filepath.Dir(file))...)
	if err != nil {
		r.undecoded(err)
		return r
	}
	r.Name, r.Status, r.Known = p.Name, p.Status, p.Known
	if p.Card != nil {
		r.Card = cmp.Or(p.Card.Driver, "?")
	}
	if p.Cloud != nil {
		r.Cloud = cmp.Or(p.Cloud.Driver, "?")
	}
	for _, f := range p.Faults() {
		r.fault(at.of(f.Key), italian(f))
	}
	r.certificates(p, at, now)
	r.numbers(p, at)
	r.gaps(p, at)
	slices.SortStableFunc(r.Faults, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return r
}

func (r *Report) fault(line int, text string) { r.Faults = append(r.Faults, Finding{line, text}) }

func (r *Report) warn(line int, text string) { r.Warnings = append(r.Warnings, Finding{line, text}) }

// numbers warns where a send without an answer cannot be looked for.
func (r *Report) numbers(p region.Profile, at positions) {
	ways := map[string]region.Endpoints{}
	if p.Card != nil {
		ways["card"] = p.Card.Endpoints
	}
	if p.Cloud != nil {
		ways["cloud"] = p.Cloud.Endpoints
	}
	for _, way := range []string{"card", "cloud"} {
		e, has := ways[way]
		key := way + ".endpoints.used"
		if has && p.NRE == region.NREFromRegion && e.Prescriptions != "" && e.Used == "" {
			r.warn(at.of(key), key+" manca: il numero lo dà la Regione, e dopo una risposta mancata solo il medico può dire se la ricetta esiste")
		}
	}
}

// gaps joins what is missing with what the profile says of it.
func (r *Report) gaps(p region.Profile, at positions) {
	told := map[string]string{}
	var order []string
	for _, entry := range p.ToFill {
		key, where, ok := strings.Cut(entry, ":")
		if !ok {
			r.warn(at.of("to_fill"), "to_fill: ogni voce ha la forma «chiave: da dove viene»: "+quote(entry))
			continue
		}
		order = append(order, strings.TrimSpace(key))
		told[strings.TrimSpace(key)] = strings.TrimSpace(where)
	}
	missing := p.Missing()
	if p.Status == region.StatusAdhesion {
		for _, key := range missing {
			if told[key] == "" {
				r.warn(at.of("to_fill"), "to_fill non dice da dove viene "+key)
			}
			r.Gaps = append(r.Gaps, Gap{key, told[key]})
		}
		if len(missing) == 0 && len(r.Faults) == 0 {
			r.warn(at.of("status"), "non manca più nulla: status può diventare \"complete\"")
		}
	}
	for _, key := range order {
		if !slices.Contains(missing, key) && !at.filled(key) {
			r.Later = append(r.Later, Gap{key, told[key]})
		}
	}
}
