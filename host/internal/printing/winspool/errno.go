package winspool

import (
	"errors"
	"fmt"
	"syscall"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Errors of Windows (winerror.h).
const (
	errAccess         = syscall.Errno(5)    // ERROR_ACCESS_DENIED
	errPrintCancelled = syscall.Errno(63)   // ERROR_PRINT_CANCELLED
	errParameter      = syscall.Errno(87)   // ERROR_INVALID_PARAMETER: also a job that is gone
	errNotFound       = syscall.Errno(1168) // ERROR_NOT_FOUND
	errCancelled      = syscall.Errno(1223) // ERROR_CANCELLED
	errRPCServer      = syscall.Errno(1722) // RPC_S_SERVER_UNAVAILABLE: the service is stopped
	errRPCBusy        = syscall.Errno(1723) // RPC_S_SERVER_TOO_BUSY
	errRPCFailed      = syscall.Errno(1726) // RPC_S_CALL_FAILED: it ended while it was asked
	errRPCNot         = syscall.Errno(1727) // RPC_S_CALL_FAILED_DNE
	errRPCEndpoint    = syscall.Errno(1753) // EPT_S_NOT_REGISTERED
	errPrinterName    = syscall.Errno(1801) // ERROR_INVALID_PRINTER_NAME
	errDeletedSoon    = syscall.Errno(1905) // ERROR_PRINTER_DELETED
)

// tell gives an error of Windows the code that people can act on. Any other is the spooler's
// that does not answer as it should, and may pass.
func tell(call string, err error) error {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err
	}
	err = fmt.Errorf("%s: %w", call, err)
	detail := fmt.Sprintf("%s %d", call, uint(no))
	switch no {
	case errPrinterName, errDeletedSoon:
		return printing.Fault(wire.ErrPrintMissing, detail, err)
	case errRPCServer, errRPCBusy, errRPCFailed, errRPCNot, errRPCEndpoint:
		return printing.Fault(wire.ErrPrintSpooler, detail, err)
	case errAccess, errCancelled, errPrintCancelled:
		return printing.Fault(wire.ErrPrintRefused, detail, err)
	}
	return err
}

// gone says whether an error means that there is no such job.
func gone(err error) bool {
	return errors.Is(err, errParameter) || errors.Is(err, errNotFound)
}
