package card

import (
	"context"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// Error is a fault of the card side. Detail is the raw code of the part that
// failed: CKR_…, SCARD_….
type Error struct {
	Code         wire.ErrorCode
	Detail       string
	AttemptsLeft *int // of the PIN, when the card tells
	FinalTry     bool
	Err          error
}

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Why an insertion ended, and why a card can not be read now.
var (
	errRemoved     = &Error{Code: wire.ErrCardRemoved}
	errServiceDown = &Error{Code: wire.ErrPCSCDown}
	errStopped     = &Error{Code: wire.ErrCancelled}
	errMute        = &Error{Code: wire.ErrCardMute}
	errBusy        = &Error{Code: wire.ErrCardBusy}
	errFlaw        = &Error{Code: wire.ErrModule, Detail: "transmission"}
)

// ended says why ctx is over: the card's own reason before the caller's.
func ended(ctx context.Context) *Error {
	cause := context.Cause(ctx)
	var e *Error
	switch {
	case errors.As(cause, &e):
		return e
	case errors.Is(cause, context.DeadlineExceeded):
		return &Error{Code: wire.ErrDeadline, Err: cause}
	}
	return &Error{Code: wire.ErrCancelled, Err: cause}
}

// removalGrace is how long after a fault of the module the event of the removal
// that caused it may come (pcscd looks every 400 ms).
const removalGrace = 900 * time.Millisecond

// gone returns why the card is no longer there, nil when it still is. A removal
// shows up in a module as one of several faults, none of which means only that.
func (in *insertion) gone(err error) *Error {
	if in.ctx.Err() != nil {
		return ended(in.ctx)
	}
	var f *worker.Fault
	if !errors.As(err, &f) {
		return nil
	}
	switch f.Return {
	case worker.GeneralError, worker.DeviceError, worker.SessionHandle, worker.SessionClosed, worker.FunctionFailed,
		worker.DeviceRemoved, worker.TokenNotPresent, worker.TokenNotRecognised:
	default:
		return nil
	}
	sleep(in.ctx, removalGrace)
	if in.ctx.Err() == nil {
		return nil
	}
	e := *ended(in.ctx)
	e.Detail = f.Name
	return &e
}

// moduleError maps a module's fault that is not about the PIN. The raw name is
// kept: CKR_FUNCTION_FAILED must never read as a wrong PIN.
func moduleError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var f *worker.Fault
	if !errors.As(err, &f) {
		return &Error{Code: wire.ErrModule, Err: err}
	}
	if f.Call == worker.CallLoad {
		return &Error{Code: loadCode(f.Name), Detail: f.Name, Err: f}
	}
	code := wire.ErrModule
	switch f.Return {
	case worker.DeviceRemoved, worker.TokenNotPresent:
		code = wire.ErrCardRemoved
	case worker.NotSupported, worker.MechanismInvalid, worker.MechanismParam, worker.KeyTypeWrong, worker.KeyNotPermitted:
		code = wire.ErrMechanism
	case worker.CantLock:
		code = wire.ErrCardBusy
	}
	if f.Name == worker.NoKey {
		code = wire.ErrCertNoKey
	}
	return &Error{Code: code, Detail: f.Name, Err: f}
}

// unloadable tells whether a module could not even be loaded.
func unloadable(err error) bool {
	var f *worker.Fault
	return errors.As(err, &f) && f.Call == worker.CallLoad
}

func loadCode(name string) wire.ErrorCode {
	switch name {
	case worker.OtherArchitecture:
		return wire.ErrModuleArch
	case worker.MissingLibrary:
		return wire.ErrModuleDep
	case worker.Unsupported:
		return wire.ErrUnsupported
	}
	return wire.ErrModule
}

// pinError maps the refusal of a PIN. A card that answers 63C0 to the attempt
// that blocks it makes OpenSC say CKR_PIN_INCORRECT with the locked flag.
func pinError(f *worker.Fault) *Error {
	e := &Error{Detail: f.Name, Err: f}
	locked := f.Flags&worker.FlagLocked != 0
	switch f.Return {
	case worker.PINIncorrect:
		e.Code = wire.ErrPINWrong
		if locked {
			e.Code = wire.ErrPINLocked
		}
	case worker.PINLocked:
		e.Code = wire.ErrPINLocked
	case worker.PINLength, worker.PINInvalid:
		e.Code = wire.ErrPINFormat
	case worker.PINNotInitialised:
		e.Code = wire.ErrPINNotSet
	case worker.FunctionCanceled:
		e.Code = wire.ErrPromptCancel
	default:
		return moduleError(f)
	}
	switch {
	case e.Code == wire.ErrPINLocked:
		e.AttemptsLeft = new(int)
	case e.Code == wire.ErrPINWrong && f.Flags&worker.FlagFinalTry != 0:
		one := 1
		e.AttemptsLeft, e.FinalTry = &one, true
	}
	return e
}

// lost is a module process that died or was killed under a call.
func lost(why string) *Error {
	return &Error{Code: wire.ErrModuleLost, Detail: why, Err: fmt.Errorf("module process: %s", why)}
}
