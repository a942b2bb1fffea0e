package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// occurrences counts a text in all that a process can write to.
func occurrences(t *testing.T, pid int, text string) int {
	t.Helper()
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	n := 0
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uint64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(mode, "rw") {
			continue
		}
		const step = 1 << 20
		for at := from; at < to; at += step {
			part := make([]byte, min(step+uint64(len(text))-1, to-at))
			got, _ := memory.ReadAt(part, int64(at)) // parts of a stack may not be there yet
			n += bytes.Count(part[:got], []byte(text))
		}
	}
	return n
}

// TestNoPINInMemory: after a login, right or wrong, nothing of the worker's
// memory holds the PIN, whatever back end carried it to the module.
func TestNoPINInMemory(t *testing.T) {
	softToken(t)
	const long = "Zq7#kV9!xW2$mN4%bT6&" // no other text holds it by chance
	change := exec.Command("pkcs11-tool", "--module", softHSM, "--login", "--pin", testPIN, "--change-pin", "--new-pin", long)
	if out, err := change.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, row := range []struct {
		name, pin string
		want      uint
	}{{"right", long, 0}, {"wrong", "Yq7#kV9!xW2$mN4%bT6&", PINIncorrect}} {
		t.Run(row.name, func(t *testing.T) {
			c := spawn(t, softHSM)
			token := c.ask(Request{Op: OpTokens}).Tokens[0]
			f := c.ask(Request{Op: OpLogin, Slot: token.Slot, Secret: true}, []byte(row.pin)).Fault
			if (f == nil) != (row.want == 0) || f != nil && f.Return != row.want {
				t.Fatalf("%+v", f)
			}
			c.ask(Request{Op: OpTokens})
			if n := occurrences(t, c.cmd.Process.Pid, row.pin); n > 0 {
				t.Errorf("found %d times", n)
			}
			if occurrences(t, c.cmd.Process.Pid, token.Label) == 0 {
				t.Error("not even the token's label was found: this test proves nothing")
			}
			if _, err := c.end(); err != nil {
				t.Error(err)
			}
		})
	}
}
