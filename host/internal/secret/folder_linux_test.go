package secret_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/secret"
)

// A folder that others may enter is refused.
func TestAtPrivate(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "p")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, filepath.Join(root, "s")).At(dir); err == nil {
		t.Error("taken")
	}
	info, err := os.Stat(filepath.Join(root, "s"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// scribble writes values without end: each is a letter, many times.
func scribble(dir string) error {
	key, err := secret.Open(filepath.Join(dir, "s"))
	if err != nil {
		return err
	}
	s, err := key.At(filepath.Join(dir, "p"))
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		value := bytes.Repeat([]byte{'a' + byte(i%26)}, 200_000)
		if err := s.Put("x", value); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// Whenever a writer is killed, its value is the old or the new one, whole.
func TestPutKilled(t *testing.T) {
	dir := t.TempDir()
	for range 30 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SECRET_SCRIBBLE="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		told := bufio.NewScanner(out)
		last := -1
		for told.Scan() {
			if last < 0 {
				time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { cmd.Process.Kill() })
			}
			last++
		}
		if err := cmd.Wait(); err == nil || last < 0 {
			t.Fatalf("it wrote %d values and ended by itself: %v", last+1, err)
		}
		s := at(t, open(t, filepath.Join(dir, "s")), filepath.Join(dir, "p"))
		v, err := s.Get("x")
		if closed := s.Close(); err != nil || closed != nil {
			t.Fatal(err, closed)
		}
		old, next := 'a'+byte(last%26), 'a'+byte((last+1)%26)
		if len(v) != 200_000 || !bytes.Equal(v, bytes.Repeat(v[:1], len(v))) || v[0] != old && v[0] != next {
			t.Errorf("%d bytes of %q after the value %d was told to be there", len(v), v[:1], last)
		}
	}
}
