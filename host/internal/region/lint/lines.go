package lint

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// positions are the lines of a file's dotted keys.
type positions map[string]place

type place struct {
	line  int
	empty bool // "" or []
}

// lines finds each key. It gives up at what is no TOML: that has its own fault.
func lines(text []byte) positions {
	at := positions{}
	var p unstable.Parser
	p.Reset(text)
	table, array, nth := "", "", map[string]int{}
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			name, line := at.key(&p, "", e)
			if inner, found := strings.CutPrefix(name, array+"."); found && array != "" {
				name = numbered(array, nth[array]) + "." + inner
			}
			if e.Kind == unstable.ArrayTable {
				at.put(name, place{line, false})
				array = name
				nth[name]++
				name = numbered(name, nth[name])
			}
			table = name
			at.put(name, place{line, false})
		case unstable.KeyValue:
			at.keyValue(&p, table, e)
		}
	}
	return at
}

// numbered is the name of one table of an array, counted from 1.
func numbered(name string, n int) string { return name + "[" + strconv.Itoa(n) + "]" }

func (at positions) put(key string, where place) {
	if _, known := at[key]; !known {
		at[key] = where
	}
}

func (at positions) keyValue(p *unstable.Parser, table string, e *unstable.Node) {
	name, line := at.key(p, table, e)
	value := e.Value()
	at.put(name, place{line, empty(value)})
	if value.Kind != unstable.InlineTable {
		return
	}
	for inner := value.Children(); inner.Next(); {
		if n := inner.Node(); n.Kind == unstable.KeyValue {
			at.keyValue(p, name, n)
		}
	}
}

func empty(value *unstable.Node) bool {
	if value.Kind == unstable.Array {
		children := value.Children()
		return !children.Next()
	}
	return value.Kind == unstable.String && len(bytes.TrimSpace(value.Data)) == 0
}

// key is the whole dotted name of a node, and its line.
func (at positions) key(p *unstable.Parser, table string, e *unstable.Node) (string, int) {
	var parts []string
	if table != "" {
		parts = append(parts, table)
	}
	line := 0
	for k := e.Key(); k.Next(); {
		n := k.Node()
		parts = append(parts, string(n.Data))
		line = p.Shape(n.Raw).Start.Line
	}
	return strings.Join(parts, "."), line
}

// of is the line of a key, or of the nearest table that would hold it.
func (at positions) of(key string) int {
	for {
		if where, ok := at[key]; ok {
			return where.line
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return 0
		}
		key = key[:i]
	}
}

// filled tells that a key is in the file, with something in it.
func (at positions) filled(key string) bool {
	where, ok := at[key]
	return ok && !where.empty
}
