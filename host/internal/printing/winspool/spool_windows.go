package winspool

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// windowsSystem is the Windows of this computer.
type windowsSystem struct{}

var _ system = windowsSystem{}

// names asks at level 4: it is read from the registry, no server is waited for.
func (windowsSystem) names() ([]string, error) {
	const local, connections = 0x2, 0x4 // PRINTER_ENUM_
	var count uint32
	buffer, err := filled(func(b unsafe.Pointer, size uintptr, needed unsafe.Pointer) error {
		_, err := call(procEnumPrinters, local|connections, 0, 4, uintptr(b), size, uintptr(needed), uintptr(unsafe.Pointer(&count)))
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, p := range each[printerInfo4](buffer, count) {
		all = append(all, windows.UTF16PtrToString(p.printer))
	}
	runtime.KeepAlive(buffer)
	return all, nil
}

func (windowsSystem) standard() string {
	var units [1024]uint16
	size := uint32(len(units))
	if _, err := call(procGetDefaultPrinter, uintptr(unsafe.Pointer(&units[0])), uintptr(unsafe.Pointer(&size))); err != nil {
		return "" // none is one too
	}
	return windows.UTF16ToString(units[:])
}

func (windowsSystem) printer(name string) (printerInfo, error) {
	return with(name, func(h uintptr) (printerInfo, error) {
		buffer, err := filled(func(b unsafe.Pointer, size uintptr, needed unsafe.Pointer) error {
			_, err := call(procGetPrinter, h, 2, uintptr(b), size, uintptr(needed))
			return err
		})
		if err != nil {
			return printerInfo{}, err
		}
		p := each[printerInfo2](buffer, 1)[0]
		defer runtime.KeepAlive(buffer)
		return printerInfo{
			Name: windows.UTF16PtrToString(p.printer), Port: windows.UTF16PtrToString(p.port),
			Comment: windows.UTF16PtrToString(p.comment), Location: windows.UTF16PtrToString(p.location),
			Attributes: p.attributes, Status: p.status, Jobs: p.jobs,
		}, nil
	})
}

func (windowsSystem) control(name string, job int, command uint32) error {
	_, err := with(name, func(h uintptr) (uintptr, error) {
		return call(procSetJob, h, uintptr(job), 0, 0, uintptr(command))
	})
	return err
}

func (windowsSystem) job(name string, job int) (jobInfo, error) {
	return with(name, func(h uintptr) (jobInfo, error) {
		buffer, err := filled(func(b unsafe.Pointer, size uintptr, needed unsafe.Pointer) error {
			_, err := call(procGetJob, h, uintptr(job), 2, uintptr(b), size, uintptr(needed))
			return err
		})
		if err != nil {
			return jobInfo{}, err
		}
		defer runtime.KeepAlive(buffer)
		return told(each[jobInfo2](buffer, 1)[0]), nil
	})
}

func (windowsSystem) jobs(name string) ([]jobInfo, error) {
	return with(name, func(h uintptr) ([]jobInfo, error) {
		const most = 1 << 16
		var count uint32
		buffer, err := filled(func(b unsafe.Pointer, size uintptr, needed unsafe.Pointer) error {
			_, err := call(procEnumJobs, h, 0, most, 2, uintptr(b), size, uintptr(needed), uintptr(unsafe.Pointer(&count)))
			return err
		})
		if err != nil {
			return nil, err
		}
		defer runtime.KeepAlive(buffer)
		var all []jobInfo
		for _, j := range each[jobInfo2](buffer, count) {
			all = append(all, told(j))
		}
		return all, nil
	})
}

func told(j jobInfo2) jobInfo {
	return jobInfo{
		ID: int(j.id), Status: j.status,
		Document: windows.UTF16PtrToString(j.document), Said: windows.UTF16PtrToString(j.said),
	}
}
