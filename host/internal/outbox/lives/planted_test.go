package lives

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var plantedFlag = flag.Bool("planted", false, "build every wrong variant of the outbox and require the lives to catch it (minutes)")

// mistake is a wrong variant of the outbox: replacements in its source files.
// The text form is a title, then for each replacement the lines
// "@@ file", the text to find, "@@ becomes", the text instead; "@@" ends.
type mistake struct {
	name, title string
	changes     []replacement
}

type replacement struct{ file, find, instead string }

func parseMistake(name, text string) (mistake, error) {
	title, rest, _ := strings.Cut(text, "\n")
	m := mistake{name: name, title: title}
	for {
		_, after, found := strings.Cut(rest, "@@ ")
		if !found {
			break
		}
		file, body, _ := strings.Cut(after, "\n")
		find, body, ok := strings.Cut(body, "@@ becomes\n")
		instead, body, closed := strings.Cut(body, "@@\n")
		if !ok || !closed {
			return m, errors.New(name + ": a replacement is not complete")
		}
		m.changes = append(m.changes, replacement{file, find, instead})
		rest = body
	}
	if len(m.changes) == 0 {
		return m, errors.New(name + ": no replacement")
	}
	return m, nil
}

// apply gives the changed sources by file name. Each text to find must stand
// there exactly once: a patch that no longer fits the source tests nothing.
func (m mistake) apply(folder string) (map[string][]byte, error) {
	changed := map[string][]byte{}
	for _, c := range m.changes {
		source, ok := changed[c.file]
		if !ok {
			read, err := os.ReadFile(filepath.Join(folder, c.file))
			if err != nil {
				return nil, err
			}
			source = read
		}
		if n := bytes.Count(source, []byte(c.find)); n != 1 {
			return nil, errors.New(m.name + ": " + c.file + " does not have the text to find exactly once:\n" + c.find)
		}
		changed[c.file] = bytes.Replace(source, []byte(c.find), []byte(c.instead), 1)
	}
	return changed, nil
}

func mistakes(t *testing.T) []mistake {
	t.Helper()
	files, err := filepath.Glob("testdata/planted/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []mistake
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parseMistake(strings.TrimSuffix(filepath.Base(f), ".txt"), string(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	if len(all) < 12 {
		t.Fatalf("%d wrong variants: the gate wants twelve", len(all))
	}
	return all
}

// TestMistakesFitTheSource: every wrong variant still applies.
func TestMistakesFitTheSource(t *testing.T) {
	for _, m := range mistakes(t) {
		t.Run(m.name, func(t *testing.T) {
			if _, err := m.apply(".."); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPlanted builds every wrong variant and requires the lives to find it. A
// variant that survives is a hole in the world or in the invariants.
func TestPlanted(t *testing.T) {
	if !*plantedFlag {
		return // minutes of building; TestMistakesFitTheSource runs always
	}
	folder, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mistakes(t) {
		t.Run(m.name, func(t *testing.T) {
			sources, err := m.apply(folder)
			if err != nil {
				t.Fatal(err)
			}
			binary := buildWith(t, folder, sources)
			cmd := exec.Command(binary, "-test.run", "^(TestLives|TestEveryInstruction|TestRegressions|TestOutage)$", "-test.failfast", "-lives", "60000")
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			switch {
			case err == nil:
				t.Errorf("survives: %s", m.title)
			case !errors.As(err, &exit) || !bytes.Contains(out, []byte("--- FAIL: Test")):
				t.Errorf("%v: not caught by a test\n%s", err, out)
			default:
				t.Logf("caught: %s\n%s", m.title, firstLines(out, 3))
			}
		})
	}
}

// buildWith builds this package's tests over changed sources of the outbox.
func buildWith(t *testing.T, folder string, sources map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for file, text := range sources {
		changed := filepath.Join(dir, file)
		if err := os.WriteFile(changed, text, 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(folder, file)] = changed
	}
	plain, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, plain, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "lives.test")
	if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", list, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("a wrong variant has to build: %v\n%s", err, out)
	}
	return binary
}

func firstLines(out []byte, n int) []byte {
	lines := bytes.SplitN(out, []byte("\n"), n+1)
	return bytes.Join(lines[:min(n, len(lines))], []byte("\n"))
}
