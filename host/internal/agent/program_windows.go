package agent

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// buildOf names the file at path by volume, index, size and time of change.
// The index of a program that runs is not given to another file.
func buildOf(path string) (string, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	file, err := windows.CreateFile(name, windows.FILE_READ_ATTRIBUTES, share, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	defer windows.CloseHandle(file)
	var i windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(file, &i); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return fmt.Sprintf("%x.%x%08x.%x%08x.%x", i.VolumeSerialNumber, i.FileIndexHigh, i.FileIndexLow,
		i.FileSizeHigh, i.FileSizeLow, i.LastWriteTime.Nanoseconds()), nil
}
