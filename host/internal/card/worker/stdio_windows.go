package worker

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// ownPipes keeps the parent's pipes under duplicated handles and points the
// process's standard handles at nothing and at stderr: a module that is loaded
// later and prints must not be able to touch the frames.
func ownPipes(in io.Reader, out io.Writer) (io.Reader, io.Writer, error) {
	if in == os.Stdin {
		moved, err := moveAway(os.Stdin, "requests")
		if err != nil {
			return nil, nil, err
		}
		if err := windows.SetStdHandle(windows.STD_INPUT_HANDLE, 0); err != nil {
			return nil, nil, fmt.Errorf("replacing stdin: %w", err)
		}
		in = moved
	}
	if out == os.Stdout {
		moved, err := moveAway(os.Stdout, "answers")
		if err != nil {
			return nil, nil, err
		}
		if err := windows.SetStdHandle(windows.STD_OUTPUT_HANDLE, windows.Handle(os.Stderr.Fd())); err != nil {
			return nil, nil, fmt.Errorf("replacing stdout: %w", err)
		}
		os.Stdout.Close() // the C runtime's descriptor 1 must lead nowhere
		out = moved
	}
	return in, out, nil
}

func moveAway(f *os.File, name string) (*os.File, error) {
	self := windows.CurrentProcess()
	var h windows.Handle
	err := windows.DuplicateHandle(self, windows.Handle(f.Fd()), self, &h, 0, false, windows.DUPLICATE_SAME_ACCESS)
	if err != nil {
		return nil, fmt.Errorf("duplicating the handle of %s: %w", name, err)
	}
	return os.NewFile(uintptr(h), name), nil
}
