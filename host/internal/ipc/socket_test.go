//go:build unix

package ipc_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"raccordo/host/internal/ipc"
)

func TestDir(t *testing.T) {
	perUser := filepath.Join(os.TempDir(), "raccordo-"+strconv.Itoa(os.Getuid()))
	for name, tt := range map[string]struct{ runtime, want string }{
		"runtime folder": {"/run/user/7", "/run/user/7/raccordo"},
		"none":           {"", perUser},
		"relative":       {"run", perUser},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.runtime)
			if got := ipc.Dir(); got != tt.want {
				t.Errorf("%s, not %s", got, tt.want)
			}
		})
	}
}

func TestListenDial(t *testing.T) {
	dir := runtimeDir(t)
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("before: %v, not ErrNoAgent", err)
	}
	l := listen(t)
	info, err := os.Stat(filepath.Join(dir, "raccordo"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	dialed, accepted := pair(t, l)
	if _, err := io.WriteString(dialed, "ping"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(accepted, got); err != nil || string(got) != "ping" {
		t.Errorf("%q, %v", got, err)
	}
	l.Close()
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("after: %v, not ErrNoAgent", err)
	}
	listen(t) // the place is free again
}

// One agent: in this program, and while another program has the place. The
// one that is refused must not take the socket away from the one that lives.
func TestListenTaken(t *testing.T) {
	t.Run("same program", func(t *testing.T) {
		runtimeDir(t)
		l := listen(t)
		if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrTaken) {
			t.Errorf("%v, not ErrTaken", err)
		}
		pair(t, l)
	})
	t.Run("another program", func(t *testing.T) {
		runtimeDir(t)
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		_, end := runForeign(t, exe, "listen")
		if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrTaken) {
			t.Errorf("%v, not ErrTaken", err)
		}
		conn, err := ipc.Dial()
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		end()
		listen(t)
	})
	t.Run("many at once", func(t *testing.T) {
		runtimeDir(t)
		var group sync.WaitGroup
		got := make(chan net.Listener, 16)
		for range cap(got) {
			group.Go(func() {
				l, err := ipc.Listen()
				if err == nil {
					got <- l
				} else if !errors.Is(err, ipc.ErrTaken) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(got) != 1 {
			t.Errorf("%d agents", len(got))
		}
		for range len(got) {
			(<-got).Close()
		}
	})
}

// What a killed agent leaves behind is replaced.
func TestListenReplacesStale(t *testing.T) {
	leave := map[string]func(t *testing.T, path string){
		"socket": func(t *testing.T, path string) {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
			if err != nil {
				t.Fatal(err)
			}
			l.SetUnlinkOnClose(false)
			l.Close()
			if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
				t.Errorf("%v, not ErrNoAgent", err)
			}
		},
		"file": func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"link to nowhere": func(t *testing.T, path string) {
			if err := os.Symlink("/nowhere/agent.sock", path); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, make := range leave {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(runtimeDir(t), "raccordo")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			make(t, filepath.Join(dir, "agent.sock"))
			pair(t, listen(t))
		})
	}
}

// A folder that somebody else could have made, or may enter, is refused.
func TestListenRefusesFolder(t *testing.T) {
	mkdir := func(mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(t *testing.T, dir string){
		"group may enter":  mkdir(0o710),
		"all may read":     mkdir(0o744),
		"all may write":    mkdir(0o702),
		"open to everyone": mkdir(0o777),
		"link": func(t *testing.T, dir string) {
			mkdir(0o700)(t, dir+"-real")
			if err := os.Symlink(dir+"-real", dir); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(runtimeDir(t), "raccordo")
			prepare(t, dir)
			if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrUntrusted) {
				t.Errorf("%v, not ErrUntrusted", err)
			}
		})
	}
	t.Run("file", func(t *testing.T) {
		dir := filepath.Join(runtimeDir(t), "raccordo")
		if err := os.WriteFile(dir, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := ipc.Listen(); err == nil {
			t.Error("listens")
		}
	})
}

// Who calls looks at the folder as well: in the temporary directory somebody
// else could have made it, and listen there.
func TestDialRefusesFolder(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"all may write": func(t *testing.T, dir string) {
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		},
		"link": func(t *testing.T, dir string) {
			if err := os.Rename(dir, dir+"-real"); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(dir+"-real", dir); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(runtimeDir(t), "raccordo")
			listen(t)
			prepare(t, dir)
			if conn, err := ipc.Dial(); !errors.Is(err, ipc.ErrUntrusted) {
				t.Errorf("%v, %v, not ErrUntrusted", conn, err)
			}
		})
	}
}

// A link to a socket that lives elsewhere is nobody: it is not followed, and
// the agent that starts replaces it.
func TestDialLinkedSocket(t *testing.T) {
	base := runtimeDir(t)
	dir := filepath.Join(base, "raccordo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := net.Listen("unix", filepath.Join(base, "other.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	if err := os.Symlink(filepath.Join(base, "other.sock"), ipc.Address()); err != nil {
		t.Fatal(err)
	}
	if conn, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("%v, %v, not ErrNoAgent", conn, err)
	}
	pair(t, listen(t))
}

// The place is held by who has it and not by who listens: an agent that is
// ending has its stores open still.
func TestPlace(t *testing.T) {
	runtimeDir(t)
	place, err := ipc.Take()
	if err != nil {
		t.Fatal(err)
	}
	l, err := place.Listen()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("%v, not ErrNoAgent", err)
	}
	if _, err := ipc.Take(); !errors.Is(err, ipc.ErrTaken) {
		t.Errorf("%v, not ErrTaken", err)
	}
	if err := place.Close(); err != nil {
		t.Fatal(err)
	}
	listen(t)
}

// A lock that leads elsewhere is not opened there.
func TestTakeRefusesLinkedLock(t *testing.T) {
	base := runtimeDir(t)
	dir := filepath.Join(base, "raccordo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(base, "victim"), filepath.Join(dir, "agent.lock")); err != nil {
		t.Fatal(err)
	}
	if _, err := ipc.Take(); err == nil || errors.Is(err, ipc.ErrTaken) {
		t.Errorf("%v", err)
	}
	if _, err := os.Lstat(filepath.Join(base, "victim")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("made: %v", err)
	}
}
