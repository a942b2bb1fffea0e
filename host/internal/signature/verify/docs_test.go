package verify

import (
	"regexp"
	"strings"
	"testing"
)

// The manual explains every code that a notice can have, and no other.
func TestManual(t *testing.T) {
	manual := string(read(t, "../../../../docs/verification.md"))
	_, table, _ := strings.Cut(manual, "## Gli avvisi")
	table, _, _ = strings.Cut(table, "\n## ")
	said := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\|").FindAllStringSubmatch(table, -1) {
		for _, code := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			said[code[1]] = true
		}
	}
	codes := regexp.MustCompile(`finding\{wire\.Verdict\w+, "(\w+)"`).FindAllStringSubmatch(string(read(t, "texts.go")), -1)
	if len(codes) < 30 {
		t.Fatalf("%d codes", len(codes))
	}
	have := map[string]bool{}
	for _, c := range codes {
		have[c[1]] = true
		if !said[c[1]] {
			t.Errorf("%s is not explained", c[1])
		}
	}
	for code := range said {
		if !have[code] {
			t.Errorf("%s does not exist", code)
		}
	}
}
