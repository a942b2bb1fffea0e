package spool

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// nameless makes a file that nobody else can open, and that the system deletes
// with its handle, however the process ends (CreateFile,
// FILE_FLAG_DELETE_ON_CLOSE). The folder's access list is the user's.
func nameless(dir string) (*os.File, error) {
	file := filepath.Join(dir, rand.Text())
	name, err := windows.UTF16PtrFromString(file)
	if err != nil {
		return nil, err
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.CREATE_NEW,
		windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: file, Err: err}
	}
	return os.NewFile(uintptr(handle), file), nil
}
