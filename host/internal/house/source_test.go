package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// calls forbids names of imported packages outside of some of ours. The card
// worker is a process of its own and counts as a program.
var calls = []struct {
	name, reason string
	imported     string
	names        []string
	except       []string
}{
	{"HTTP is served by the simulator, and to come back from the region's page", "no web page may find a port to talk to",
		"net/http", []string{"Server", "Serve", "ServeTLS", "ListenAndServe", "ListenAndServeTLS", "Handle", "HandleFunc", "DefaultServeMux"}, []string{"loopback", "sim", "cmd/raccordo-sim"}},
	{"only ipc listens, and the page to come back to", "the local socket is the one way in, and its peers are checked",
		"net", []string{"Listen", "ListenTCP", "ListenUDP", "ListenPacket", "ListenUnix", "ListenConfig"}, []string{"ipc", "loopback", "sim", "cmd/raccordo-sim"}},
	{"only the programs know their standard output", "stdout belongs to frames",
		"os", []string{"Stdout"}, []string{"cmd", "sim", "card/worker"}},
	{"only the programs print", "stdout belongs to frames",
		"fmt", []string{"Print", "Printf", "Println"}, []string{"cmd", "sim", "wire/wiregen"}},
	{"only the programs end themselves", "an engine that exits loses what is under way",
		"os", []string{"Exit"}, []string{"cmd", "sim", "wire/wiregen", "card/worker"}},
}

func TestCalls(t *testing.T) {
	seen := map[string]bool{}
	for _, system := range systems {
		for name, p := range list(t, system) {
			if !own(p) || strings.HasPrefix(short(name), "house") {
				continue
			}
			for _, file := range slices.Concat(p.GoFiles, p.CgoFiles) {
				file = filepath.Join(p.Dir, file)
				if seen[file] {
					continue
				}
				seen[file] = true
				tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				for _, fault := range misuse(tree, short(name)) {
					t.Errorf("%s: %s", file, fault)
				}
			}
		}
	}
}

// misuse returns the forbidden names that a file uses.
func misuse(tree *ast.File, from string) []string {
	imported := map[string]string{} // by the name in this file
	for _, i := range tree.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		local := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			local = i.Name.Name
		}
		imported[local] = path
	}
	var faults []string
	ast.Inspect(tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		for _, c := range calls {
			if imported[x.Name] == c.imported && slices.Contains(c.names, sel.Sel.Name) && !under(from, c.except...) {
				faults = append(faults, x.Name+"."+sel.Sel.Name+": "+c.name+": "+c.reason)
			}
		}
		return true
	})
	return faults
}

func TestCallsBite(t *testing.T) {
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range c.names {
				text := "package x\nimport y \"" + c.imported + "\"\nvar _ = y." + name
				tree, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
				if err != nil {
					t.Fatal(err)
				}
				if got := misuse(tree, "engine"); len(got) != 1 {
					t.Errorf("%s: %q", name, got)
				}
				if got := misuse(tree, c.except[0]); len(got) != 0 {
					t.Errorf("%s in %s: %q", name, c.except[0], got)
				}
			}
		})
	}
}
