package proxy

import (
	"reflect"

	"github.com/dop251/goja/ast"
)

const (
	nesting = 1000   // of brackets: goja's parser has no limit, Go's stack has
	chain   = 10_000 // of operators and branches: goja's compiler takes the square of it
)

// deep tells brackets that are nested beyond reason. It counts those of texts
// and comments as well, which in a script that people wrote are paired.
func deep(text string) bool {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			if depth++; depth > nesting {
				return true
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}

// high tells a syntax tree that is higher than chain, and does not recurse
// itself. Nodes that hang at two places are counted at one.
func high(tree *ast.Program) bool {
	type node struct {
		value reflect.Value
		depth int
	}
	seen := map[uintptr]bool{}
	for rest := []node{{reflect.ValueOf(tree.Body), 0}}; len(rest) > 0; {
		n := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		v := n.value
		if n.depth > chain {
			return true
		}
		switch v.Kind() {
		case reflect.Interface:
			rest = append(rest, node{v.Elem(), n.depth})
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] {
				continue
			}
			seen[v.Pointer()] = true
			rest = append(rest, node{v.Elem(), n.depth + 1})
		case reflect.Slice:
			for i := range v.Len() {
				rest = append(rest, node{v.Index(i), n.depth})
			}
		case reflect.Struct:
			for i := range v.NumField() {
				rest = append(rest, node{v.Field(i), n.depth})
			}
		}
	}
	return false
}
