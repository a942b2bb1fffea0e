package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/frame"
)

const (
	softHSM = "/usr/lib/softhsm/libsofthsm2.so"
	spy     = "/usr/lib/x86_64-linux-gnu/pkcs11/pkcs11-spy.so"
	testPIN = "12345"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "card-worker" {
		if err := Main(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func softToken(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	os.Mkdir(dir+"/tokens", 0o700)
	conf := "directories.tokendir = " + dir + "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(dir+"/c", []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", dir+"/c")
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "CNS-TEST", "--so-pin", "87654321", "--pin", testPIN).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// child is a worker process and the parent's ends of its pipes.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
	err bytes.Buffer
}

func spawn(t *testing.T, module string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0], "card-worker", module)}
	c.in, _ = c.cmd.StdinPipe()
	c.out, _ = c.cmd.StdoutPipe()
	c.cmd.Stderr = &c.err
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) ask(req Request, secret ...[]byte) Response {
	c.t.Helper()
	text, _ := json.Marshal(req)
	if err := frame.Write(c.in, text); err != nil {
		c.t.Fatal(err)
	}
	for _, s := range secret {
		if err := frame.Write(c.in, s); err != nil {
			c.t.Fatal(err)
		}
	}
	body, err := frame.Read(c.out, MaxFrame)
	if err != nil {
		_ = c.cmd.Wait()
		c.t.Fatalf("%v; the worker: %v, %s", err, c.cmd.ProcessState, c.err.String())
	}
	var answer Response
	if err := json.Unmarshal(body, &answer); err != nil {
		c.t.Fatalf("%q: %v", body, err)
	}
	return answer
}

// end closes the pipe and returns what else came on stdout.
func (c *child) end() (rest []byte, err error) {
	c.in.Close()
	rest, _ = io.ReadAll(c.out)
	return rest, c.cmd.Wait()
}

// TestStdoutIsOnlyFrames: a module that prints to descriptor 1 (here OpenSC's
// spy, told to log there) must not reach the parent.
func TestStdoutIsOnlyFrames(t *testing.T) {
	softToken(t)
	t.Setenv("PKCS11SPY", softHSM)
	t.Setenv("PKCS11SPY_OUTPUT", "/dev/fd/1")
	c := spawn(t, spy)
	answer := c.ask(Request{Op: OpTokens})
	if answer.Fault != nil || len(answer.Tokens) != 1 || answer.Tokens[0].Label != "CNS-TEST" {
		t.Fatalf("%+v", answer)
	}
	slot := answer.Tokens[0].Slot
	if f := c.ask(Request{Op: OpLogin, Slot: slot, Secret: true}, []byte(testPIN)).Fault; f != nil {
		t.Fatal(f)
	}
	rest, err := c.end()
	if err != nil || len(rest) != 0 {
		t.Errorf("%d bytes behind the frames, %v", len(rest), err)
	}
	if !strings.Contains(c.err.String(), "C_GetSlotList") {
		t.Fatal("the module printed nothing: this test proves nothing")
	}
}

func TestLoginThroughThePipe(t *testing.T) {
	softToken(t)
	c := spawn(t, softHSM)
	tokens := c.ask(Request{Op: OpTokens}).Tokens
	if len(tokens) != 1 || tokens[0].Serial == "" || len(tokens[0].Mechanisms) == 0 {
		t.Fatalf("%+v", tokens)
	}
	slot := tokens[0].Slot
	for _, row := range []struct {
		name   string
		req    Request
		secret [][]byte
		want   uint
	}{
		{"empty PIN", Request{Op: OpLogin, Slot: slot, Secret: true}, [][]byte{{}}, PINLength},
		{"no PIN", Request{Op: OpLogin, Slot: slot}, nil, PINLength},
		{"wrong PIN", Request{Op: OpLogin, Slot: slot, Secret: true}, [][]byte{[]byte("00000")}, PINIncorrect},
		{"right PIN", Request{Op: OpLogin, Slot: slot, Secret: true}, [][]byte{[]byte(testPIN)}, 0},
		{"again", Request{Op: OpLogin, Slot: slot, Secret: true}, [][]byte{[]byte(testPIN)}, 0},
		{"logout", Request{Op: OpLogout, Slot: slot}, nil, 0},
		{"logout twice", Request{Op: OpLogout, Slot: slot}, nil, 0},
		{"slot that is not there", Request{Op: OpObjects, Slot: 99}, nil, 3},
	} {
		f := c.ask(row.req, row.secret...).Fault
		switch {
		case row.want == 0 && f != nil:
			t.Errorf("%s: %v", row.name, f)
		case row.want != 0 && (f == nil || f.Return != row.want):
			t.Errorf("%s: %+v, want return 0x%X", row.name, f, row.want)
		}
	}
	if f := c.ask(Request{Op: OpKey, Slot: slot, ID: []byte{1}}).Fault; f == nil || f.Return != NotLoggedIn {
		t.Errorf("key: %+v", f)
	}
	if f := c.ask(Request{Op: "format"}).Fault; f == nil {
		t.Error("an unknown request was served")
	}
	if _, err := c.end(); err != nil {
		t.Error(err)
	}
}

func TestChildEndsWithItsParent(t *testing.T) {
	softToken(t)
	c := spawn(t, softHSM)
	c.ask(Request{Op: OpTokens})
	began := time.Now()
	if _, err := c.end(); err != nil || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestBadInputEndsTheChild(t *testing.T) {
	softToken(t)
	for _, row := range []struct {
		name  string
		bytes []byte
	}{
		{"not JSON", []byte("\x05\x00\x00\x0012345")},
		{"too large", []byte("\xFF\xFF\xFF\x7F")},
		{"cut short", []byte("\x10\x00\x00\x00{")},
		{"secret announced, pipe ends", []byte("\x1c\x00\x00\x00{\"op\":\"login\",\"secret\":true}")},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := spawn(t, softHSM)
			c.in.Write(row.bytes)
			rest, err := c.end()
			var exit *exec.ExitError
			if len(rest) != 0 || !errors.As(err, &exit) {
				t.Errorf("answered %q, %v", rest, err)
			}
		})
	}
}

func TestMainRefusesWhatIsNoModule(t *testing.T) {
	for _, path := range []string{"/nonexistent.so", "/bin/true", ""} {
		if err := Main(path, strings.NewReader(""), io.Discard); err == nil {
			t.Errorf("%q was loaded", path)
		}
	}
}
