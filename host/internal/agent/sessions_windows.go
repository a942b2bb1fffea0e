package agent

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// sessions are those of this PC, by its Terminal Services, which every Windows
// has. It needs SeTcbPrivilege: it is for a service of LocalSystem.
type sessions struct{ exe string }

// Logons lists the sessions with a user. One whose screen is locked or shows
// another user (disconnected) is still logged on. Session 0 is the services'.
func (s *sessions) Logons() ([]logon, error) {
	var first *windows.WTS_SESSION_INFO
	var n uint32
	if err := windows.WTSEnumerateSessions(0, 0, 1, &first, &n); err != nil {
		return nil, fmt.Errorf("WTSEnumerateSessions: %w", err)
	}
	defer windows.WTSFreeMemory(uintptr(unsafe.Pointer(first)))
	var all []logon
	for _, info := range unsafe.Slice(first, n) {
		if info.SessionID == 0 || info.State != windows.WTSActive && info.State != windows.WTSDisconnected {
			continue
		}
		token, err := userToken(info.SessionID)
		if errors.Is(err, windows.ERROR_NO_TOKEN) {
			continue // the screen on which to log on
		}
		if err != nil {
			return nil, err
		}
		user, err := token.GetTokenUser()
		token.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, logon{info.SessionID, user.User.Sid.String()})
	}
	return all, nil
}

// userToken is the primary token of the session's user, without elevation.
func userToken(session uint32) (windows.Token, error) {
	var token windows.Token
	if err := windows.WTSQueryUserToken(session, &token); err != nil {
		return 0, fmt.Errorf("WTSQueryUserToken %d: %w", session, err)
	}
	defer token.Close()
	var primary windows.Token
	err := windows.DuplicateTokenEx(token, windows.MAXIMUM_ALLOWED, nil, windows.SecurityIdentification, windows.TokenPrimary, &primary)
	if err != nil {
		return 0, fmt.Errorf("DuplicateTokenEx: %w", err)
	}
	return primary, nil
}

// Start starts an agent on the desktop of the session's user, as that user and
// with that user's environment, without a window.
func (s *sessions) Start(l logon) (running, error) {
	token, err := userToken(l.Session)
	if err != nil {
		return nil, err
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return nil, err
	}
	if sid := user.User.Sid.String(); sid != l.User {
		return nil, fmt.Errorf("session %d has changed hands", l.Session)
	}
	var env *uint16
	if err := windows.CreateEnvironmentBlock(&env, token, false); err != nil {
		return nil, fmt.Errorf("CreateEnvironmentBlock: %w", err)
	}
	defer windows.DestroyEnvironmentBlock(env)
	event, name, err := newEndEvent(l.User)
	if err != nil {
		return nil, err
	}
	process, err := launch(token, env, []string{s.exe, "agent", "--service", "--end-event", name})
	if err != nil {
		windows.CloseHandle(event)
		return nil, err
	}
	return newWinAgent(process, event), nil
}

// launch starts a program as the token's user, on that session's desktop.
func launch(token windows.Token, env *uint16, args []string) (windows.Handle, error) {
	exe, err := windows.UTF16PtrFromString(args[0])
	if err != nil {
		return 0, err
	}
	command, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(args))
	if err != nil {
		return 0, err
	}
	system, err := windows.GetSystemDirectory() // its own folder could not be removed
	if err != nil {
		return 0, err
	}
	dir, err := windows.UTF16PtrFromString(system)
	if err != nil {
		return 0, err
	}
	desktop, err := windows.UTF16PtrFromString(`winsta0\default`)
	if err != nil {
		return 0, err
	}
	si := windows.StartupInfo{Desktop: desktop, Flags: windows.STARTF_USESHOWWINDOW, ShowWindow: windows.SW_HIDE}
	si.Cb = uint32(unsafe.Sizeof(si))
	const flags = windows.CREATE_UNICODE_ENVIRONMENT | windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP
	var pi windows.ProcessInformation
	if err := windows.CreateProcessAsUser(token, exe, command, nil, nil, false, flags, env, dir, &si, &pi); err != nil {
		return 0, fmt.Errorf("CreateProcessAsUser: %w", err)
	}
	windows.CloseHandle(pi.Thread)
	return pi.Process, nil
}
