package cups

import (
	"errors"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// printerFault says what an answer about a printer means.
func printerFault(err error) error {
	var said *ipp.Error
	if !errors.As(err, &said) {
		return fault(err)
	}
	switch said.Status {
	case ipp.NotFound, ipp.Gone:
		return printing.Fault(wire.ErrPrintMissing, said.Status.String(), err)
	case ipp.NotPossible: // too many jobs, or too many of this user (MaxJobs, quotas): later there may be room
		return printing.Fault(wire.ErrPrintReject, said.Status.String(), err)
	default:
		return fault(err)
	}
}

// jobFault says what an answer about a job means.
func jobFault(err error) error {
	var said *ipp.Error
	if errors.As(err, &said) && (said.Status == ipp.NotFound || said.Status == ipp.Gone) {
		return printing.ErrGone
	}
	return fault(err)
}

func fault(err error) error {
	if err == nil {
		return nil
	}
	var said *ipp.Error
	if !errors.As(err, &said) {
		return printing.Fault(wire.ErrPrintSpooler, "", err)
	}
	code := wire.ErrPrintRefused
	switch said.Status {
	case ipp.NotAccepting:
		code = wire.ErrPrintReject
	case ipp.ValuesUnsupported:
		code = wire.ErrPrintMedia
	case ipp.ServerError, ipp.ServiceUnavailable, ipp.TemporaryError, ipp.Busy, ipp.DeviceError:
		code = wire.ErrPrintSpooler // may be better in a minute
	}
	return printing.Fault(code, said.Status.String(), err)
}
