package ricetta

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update writes the tables of docs/ricetta.md anew: go test -run Manual -update.
var update = flag.Bool("update", false, "rewrite the tables of docs/ricetta.md")

const manual = "../../../docs/ricetta.md"

// The tables of the manual are those of the code: refused inputs with every
// message, codes, states.
func TestManual(t *testing.T) {
	raw, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	have := string(raw)
	want := have
	for name, table := range map[string]string{"errori": faultTable(), "codici": codeTable(), "stati": stateTable()} {
		part := regexp.MustCompile(`(?s)(<!-- tabella: ` + name + ` -->\n).*?(<!-- fine: ` + name + ` -->)`)
		if !part.MatchString(want) {
			t.Fatalf("no table %q in the manual", name)
		}
		want = part.ReplaceAllStringFunc(want, func(found string) string {
			m := part.FindStringSubmatch(found)
			return m[1] + "\n" + table + "\n" + m[2]
		})
	}
	if *update {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(have, want); d != "" {
		t.Errorf("the manual is old (go test -run Manual -update):\n%s", d)
	}
}

func faultTable() string {
	var b strings.Builder
	for i, g := range groups() {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "### %s\n\n| dato errato | campo | riga | messaggio |\n|---|---|---|---|\n", g.title)
		for _, row := range g.rows {
			for _, n := range Validate(row.p, noon) {
				fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", row.wrong, n.Field, line(n.Item), n.Text)
			}
		}
	}
	return b.String()
}

func line(item int) string {
	if item == 0 {
		return "–"
	}
	return fmt.Sprint(item)
}

func codeTable() string {
	var b strings.Builder
	b.WriteString("| codice | significato | che cosa fare |\n|---|---|---|\n")
	for _, e := range Explanations {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Code, e.Text, e.Remedy)
	}
	fmt.Fprintf(&b, "| `060120`–`060130` | %s | %s |\n", paperOnly.Text, paperOnly.Remedy)
	return b.String()
}

func stateTable() string {
	yes := map[bool]string{true: "sì", false: "no"}
	var b strings.Builder
	b.WriteString("| stato | significato | erogabile | annullabile |\n|---|---|---|---|\n")
	for _, s := range States {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", s.Code, s.Text, yes[s.Valid], yes[s.Cancellable])
		if s.Code == StateInCharge {
			fmt.Fprintf(&b, "| %s con `%s` | %s | %s | %s |\n", s.Code, CodeNotSSN, notSSN.Text, yes[notSSN.Valid], yes[notSSN.Cancellable])
		}
	}
	return b.String()
}
