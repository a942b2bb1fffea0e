package ipc_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"raccordo/host/internal/ipc"
)

// Root gives the folder away. Anybody else can not, and looks at root's own
// home in the folder's place, from a user namespace in which root is nobody.
func TestRefusesOtherOwner(t *testing.T) {
	if os.Getuid() != 0 {
		cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), "OTHER_OWNER=mount")
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "PASS") {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	dir := filepath.Join(runtimeDir(t), "raccordo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("OTHER_OWNER") == "mount" {
		if err := syscall.Mount("/root", dir, "", syscall.MS_BIND, ""); err != nil {
			t.Fatal(err)
		}
		defer syscall.Unmount(dir, syscall.MNT_DETACH)
	} else if err := os.Chown(dir, 1234, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrUntrusted) {
		t.Errorf("listen: %v, not ErrUntrusted", err)
	}
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrUntrusted) {
		t.Errorf("dial: %v, not ErrUntrusted", err)
	}
}
