package agent

import (
	"io"
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// TestStay is a program that is there until its input ends.
func TestStay(t *testing.T) {
	if _, err := os.Stdout.WriteString("here\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		t.Fatal(err)
	}
}

// The agent's process and its end by the event, as this test's own user: who
// is logged on in which session only a real Windows tells.
func TestLaunch(t *testing.T) {
	if len(os.Getenv("RACCORDO_WINE")) == 0 {
		t.Fatal("to be run by TestWine")
	}
	token := windows.GetCurrentProcessToken()
	user, err := token.GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	event, name, err := newEndEvent(user.User.Sid.String())
	if err != nil {
		t.Fatal(err)
	}
	var primary windows.Token
	var open windows.Token
	if err := windows.OpenProcessToken(windows.CurrentProcess(), windows.MAXIMUM_ALLOWED, &open); err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := windows.DuplicateTokenEx(open, windows.MAXIMUM_ALLOWED, nil, windows.SecurityIdentification, windows.TokenPrimary, &primary); err != nil {
		t.Fatal(err)
	}
	defer primary.Close()
	var env *uint16
	if err := windows.CreateEnvironmentBlock(&env, primary, true); err != nil {
		t.Fatal(err)
	}
	defer windows.DestroyEnvironmentBlock(env)
	exe := os.Getenv("RACCORDO_WINE")
	process, err := launch(primary, env, []string{exe, "agent", "--service", "--end-event", name})
	if err != nil {
		t.Fatal(err)
	}
	a := newWinAgent(process, event)
	agentOf(t, 0)
	a.End()
	if code := a.Wait(); code != 0 {
		t.Errorf("exit %d, not a clean end", code)
	}
	nobody(t)
	a.End() // of one that has ended
}

// The system's list of sessions can be read.
func TestLogons(t *testing.T) {
	logons, err := new(sessions).Logons()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d sessions", len(logons)) // wine has none
}

// A path is the same in other letters.
func TestOwnProgramOnWindows(t *testing.T) {
	p, err := OwnProgram()
	if err != nil || p.Replaced() {
		t.Errorf("%+v, %v", p, err)
	}
	again, err := buildOf(p.path)
	if err != nil || again != p.build {
		t.Errorf("%s, %v", again, err)
	}
}
