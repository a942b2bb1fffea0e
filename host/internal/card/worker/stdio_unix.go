//go:build unix

package worker

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ownPipes moves the parent's pipes off descriptors 0 and 1, which then lead
// to nothing and to stderr: a module that prints or reads must not be able to
// touch the frames. Streams that are not 0 and 1 are left alone.
func ownPipes(in io.Reader, out io.Writer) (io.Reader, io.Writer, error) {
	if f, ok := in.(*os.File); ok && f.Fd() == 0 {
		moved, err := moveAway(0, "requests")
		if err != nil {
			return nil, nil, err
		}
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, nil, err
		}
		defer null.Close()
		if err := replace(int(null.Fd()), 0); err != nil {
			return nil, nil, fmt.Errorf("replacing stdin: %w", err)
		}
		in = moved
	}
	if f, ok := out.(*os.File); ok && f.Fd() == 1 {
		moved, err := moveAway(1, "answers")
		if err != nil {
			return nil, nil, err
		}
		if err := replace(2, 1); err != nil {
			return nil, nil, fmt.Errorf("replacing stdout: %w", err)
		}
		out = moved
	}
	return in, out, nil
}

func moveAway(fd int, name string) (*os.File, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("moving descriptor %d: %w", fd, err)
	}
	return os.NewFile(uintptr(n), name), nil
}
