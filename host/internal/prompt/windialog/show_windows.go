package windialog

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ErrClosed tells that the user refused or closed the window.
var ErrClosed = errors.New("dialog closed")

// ErrOther tells that the third button was pressed.
var ErrOther = errors.New("the third button")

var (
	user32 = windows.NewLazySystemDLL("user32.dll")
	kernel = windows.NewLazySystemDLL("kernel32.dll")

	createDialog  = user32.NewProc("CreateDialogIndirectParamW")
	destroyWindow = user32.NewProc("DestroyWindow")
	getMessage    = user32.NewProc("GetMessageW")
	isDialogMsg   = user32.NewProc("IsDialogMessageW")
	translateMsg  = user32.NewProc("TranslateMessage")
	dispatchMsg   = user32.NewProc("DispatchMessageW")
	postMessage   = user32.NewProc("PostMessageW")
	postThread    = user32.NewProc("PostThreadMessageW")
	getText       = user32.NewProc("GetDlgItemTextW")
	setText       = user32.NewProc("SetDlgItemTextW")
	sendToItem    = user32.NewProc("SendDlgItemMessageW")
	getItem       = user32.NewProc("GetDlgItem")
	setFocus      = user32.NewProc("SetFocus")
	getForeground = user32.NewProc("GetForegroundWindow")
	setForeground = user32.NewProc("SetForegroundWindow")
	flashWindow   = user32.NewProc("FlashWindowEx")
	setWindowPos  = user32.NewProc("SetWindowPos")
	setDPIContext = user32.NewProc("SetThreadDpiAwarenessContext")
	getDlgCtrlID  = user32.NewProc("GetDlgCtrlID")
	gdi32         = windows.NewLazySystemDLL("gdi32.dll")
	setTextColor  = gdi32.NewProc("SetTextColor")
	setBkMode     = gdi32.NewProc("SetBkMode")
	sysColorBrush = user32.NewProc("GetSysColorBrush")
	currentThread = kernel.NewProc("GetCurrentThreadId")
)

// Messages and their arguments (winuser.h).
const (
	wmInitDialog, wmCommand, wmClose, wmCtlColorStatic = 0x110, 0x111, 0x10, 0x138
	emLimitText, wmAnswer                              = 0xC5, 0x8001 // WM_APP+1
	topMost, noMoveNoSize                              = ^uintptr(0), 0x3
	faultColor, transparent, faceColor                 = 0x0000C0, 1, 15
	flashUntilForeground                               = 0xF // FLASHW_ALL | FLASHW_TIMERNOFG
	perMonitorV2                                       = ^uintptr(3)
)

// msg is MSG.
type msg struct {
	window  windows.HWND
	message uint32
	w, l    uintptr
	time    uint32
	x, y    int32
	_       uint32
}

// procedure is the dialog procedure. It knows no dialog: an answer goes to the
// loop of the thread that made the window.
var procedure = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(window windows.HWND, message uint32, w, l uintptr) uintptr {
		switch message {
		case wmInitDialog:
			return 1
		case wmCommand:
			if id := w & 0xFFFF; w>>16 == 0 && (id == idOK || id == idCancel || id == idOther) {
				answer(id)
				return 1
			}
		case wmClose:
			answer(idCancel)
			return 1
		case wmCtlColorStatic:
			if id, _, _ := getDlgCtrlID.Call(l); id == idFault {
				setTextColor.Call(w, faultColor)
				setBkMode.Call(w, transparent)
				brush, _, _ := sysColorBrush.Call(faceColor)
				return brush
			}
		}
		return 0
	})
})

func answer(id uintptr) {
	thread, _, _ := currentThread.Call()
	postThread.Call(thread, wmAnswer, id, 0)
}

// Show opens the dialog and waits for its answer: what is in the field, UTF-8,
// for the caller to wipe; ErrClosed; ErrOther; or the end of ctx.
func Show(ctx context.Context, l Layout) ([]byte, error) {
	runtime.LockOSThread() // a window belongs to its thread
	defer runtime.UnlockOSThread()
	if setDPIContext.Find() == nil { // Windows 10 1607 and later
		old, _, _ := setDPIContext.Call(perMonitorV2)
		defer setDPIContext.Call(old)
	}
	template := l.template()
	owner, _, _ := getForeground.Call()
	window, _, err := createDialog.Call(0, uintptr(unsafe.Pointer(&template[0])), owner, procedure(), 0)
	runtime.KeepAlive(template)
	if window == 0 {
		return nil, fmt.Errorf("CreateDialogIndirectParam: %w", err)
	}
	defer destroyWindow.Call(window)
	var open atomic.Bool
	open.Store(true)
	defer open.Store(false)
	defer context.AfterFunc(ctx, func() {
		if open.Load() {
			postMessage.Call(window, wmClose, 0, 0)
		}
	})()
	sendToItem.Call(window, idField, emLimitText, maxField, 0)
	toFront(window)
	first, _, _ := getItem.Call(window, l.first())
	setFocus.Call(first)
	id, err := loop(window)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	switch id {
	case idOK:
	case idOther:
		return nil, ErrOther
	default:
		return nil, ErrClosed
	}
	if !l.Field {
		return nil, nil
	}
	return field(window), nil
}

// loop runs until the dialog has an answer.
func loop(window uintptr) (uintptr, error) {
	var m msg
	for {
		got, _, err := getMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0)
		if int32(got) <= 0 {
			return 0, fmt.Errorf("GetMessage: %w", err)
		}
		if m.window == 0 && m.message == wmAnswer {
			return m.w, nil
		}
		if handled, _, _ := isDialogMsg.Call(window, uintptr(unsafe.Pointer(&m))); handled != 0 {
			continue
		}
		translateMsg.Call(uintptr(unsafe.Pointer(&m)))
		dispatchMsg.Call(uintptr(unsafe.Pointer(&m)))
	}
}

// toFront makes the window the one that the keyboard writes to. Windows may
// refuse that to a background program: then it blinks and stays above others.
func toFront(window uintptr) {
	setForeground.Call(window)
	if front, _, _ := getForeground.Call(); front == window {
		return
	}
	info := struct {
		size           uint32
		window         uintptr
		flags          uint32
		count, timeout uint32
	}{window: window, flags: flashUntilForeground}
	info.size = uint32(unsafe.Sizeof(info))
	flashWindow.Call(uintptr(unsafe.Pointer(&info)))
	setWindowPos.Call(window, topMost, 0, 0, 0, 0, noMoveNoSize)
}

// field reads what was typed and overwrites it in the window.
func field(window uintptr) []byte {
	var typed, stars [maxField + 1]uint16
	defer clear(typed[:])
	n, _, _ := getText.Call(window, idField, uintptr(unsafe.Pointer(&typed[0])), uintptr(len(typed)))
	text := utf8Of(typed[:n])
	for i := range n {
		stars[i] = '*'
	}
	setText.Call(window, idField, uintptr(unsafe.Pointer(&stars[0])))
	return text
}
